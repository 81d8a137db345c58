/** What a comparison's formats for readers have in common: cells, headline and notes in words. */

import type { ComparedCell, ComparedRow, Comparison } from '../evidence/comparison.ts';
import { rateToBeSeen } from '../evidence/comparison-cell.ts';
import { documentsOf, leftOutOf, scoreOf, type Column } from '../evidence/comparison-columns.ts';
import type { ColumnsDistance } from '../evidence/comparison-ratios.ts';
import { fewestLaunches } from '../evidence/counts.ts';
import { fewestLaunchesForRatio } from '../evidence/launch-ratios.ts';
import { usualLeastReal } from '../evidence/ratio.ts';
import { sightingsToClaim } from '../evidence/seen.ts';
import { leftOutSentence } from '../results/believed.ts';
import type { ResultsDocument } from '../results/schema.ts';
import { printable } from './printable.ts';
import { distanceSentence } from './distance.ts';
import { scoreNote } from './evidence-words.ts';
import { plural, shortCount, shortRate } from './quantity.ts';

/** `SB+mbs`, `kernel = full` */
export function rowName({ test, strategies }: Pick<ComparedRow, 'test' | 'strategies'>): string {
  return printable(`${test} ${strategies.join(' = ')}`);
}

/** The verdict; of an emulator and of a log only what was seen, that of an emulator in parentheses. */
export function verdictWord(cell: ComparedCell, { standing }: Column): string {
  const { verdict, sightings, iterations } = cell;
  if (verdict === 'not-run' || verdict === 'invalid') return verdict;
  const shown = sightings === 0 ? 'never' : seenWord(sightings);
  if (standing === 'emulated') return verdict === 'violation' ? '(violation)' : `(${shown})`;
  if (verdict === undefined) return iterations === 0 ? 'not-run' : shown;
  return verdict === 'seen' ? shown : verdict;
}

/** Fewer sightings than it takes for a claim are told one by one. */
function seenWord(sightings: number): string {
  if (sightings >= sightingsToClaim) return 'seen';
  return sightings === 1 ? 'seen once' : 'seen twice';
}

/** `3.5e-3 [3.1e-3, 4.0e-3]`, or `<8.6e-7` where nothing was seen. */
export function rateWord(cell: ComparedCell): string {
  const { rate } = cell;
  if (rate === undefined) return '';
  if (rate.sightings === 0) return `<${shortRate(rateToBeSeen(cell, rate))}`;
  return `${shortRate(rate.rate)} [${shortRate(rate.low)}, ${shortRate(rate.high)}]`;
}

/** `2.1x [1.8, 2.5] real`: its rate over the reference's, and why there is none. */
export function ratioWord(cell: ComparedCell): string {
  const { ratio, code, ratioAlone, ratioPlans } = cell;
  if (!cell.compared && code === 'other') return 'other code';
  if (!cell.compared && code === 'several') return 'code changed';
  if (ratio === undefined) return '';
  const { low, high, real } = ratio;
  const marks = `${real ? ' real' : ''}${ratioAlone ? ` under ${printable(ratioPlans.join(' '))} alone` : ''}`;
  if (high === undefined) return low > 1 ? `>${factor(low)}x${marks}` : 'not told';
  const interval = `[${factor(low)}, ${factor(high)}]`;
  return `${factor(ratio.ratio ?? 0)}x ${interval}${marks}`;
}

/** The ratio, with `N 3.1M over 2.9M` where it is not of all that the rates are of. */
export function ratioWithCounts(cell: ComparedCell, { cells, reference }: ComparedRow): string {
  const { ratio, iterations } = cell;
  const word = ratioWord(cell);
  if (ratio === undefined || word === '') return word;
  const [own, other] = ratio.iterations;
  if (own === iterations && other === cells[reference ?? -1]?.iterations) return word;
  return `${word} (N ${shortCount(own)} over ${shortCount(other)})`;
}

