import type { Column } from '../evidence/comparison-columns.ts';
import { matchedRows, type Entry, type MatchedRow } from '../evidence/comparison-rows.ts';
import type { CountedOutcome } from '../judge/histogram.ts';
import type { Proposition } from '../language/litmus-test.ts';
import { holds, outcomeKey, type Outcome } from '../language/outcome.ts';
import { parseProposition } from '../language/parser.ts';
import { litmus7Kinds, type Litmus7Test } from '../results/litmus7-log.ts';
import { klitmusName } from '../strategy/klitmus-name.ts';

/** What a log says of one test. */
interface LoggedTest extends Omit<Litmus7Test, 'condition'> {
  /** Of the condition; undefined where the results do not tell. */
  readonly proposition: string | undefined;
  readonly condition: string | undefined;
  readonly wallNs: number;
}

/**
 * What one column showed, as litmus7 writes it, for mcompare7 and other tools of its field: a test for each
 * strategy, named as `export --klitmus` names it.
 */
export function comparisonLitmus7(column: Column): string {
  return matchedRows([column])
    .flatMap((row) => row.strategies.flatMap((strategy) => loggedTest(row, strategy) ?? []))
    .map(testText)
    .join('\n');
}

function loggedTest({ test, entries }: MatchedRow, strategy: string): LoggedTest | undefined {
  const parts = entries.flat().map(partOf);
  const [first] = parts;
  if (first === undefined) return undefined;
  const iterations = parts.reduce((sum, part) => sum + part.iterations, 0);
  if (iterations === 0) return undefined;
  return {
    ...first,
    name: klitmusName(test, strategy),
    outcomes: addOutcomes(parts.flatMap(({ outcomes }) => outcomes)),
    iterations,
    witnesses: parts.reduce((sum, { witnesses }) => sum + witnesses, 0),
    wallNs: parts.reduce((sum, { wallNs }) => sum + wallNs, 0),
  };
}

function partOf(entry: Entry): LoggedTest {
  if (entry.kind === 'litmus7') {
    const { condition } = entry.test;
    const proposition = condition
      ?.replace(/^(?:~?exists|forall)\s*/, '')
      .replaceAll(/\[([A-Za-z_]\w*)\]/g, '$1');
    return { ...entry.test, proposition, wallNs: 0 };
  }
  const { row } = entry;
  // litmus7's histograms are whole: what tells some outcomes alone has no place among them.
  const runs = entry.runs.filter(({ other }) => other === undefined);
  const { proposition, filter, quantifier, name } = row.test;
  const kept = filter === undefined ? undefined : propositionIn(filter);
  const outcomes = runs.flatMap((run) => run.outcomes);
  return {
    name,
    quantifier,
    proposition,
    condition: proposition === undefined ? undefined : `${quantifier} (${proposition})`,
    outcomes: kept === undefined ? outcomes : outcomes.filter(({ values }) => holds(kept, values)),
    iterations: runs.reduce((sum, { iterations }) => sum + iterations, 0),
    witnesses: runs.reduce((sum, { witnesses }) => sum + witnesses, 0),
    wallNs: runs.flatMap(({ blocks }) => blocks).reduce((sum, { wallNs }) => sum + wallNs, 0),
  };
}

/** A proposition of a file, which may be anything; undefined where it is none. */
function propositionIn(text: string): Proposition | undefined {
  try {
    return parseProposition(text, 'results');
  } catch {
    return undefined;
  }
}

function addOutcomes(outcomes: readonly CountedOutcome[]): readonly CountedOutcome[] {
  const merged = new Map<string, CountedOutcome>();
  for (const { values, count } of outcomes.filter((outcome) => outcome.count > 0)) {
    const key = outcomeKey(values);
    merged.set(key, { values, count: count + (merged.get(key)?.count ?? 0) });
  }
  return [...merged.values()];
}

/**
 * litmus7 marks the outcomes that the condition is about with `*`: those that satisfy the proposition, and
 * under `forall` those that do not. Of `~exists` and `forall` it calls those positive that are as they
 * should be; its "Observation" always counts the proposition.
 */
function testText(test: LoggedTest): string {
  const { name, quantifier, outcomes, iterations, witnesses, wallNs } = test;
  const proposition = test.proposition === undefined ? undefined : propositionIn(test.proposition);
  const others = iterations - witnesses;
  const isMarked = (values: Outcome) =>
    proposition !== undefined && holds(proposition, values) === (quantifier !== 'forall');
  const met = { exists: witnesses > 0, '~exists': witnesses === 0, forall: others === 0 }[quantifier];
  const [positive, negative] = quantifier === '~exists' ? [others, witnesses] : [witnesses, others];
  const observation = witnesses === 0 ? 'Never' : others === 0 ? 'Always' : 'Sometimes';
  return [
    `Test ${plainName(name)} ${litmus7Kinds[quantifier]}`,
    `Histogram (${outcomes.length} states)`,
    ...outcomes.map(
      ({ values, count }) => `${String(count).padEnd(8)}${isMarked(values) ? '*' : ':'}>${stateText(values)}`,
    ),
    met ? 'Ok' : 'No',
    '',
    'Witnesses',
    `Positive: ${positive}, Negative: ${negative}`,
    ...(test.condition === undefined
      ? []
      : [`Condition ${plain(test.condition)} is ${met ? '' : 'NOT '}validated`]),
    `Observation ${plainName(name)} ${observation} ${witnesses} ${others}`,
    `Time ${plainName(name)} ${(wallNs / 1e9).toFixed(6)}`,
    '',
  ].join('\n');
}

/** `0:r0=0; [x]=1; a[1]=2;` */
function stateText(outcome: Outcome): string {
  return Object.entries(outcome)
    .map(([name, value]) => {
      const shown = /^\d+:|\[/.test(name) ? name : `[${name}]`;
      return `${plain(shown)}=${plain(value)};`;
    })
    .join(' ');
}

/** Without what would end the line, or a state. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp};]+/gu, '_');
}

/** As far as mcompare7 reads names of tests. */
function plainName(name: string): string {
  return name.replaceAll(/[^\w/.+[\]-]+/g, '_');
}
