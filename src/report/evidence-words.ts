/** What the counts of a session are worth, in the words of its table. */

import { sightingsToClaim } from '../evidence/seen.ts';
import type { Rate } from '../results/evidence-schema.ts';
import { rowIndex, type RowIndex } from '../results/row-index.ts';
import type { ResultsDocument, Row } from '../results/schema.ts';
import { plural, shortRate } from './quantity.ts';

/** Controls that vouch together, and the letter that stands for them. */
export interface Vouchers {
  readonly letter: string;
  readonly controls: readonly string[];
  readonly rows: number;
}

/** `3.3e-2` and its interval, `<2.3e-6` for what was never seen; `~` where it drifted. */
export function rateCell(row: Row, between: string): string {
  const { evidence, bound, iterations, witnesses } = row;
  if (evidence === undefined) return iterations === 0 ? '-' : shortRate(witnesses / iterations);
  if (evidence.rate.sightings === 0) return bound === undefined ? '-' : `<${shortRate(bound)}`;
  const drifting = evidence.runs.some(({ drift }) => drift?.drifting === true) ? '~' : '';
  return `${shortRate(evidence.rate.rate)}${drifting}${between}${intervalWord(evidence.rate)}`;
}

/** `[2.9e-2, 3.6e-2]` */
export function intervalWord({ low, high }: Rate): string {
  return `[${shortRate(low)}, ${shortRate(high)}]`;
}

/** By the names of the controls. */
export type VoucherSets = ReadonlyMap<string, Vouchers>;

/** The verdict, with the number of sightings where they are too few for a claim, or who vouches for a "never". */
export function verdictCell(row: Row, vouchers: VoucherSets): string {
  const { verdict, evidence } = row;
  const sightings = evidence?.rate.sightings ?? sightingsToClaim;
  if (verdict === 'seen' && sightings < sightingsToClaim) return sightings === 1 ? 'seen once' : 'seen twice';
  const letter = vouchers.get(keyOf(vouchingFor(row)))?.letter;
  return letter === undefined ? verdict : `${verdict} (${letter})`;
}

/** The sets of controls that vouch for the nevers of a session, in the order in which they first do. */
export function vouchersOf({ rows }: ResultsDocument): VoucherSets {
  const sets = new Map<string, Vouchers>();
  for (const row of rows.filter(({ sameCodeAs }) => sameCodeAs === undefined)) {
    const controls = vouchingFor(row);
    if (controls.length === 0) continue;
    const known = sets.get(keyOf(controls));
    const letter = known?.letter ?? letterOf(sets.size);
    sets.set(keyOf(controls), { letter, controls, rows: (known?.rows ?? 0) + 1 });
  }
  return sets;
}

const keyOf = (controls: readonly string[]) => controls.join('\n');

/** The controls that fired under the plans by which a never counts. */
function vouchingFor({ controls, evidence }: Row): readonly string[] {
  const plans = new Set(evidence?.never?.plans.flatMap(({ plan, vouched }) => (vouched ? [plan] : [])));
  return [...new Set(controls.filter(({ plan }) => plans.has(plan)).map(({ name }) => name))];
}

/** a, b, … z, aa, ab, … */
function letterOf(index: number): string {
  const before = Math.floor(index / 26);
  return (before === 0 ? '' : letterOf(before - 1)) + String.fromCharCode(97 + (index % 26));
}

/** The sentences under the table: what the rates mean, and who vouches for what. */
export function evidenceNotes(document: ResultsDocument, vouchers: VoucherSets): readonly string[] {
  const { rows, evidence } = document;
  if (evidence === undefined) return [];
  const { together } = evidence;
  const index = rowIndex(rows);
  const own = rows.filter(({ sameCodeAs }) => sameCodeAs === undefined);
  const notes: string[] = [];
  if (together.intervals > 0) notes.push(rateNote(own, together.intervals));
  if (together.nevers > 0) {
    const all =
      together.nevers === 1
        ? ''
        : ` For all ${together.nevers} at once, take ${together.neverFactor.toFixed(1)} times the rate.`;
    notes.push(
      `"<": never seen, and a higher rate would have been, with 95 % confidence: 3/N, N divided by the design effect of the controls' counts.${all}`,
    );
  }
  for (const { letter, controls, rows: count } of vouchers.values()) {
    const fired = controls.map((name) => controlWord(name, index)).join(', ');
    notes.push(`(${letter}): fired, and vouching for ${plural(count, 'never')}: ${fired}.`);
  }
  if (together.drifting > 0) {
    notes.push(
      `"~": the rate drifted under some plan, in ${together.drifting} of ${together.drifts} series of blocks (corrected for their number).`,
    );
  }
  return notes;
}

const unitWords = { block: 'blocks', launch: 'launches', iteration: 'iterations' } as const;

function rateNote(rows: readonly Row[], intervals: number): string {
  const rates = rows.flatMap(({ evidence }) => (evidence === undefined ? [] : [evidence.rate]));
  const units = (['launch', 'block', 'iteration'] as const).flatMap((unit) => {
    const counts = rates.filter(({ independent }) => independent === unit).map(({ clusters }) => clusters);
    if (counts.length === 0) return [];
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    const many = unit === 'iteration' ? '' : least === most ? `${least} ` : `${least} to ${most} `;
    return [`${many}${unitWords[unit]}`];
  });
  const wrong = Math.round(intervals / 20);
  const among = wrong === 0 ? '' : ` Of ${intervals} read together, some ${wrong} do not.`;
  return `rate: per iteration of N, all plans together, of the event that the models are asked about, with the interval that holds the true rate in 95 % of runs, by ${units.join(' or ')} a row.${among}`;
}

/** `SB 3.3e-2`: its interval and N are in its own row. */
function controlWord(name: string, index: RowIndex): string {
  const rate = index.get(name)?.evidence?.rate;
  return rate === undefined ? name : `${name} ${shortRate(rate.rate)}`;
}

/** What the run as a whole could have caught. */
export function scoreNote(score: NonNullable<ResultsDocument['evidence']>['score']): string {
  const { controls, fired, share, silent, notRun } = score;
  if (share === undefined)
    return 'Score: no control ran, so nothing shows that a weakness would have been seen.';
  const missing = [
    { names: silent, what: 'silent' },
    { names: notRun, what: 'not run' },
  ]
    .filter(({ names }) => names.length > 0)
    .map(({ names, what }) => `; ${what}: ${names.join(', ')}`);
  return `Score: ${fired} of ${controls} controls fired (mutation score ${Math.round(share * 100)} %)${missing.join('')}.`;
}