/** `±1.6x`: what a rate would have had to change by, where no difference is told; empty without a ratio. */
export function changeWord({ ratio }: ComparedCell): string {
  return ratio === undefined || ratio.real ? '' : `±${changeFactor(ratio.leastReal ?? Infinity)}`;
}

/** `1.1x ±1.6x`: the ratio with it; empty without a ratio. */
export function shortRatioWord(cell: ComparedCell): string {
  const { ratio } = cell;
  const short = ratio?.ratio === undefined ? '' : `${factor(ratio.ratio)}x`;
  return [short, changeWord(cell)].filter((word) => word !== '').join(' ');
}

/** Beyond this it is all the same. */
const greatChange = 10;

function changeFactor(change: number): string {
  if (change > greatChange) return `>${greatChange}x`;
  return `${change < 1.1 ? change.toFixed(2) : factor(change)}x`;
}

/** Two digits. */
function factor(value: number): string {
  if (value === 0) return '0';
  if (value >= 99.5) return shortCount(value);
  return value < 0.01 ? value.toExponential(0) : value.toPrecision(2);
}

/** `2 columns, 68 rows: verdicts differ in 1, rates in 2.` */
export function headline({ columns, rows }: Comparison): string {
  const count = (kind: ComparedRow['difference']) =>
    rows.filter(({ difference }) => difference === kind).length;
  const counted = `${plural(columns.length, 'column')}, ${plural(rows.length, 'row')}`;
  const parts = [
    { n: count('verdict'), what: 'verdicts differ in' },
    { n: count('rate'), what: 'rates differ in' },
    { n: count('code'), what: 'the code differs in' },
  ].filter(({ n }) => n > 0);
  const told = parts.map(({ n, what }) => `${what} ${n}`).join(', ');
  if (columns.length < 2) return `${counted}; there is nothing to compare with.`;
  return `${counted}: ${told === '' ? 'no difference is told' : told}.`;
}

/** The sections of a comparison, the gravest first; those without a row are left out. */
export function sectionsOf({ columns, rows }: Comparison): readonly {
  readonly title: string;
  readonly plain: boolean;
  readonly rows: readonly ComparedRow[];
}[] {
  const titles: readonly (readonly [string, ComparedRow['difference']])[] = [
    ['Verdicts differ', 'verdict'],
    ['Rates differ', 'rate'],
    ['Not compared, for the code differs', 'code'],
    [columns.length < 2 ? 'What was seen' : 'No difference told', 'none'],
  ];
  return titles
    .map(([title, kind]) => ({
      title,
      plain: kind === 'none',
      rows: rows.filter(({ difference }) => difference === kind),
    }))
    .filter((section) => section.rows.length > 0);
}

/** `virtual`, `emulated: no evidence`; undefined for bare hardware. */
export function standingWord({ standing }: Column): string | undefined {
  const words = {
    bare: undefined,
    virtual: 'virtual',
    emulated: 'emulated: no evidence',
    unknown: 'litmus7 log',
  };
  return words[standing];
}

/** What a column is: hardware and system of its first session, and how many there are. */
export function columnFacts(column: Column): string {
  const [first] = documentsOf(column);
  const mark = standingWord(column);
  const facts =
    first === undefined
      ? []
      : [
          first.machine.cpu.model,
          first.machine.architecture,
          `${first.machine.topology.threads} CPUs`,
          `${first.machine.operatingSystem} ${first.machine.kernelRelease}`,
          `${first.tool.name} ${first.tool.version}`,
          first.session.startedAt,
        ];
  return [...(mark === undefined ? [] : [mark]), ...facts, plural(column.sessions.length, 'session')]
    .map(printable)
    .join(', ');
}

