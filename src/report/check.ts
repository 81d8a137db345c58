import type { Condition } from '../language/litmus-test.ts';
import { printProposition } from '../language/printer.ts';
import type { CheckResult } from '../model/check.ts';
import type { Explanation } from '../model/explain.ts';
import { layOut, rowLines, wrap, type Column } from './columns.ts';
import { explanationText } from './graph-text.ts';

/** What one model says of a test under one strategy, or why it says nothing. */
export interface CheckRow {
  readonly file: string;
  readonly test: string;
  readonly strategy: string;
  readonly model: string;
  readonly condition: Condition;
  readonly outcome: CheckOutcome;
}

export type CheckOutcome =
  | Decided
  /** Not done in the time allowed; `executions` were allowed until then. */
  | { readonly kind: 'timeout'; readonly timeoutMs: number; readonly executions: number }
  /** The model cannot speak of the test: it has a primitive that is none of the model's. */
  | { readonly kind: 'no-meaning'; readonly reason: string }
  /** The model's text makes no sense of the test. */
  | { readonly kind: 'model-error'; readonly message: string }
  /** Our mistake, or a lack of memory. */
  | { readonly kind: 'failed'; readonly message: string };

export interface Decided extends Pick<
  CheckResult,
  'states' | 'positive' | 'negative' | 'observation' | 'met' | 'flags' | 'elapsedMs'
> {
  readonly kind: 'decided';
  readonly explanation: Explanation | undefined;
  /** A `Result:` line of the file that says otherwise. */
  readonly contradicted: { readonly line: number | undefined; readonly result: string } | undefined;
}

const verbs: Readonly<Record<Condition['quantifier'], string>> = {
  exists: 'Allowed',
  '~exists': 'Forbidden',
  forall: 'Required',
};

/** A row as herd7 prints it. */
export function herdText(row: CheckRow): string {
  const { condition, outcome } = row;
  const name = shownTest(row);
  const heading = `Test ${name} ${verbs[condition.quantifier]}`;
  if (outcome.kind !== 'decided') return `${heading}\n${outcomeSentence(row)}`;
  const { states, met, positive, negative, flags, observation, elapsedMs } = outcome;
  // herd7 counts here what meets the condition, and in the line of the observation what its proposition holds of.
  const counted = condition.quantifier === '~exists' ? [negative, positive] : [positive, negative];
  return [
    heading,
    `States ${states.length}`,
    ...states.map(({ outcome: state }) => stateText(state)),
    met ? 'Ok' : 'No',
    'Witnesses',
    `Positive: ${counted[0]} Negative: ${counted[1]}`,
    ...flags.map((flag) => `Flag ${flag}`),
    `Condition ${condition.quantifier} (${herdProposition(condition)})`,
    `Observation ${name} ${observation} ${positive} ${negative}`,
    `Time ${name} ${(elapsedMs / 1000).toFixed(2)}`,
  ].join('\n');
}

/** The test's name; under another strategy than as written with that strategy's. */
export function shownTest({ test, strategy }: Pick<CheckRow, 'test' | 'strategy'>): string {
  return strategy === 'kernel' ? test : `${test}/${strategy}`;
}

/** `1:r0=0; [x]=1;` */
function stateText(outcome: Readonly<Record<string, string>>): string {
  const told = Object.entries(outcome).map(
    ([name, value]) => `${/^\d+:|\]$/.test(name) ? name : `[${name}]`}=${value};`,
  );
  return told.join(' ');
}

/** A proposition in herd7's spelling: locations in brackets, `not` for `~`. */
function herdProposition({ proposition }: Condition): string {
  return printProposition(proposition)
    .replaceAll(/(?<![\w:*&])([A-Za-z_]\w*(?:\[\d+\])?)(?=!?=)/g, '[$1]')
    .replaceAll('~(', 'not (');
}

/** Why a row has no verdict, in a sentence. */
export function outcomeSentence(row: CheckRow): string {
  const { outcome } = row;
  switch (outcome.kind) {
    case 'decided':
      return `${outcome.observation}`;
    case 'timeout':
      return `Not decided within ${outcome.timeoutMs / 1000} s, ${outcome.executions} executions so far: allow more with --timeout.`;
    case 'no-meaning':
      return `No meaning in ${row.model}: ${outcome.reason}.`;
    case 'model-error':
      return `${row.model} makes no sense of it: ${outcome.message}`;
    case 'failed':
      return outcome.message;
  }
}

/** Why the test comes out as it does, as text; undefined where it was not asked. */
export function rowExplanation(row: CheckRow, width: number): string | undefined {
  const { outcome, condition, model } = row;
  if (outcome.kind !== 'decided' || outcome.explanation === undefined) return undefined;
  const text = printProposition(condition.proposition);
  const asked = condition.quantifier === 'forall' ? `~(${text})` : text;
  return explanationText({ test: shownTest(row), model, asked }, outcome.explanation, width);
}