/** What stands between a column and bare hardware, and what else weakens it. */
export function columnCaveats(column: Column): readonly string[] {
  const sentences = documentsOf(column).flatMap(({ machine, session, plans }) => [
    machine.emulation && `Emulated (${machine.emulation.kind}). ${machine.emulation.evidence}`,
    machine.hypervisor && `Virtual (${machine.hypervisor.kind}). ${machine.hypervisor.evidence}`,
    machine.ordering && `Ordering (${machine.ordering.kind}). ${machine.ordering.evidence}`,
    distanceSentence(session),
    session.interrupted ? 'Interrupted: the counts are those reached until then.' : undefined,
    plans.some(({ pinned }) => !pinned)
      ? `Threads were not pinned to CPUs${machine.pinning?.problem === undefined ? '' : `: ${machine.pinning.problem}`}.`
      : undefined,
    plans.some(({ oversubscribed }) => oversubscribed)
      ? 'Tests of more threads than CPUs took turns.'
      : undefined,
  ]);
  const told = [
    ...sentences.filter((sentence) => sentence !== undefined),
    ...leftOutOf(column).map((one) => `${leftOutSentence(one)}.`),
  ];
  return [...new Set(told)].map(printable);
}

/** What its sessions could catch; undefined where nothing vouches for anything. */
export function columnScore(column: Column): string | undefined {
  const score = scoreOf(column);
  return score === undefined ? undefined : printable(scoreNote(score));
}

/** What a reader must know beside the numbers, each only where it applies. */
export function comparisonNotes(comparison: Comparison): readonly string[] {
  const { columns, rows, otherVersions, singleLaunches, sessionDeviation, by } = comparison;
  const cells = rows.flatMap((row) => row.cells.filter((cell) => cell !== undefined));
  const ratios = cells.flatMap(({ ratio }) => ratio ?? []);
  const notes = [
    `Rates are per iteration, with the interval that holds the true one in 95 % of runs, by ${clusters(cells)}; "<": never seen, and a higher rate would have been, with 95 % confidence.`,
  ];
  if (ratios.length > 0) {
    notes.push(
      `"x": the rate over that of the first column that is compared, with its 95 % interval; "real": of all that are called so, at most 5 % are not (${ratios.length} ratios, Benjamini and Hochberg).`,
    );
  }
  const change = usualLeastReal(ratios);
  if (change !== undefined) {
    notes.push(
      `"±": by about what factor, up or down, a rate must change to be called real here; a change of that size is found once in two times. It is ${changeFactor(change)} in half of the rows. More launches, or a machine with less to do beside, tell more.`,
    );
  }
  if (cells.some(({ ratioPlans }) => ratioPlans.length > 0)) {
    notes.push(
      'A ratio is of rates under the same plans, each weighted by how little launches differ under it; the rates are of all plans together, and change with how the time was shared out. "N" beside a ratio: the iterations it is of, where those are not all.',
    );
  }
  if (cells.some(({ ratioAlone }) => ratioAlone)) {
    notes.push(
      '"alone": of one of those plans, where the ratio under it differs more surely than that under all together; its interval allows for that each was looked at.',
    );
  }
  notes.push(...comparison.distances.flatMap((distance) => distanceNote(distance, columns) ?? []));
  if (ratios.length > 0 && singleLaunches) {
    notes.push(
      `Fewer than ${fewestLaunchesForRatio} launches a column in some rows: what differs from launch to launch was learnt from how much all rows differ, and only what stands out is called real. Run each at least ${fewestLaunches} times to tell more.`,
    );
  }
  if (sessionDeviation > leastDeviation) {
    notes.push(
      `Sessions of one machine differ here in all rows, by some ${factor(Math.exp(sessionDeviation))}x beyond what their launches show, as when one was busier beside: only what stands out further is called real.`,
    );
  }
  if (ratios.some(({ independent }) => independent === 'iteration')) {
    notes.push(
      'Counts without blocks, as logs have them, or nearly all of one launch do not show how iterations cluster: no difference is told by them.',
    );
  }
  if (columns.some(({ standing }) => standing === 'emulated')) {
    notes.push('In parentheses: an emulator, which is no evidence and takes no part in the comparison.');
  }
  if (columns.length > 1) notes.push(`A column is a ${by}${by === 'machine' ? '' : ' of a machine'} (--by).`);
  const refused = rows.filter((row) =>
    row.cells.some((cell) => cell?.compared === false && (cell.code === 'other' || cell.code === 'several')),
  ).length;
  if (refused > 0) {
    notes.push(
      `In ${plural(refused, 'row')} the machine code differs within one instruction set ("other code") or between the sessions of a column ("code changed"); --despite-code compares them all the same.`,
    );
  }
  if (otherVersions.length > 0) {
    const names = otherVersions.slice(0, 5).map(printable).join(', ');
    const more = otherVersions.length > 5 ? ` and ${otherVersions.length - 5} more` : '';
    notes.push(`Not one test in all columns, though of one name, and not compared: ${names}${more}.`);
  }
  if (differentPlans(columns)) {
    notes.push(
      'The columns ran under different plans (layout, rendezvous, placement): rates may differ for that alone.',
    );
  }
  for (const { kind, test, strategy, sentence } of columns
    .flatMap(documentsOf)
    .flatMap(({ findings }) => findings)) {
    const word = kind === 'false-result' ? 'false Result' : 'broken chain';
    notes.push(printable(`${word}: ${test} ${strategy}: ${sentence}.`));
  }
  if (rows.some((row) => row.cells.some((cell) => cell?.verdict === 'violation'))) {
    notes.push(
      'A violation is more often a wrong test than a broken chip: read the code that ran with "show FILE --stage lower" before you blame the CPU.',
    );
  }
  return [...new Set(notes)];
}

/** Which blocks two columns are compared by, where not by all, or where all are not alike; else undefined. */
function distanceNote(
  { column, reference, range, looks }: ColumnsDistance,
  columns: readonly Column[],
): string | undefined {
  const names = [column, reference].map((at) => printable(columns[at]?.name ?? ''));
  const [name = '', other = ''] = names;
  const unknown = names.filter((_, side) => looks[side]?.all === 0);
  if (unknown.length === 2 || looks.every(({ all, within }) => within === all)) return undefined;
  if (unknown.length === 1) {
    return `CPUs of ${name} over ${other}: of ${unknown.join('')} it is not known how far apart they were, and rates may differ for that alone.`;
  }
  if (range === undefined) {
    return `CPUs of ${name} over ${other}: they were hardly ever equally far apart, so that all blocks are compared, and rates may differ for that alone.`;
  }
  const shares = looks.map(({ all, within }, side) => `${within} of ${all} looks at ${names[side] ?? ''}`);
  return `CPUs of ${name} over ${other}: ratios under plans on them are of the blocks that ran while they were ${Math.round(range.leastNs)} to ${Math.round(range.mostNs)} ns apart (a cache line there and back; ${shares.join(', ')}); rates are of all.`;
}

/** A few percent are not worth a word. */
const leastDeviation = 0.05;

const unitWords = { block: 'blocks', launch: 'launches', iteration: 'iterations' } as const;

/** What the intervals take for independent. */
function clusters(cells: readonly ComparedCell[]): string {
  const units = new Set(
    cells.flatMap(({ rate }) => (rate === undefined ? [] : [unitWords[rate.independent]])),
  );
  return units.size === 0 ? 'blocks' : [...units].join(' or ');
}

/** Whether results that are compared ran under other parameters, CPU numbers aside. */
function differentPlans(columns: readonly Column[]): boolean {
  const sets = columns
    .filter(({ standing }) => standing === 'bare' || standing === 'virtual')
    .flatMap(documentsOf)
    .map(plansOf);
  return new Set(sets).size > 1;
}

function plansOf({ plans }: ResultsDocument): string {
  const kinds = plans.map(({ name: _name, cpus, ...parameters }) =>
    JSON.stringify([parameters, cpus.length]),
  );
  return kinds.toSorted().join('\n');
}