/** What a reader must know of one row beside its verdict. */
export function contradictionText({ file, test, model, outcome }: CheckRow): string | undefined {
  if (outcome.kind !== 'decided' || outcome.contradicted === undefined) return undefined;
  const { line, result } = outcome.contradicted;
  const place = line === undefined ? file : `${file}:${line}`;
  const flag = outcome.flags.includes('data-race') ? ', with a data race' : '';
  return `${place}: "Result: ${result}" is wrong: of ${test}, ${model} says ${outcome.observation} (${outcome.positive} executions of ${outcome.positive + outcome.negative} satisfy the proposition${flag}).`;
}

/** Tests down, models across; what has no verdict is told below. */
export function checkTableText(rows: readonly CheckRow[], models: readonly string[], width: number): string {
  const byTest = new Map<string, CheckRow[]>();
  for (const row of rows) byTest.set(rowKey(row), [...(byTest.get(rowKey(row)) ?? []), row]);
  const cells = [...byTest.values()].map((own) => {
    const of = (model: string) => own.find((row) => row.model === model);
    return [...own.slice(0, 1).map(shownTest), ...models.map((model) => cellText(of(model)))];
  });
  const columns: readonly Column[] = [
    { title: 'test', align: 'left', grow: true },
    ...models.map((model): Column => ({ title: shortModel(model), align: 'left' })),
  ];
  const layout = layOut(columns, cells, width);
  const lines = [columns.map(({ title }) => title), ...cells].flatMap((row) => rowLines(layout, row));
  const raced = rows.some(({ outcome }) => outcome.kind === 'decided' && outcome.flags.length > 0);
  const notes = [
    ...(raced
      ? [`"${flagMark}": the model raises a flag, such as data-race; one model alone names it.`]
      : []),
    ...new Set(rows.flatMap((row) => problemText(row, rows) ?? [])),
  ];
  return [...lines, ...(notes.length === 0 ? [] : ['', ...notes.flatMap((note) => wrap(note, width))])].join(
    '\n',
  );
}

/** Why a row has no verdict; once for the models that have the same reason. */
function problemText(row: CheckRow, rows: readonly CheckRow[]): string | undefined {
  const { outcome } = row;
  if (outcome.kind === 'decided') return undefined;
  if (outcome.kind !== 'no-meaning') return `${shownTest(row)} under ${row.model}: ${outcomeSentence(row)}`;
  const alike = rows.filter(
    (other) =>
      rowKey(other) === rowKey(row) &&
      other.outcome.kind === 'no-meaning' &&
      other.outcome.reason === outcome.reason,
  );
  return `${shownTest(row)} has no meaning in ${alike.map(({ model }) => model).join(', ')}: ${outcome.reason}.`;
}

const flagMark = '!';

/** Files may share the name of a test. */
const rowKey = ({ file, test, strategy }: CheckRow): string => [file, test, strategy].join('\n');

function cellText(row: CheckRow | undefined): string {
  const outcome = row?.outcome;
  switch (outcome?.kind) {
    case 'decided':
      return outcome.flags.length > 0 ? `${outcome.observation} ${flagMark}` : outcome.observation;
    case 'timeout':
      return 'timeout';
    case 'no-meaning':
      return '-';
    case 'model-error':
    case 'failed':
      return 'error';
    case undefined:
      return '';
  }
}

/** A path's last two parts: a kernel tree's are long. */
function shortModel(model: string): string {
  const parts = model.split('/').filter((part) => part !== '');
  return parts.length > 1 ? parts.slice(-2).join('/') : model;
}

/** The fields of a row that scripts may rely on. */
export function rowJson(row: CheckRow): Readonly<Record<string, unknown>> {
  const { file, test, strategy, model, condition, outcome } = row;
  return {
    file,
    test,
    strategy,
    model,
    condition: { quantifier: condition.quantifier, proposition: printProposition(condition.proposition) },
    ...outcomeJson(outcome),
  };
}

function outcomeJson(outcome: CheckOutcome): Readonly<Record<string, unknown>> {
  if (outcome.kind !== 'decided') {
    const { kind, ...rest } = outcome;
    return { status: kind, ...rest };
  }
  const { states, positive, negative, observation, met, flags, elapsedMs, explanation, contradicted } =
    outcome;
  return {
    status: 'decided',
    observation,
    ok: met,
    states: states.map(({ outcome: state, witness, executions }) => ({ state, witness, executions })),
    positive,
    negative,
    flags,
    elapsedMs: Math.round(elapsedMs * 100) / 100,
    ...(contradicted === undefined ? {} : { contradicted }),
    ...(explanation === undefined ? {} : { explanation }),
  };
}
