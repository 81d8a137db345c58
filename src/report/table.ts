import pc from 'picocolors';
import type { ResultsDocument, Row } from '../results/schema.ts';
import { layOut, rowLines, wrap, type Column } from './columns.ts';
import { distanceSentence } from './distance.ts';
import { disturbedText } from './disturbed.ts';
import {
  evidenceNotes,
  rateCell,
  scoreNote,
  verdictCell,
  vouchersOf,
  type VoucherSets,
} from './evidence-words.ts';
import { stepNotes, stepWords, type StepWords } from './cost-words.ts';
import { placementWords } from './placements.ts';
import { shortCount } from './quantity.ts';

export interface TableStyle {
  readonly width: number;
  readonly color: boolean;
}

const columns: readonly Column[] = [
  { title: 'test / strategy', align: 'left', grow: true },
  { title: 'N', align: 'right', dispensable: 1 },
  { title: 'witnesses', align: 'right', dispensable: 4 },
  { title: 'rate [95 %]', align: 'left' },
  { title: 'observation', align: 'left', dispensable: 3 },
  { title: 'LKMM', align: 'left', dispensable: 1 },
  { title: 'CPU model', align: 'left', dispensable: 1 },
  { title: 'verdict', align: 'left' },
];
const verdictColumn = 7;
const priceColumns: readonly Column[] = [
  { title: 'ns a step alone', align: 'left', dispensable: 2 },
  { title: 'ns a step together', align: 'left', dispensable: 2 },
];
/** In a narrower terminal an interval stands below its rate. */
const wide = 100;
/** In a narrower terminal prices stand below their row. */
const veryWide = 160;
/** Of a test's rows, under its name. */
const indent = '  ';

/**
 * The results as a table: each test, and under it its strategies; those that turned out to be the
 * same machine code share a row.
 */
export function tableText(document: ResultsDocument, style: TableStyle): string {
  const colors = pc.createColors(style.color);
  const tests = groupBy(document.rows, (row) => row.test.name);
  const vouchers = vouchersOf(document);
  const between = style.width < wide ? '\n' : ' ';
  const cells = new Map(
    [...tests.values()].flatMap((rows) =>
      rows.map((row) => [row, rowCells(row, rows, document, vouchers, between)] as const),
    ),
  );
  const priced = document.prices !== undefined && style.width >= veryWide;
  const allColumns = priced ? [...columns, ...priceColumns] : columns;
  const layout = layOut(allColumns, [...cells.values()], style.width - indent.length);
  const pricesBelow = !layout.columns.some(({ column }) => priceColumns.includes(column));
  const lines = rowLines(
    layout,
    allColumns.map(({ title }) => title),
    (text) => colors.bold(text),
  ).map((line) => indent + line);
  for (const [name, rows] of tests) {
    lines.push(colors.bold(name));
    for (const row of rows.filter(({ sameCodeAs }) => sameCodeAs === undefined)) {
      const paint = verdictPaint(row, colors);
      lines.push(
        ...rowLines(layout, cells.get(row) ?? [], (text, index) =>
          index === verdictColumn ? paint(text) : text,
        ).map((line) => indent + line),
        ...phaseLines(row, style.width).map((line) => colors.dim(line)),
        ...(pricesBelow ? priceLines(row, document, style.width) : []).map((line) => colors.dim(line)),
        ...placementLines(row, document, style.width).map((line) => colors.dim(line)),
      );
    }
  }
  return [...lines, '', ...notes(document, [...tests.values()], vouchers, style.width)].join('\n');
}

function rowCells(
  row: Row,
  ofTest: readonly Row[],
  document: ResultsDocument,
  vouchers: VoucherSets,
  between: string,
): string[] {
  const same = sharing(row, ofTest);
  const price = priceOf(row, document);
  return [
    [row, ...same].map(({ strategy }) => strategy).join(' = '),
    shortCount(row.iterations),
    shortCount(row.witnesses),
    rateCell(row, between),
    row.observation,
    ...modelCells(row, same),
    verdictCell(row, vouchers),
    price.alone.join('\n'),
    price.together.join('\n'),
  ];
}

/** The strategies with the same code, which ran in their stead. */
function sharing(row: Row, ofTest: readonly Row[]): readonly Row[] {
  return ofTest.filter(({ sameCodeAs }) => sameCodeAs === row.strategy);
}

/**
 * What each model says of the condition: `-` where it was not asked, `?` where it gave no answer, `*` where
 * it says otherwise of a strategy that shares the row.
 */
function modelCells({ expectation }: Row, same: readonly Row[]): string[] {
  return [0, 1].map((index) => {
    const one = expectation.models[index];
    if (one === undefined) return '-';
    const others = same.flatMap((other) => other.expectation.models[index]?.observation ?? []);
    const otherwise = others.some((observation) => observation !== one.observation);
    return `${one.observation ?? '?'}${otherwise ? '*' : ''}`;
  });
}

/** What was seen at each place. */
function placementLines(row: Row, document: ResultsDocument, width: number): string[] {
  const deep = indent + indent;
  return placementWords(row, document)
    .flatMap((words) => wrap(words, width - deep.length))
    .map((line) => deep + line);
}

/** How often each phase of the test's protocol was met. */
function phaseLines({ phases, iterations }: Row, width: number): string[] {
  if (phases.length === 0 || iterations === 0) return [];
  const counts = phases.map(({ name, count }) => `${name} ${shortCount(count)}`).join(', ');
  const deep = indent + indent;
  return wrap(counts, width - deep.length).map((line) => deep + line);
}

/** What an iteration of each thread takes, where it was timed. */
function priceOf({ strategy, test }: Row, { prices }: ResultsDocument): StepWords {
  const price = prices?.tests.find((one) => one.test === test.name);
  return price === undefined ? { alone: [], together: [] } : stepWords(strategy, price);
}

/** Alone and together, a line each. */
function priceLines(row: Row, document: ResultsDocument, width: number): string[] {
  const { alone, together } = priceOf(row, document);
  const deep = indent + indent;
  return [
    { words: alone, title: 'ns a step alone' },
    { words: together, title: 'ns a step together' },
  ]
    .filter(({ words }) => words.length > 0)
    .flatMap(({ words, title }) => wrap(`${title}: ${words.join(', ')}`, width - deep.length))
    .map((line) => deep + line);
}

type Colors = ReturnType<typeof pc.createColors>;

function verdictPaint(row: Row, colors: Colors): (text: string) => string {
  const paints: Record<Row['verdict'], (text: string) => string> = {
    violation: (text) => colors.bold(colors.red(text)),
    seen: colors.yellow,
    upheld: colors.green,
    unseen: (text) => text,
    inconclusive: colors.magenta,
    invalid: colors.red,
    'not-run': colors.dim,
  };
  return paints[row.verdict];
}

/** What a reader must know beside the numbers, each only where it applies. */
function notes(
  document: ResultsDocument,
  tests: readonly (readonly Row[])[],
  vouchers: VoucherSets,
  width: number,
): string[] {
  const { rows, plans, machine, session, findings } = document;
  const sentences: string[] = [];
  if (session.interrupted) sentences.push('Interrupted: the counts are those reached until then.');
  if (machine.emulation !== undefined) {
    sentences.push(
      `Emulated (${machine.emulation.kind}): what an emulator shows is no evidence of what this architecture does.`,
    );
  }
  if (rows.some(({ sameCodeAs }) => sameCodeAs !== undefined)) {
    sentences.push(
      `"a = b": identical code on ${machine.architecture}, run once. A barrier that emits no instruction here still binds the compiler.`,
    );
  }
  if (tests.some((ofTest) => ofTest.some((row) => modelCells(row, sharing(row, ofTest))[0]?.endsWith('*')))) {
    sentences.push(
      '"*": of the first strategy of the row; of another LKMM says otherwise, though here its code is the same.',
    );
  }
  if (rows.some(({ observation, verdict }) => observation === 'Never' && verdict === 'upheld')) {
    sentences.push('"upheld": forbidden, and never seen while its controls fired.');
  }
  sentences.push(...evidenceNotes(document, vouchers), ...stepNotes(document));
  const shared = plans.filter(({ oversubscribed }) => oversubscribed).map(({ cpus }) => cpus.length);
  if (shared.length > 0) {
    const lanes = plans.some((plan) => plan.lanes !== undefined)
      ? ' Those that can ran in lanes as well, several threads one after the other as one.'
      : '';
    sentences.push(
      `Oversubscribed: tests of ${Math.min(...shared)} or more threads had fewer CPUs than threads, which took turns.${lanes}`,
    );
  }
  const distance = distanceSentence(session);
  if (distance !== undefined) sentences.push(distance);
  const disturbed = disturbedText(rows);
  if (disturbed !== undefined) sentences.push(disturbed);
  if (plans.some(({ pinned }) => !pinned)) sentences.push('Threads were not pinned to CPUs.');
  for (const { test, strategy, runs } of rows) {
    for (const { plan, invalid } of runs.filter((run) => run.invalid !== undefined)) {
      sentences.push(`invalid: ${test.name} ${strategy} under ${plan}: ${invalid}; not counted.`);
    }
  }
  for (const verdict of ['violation', 'inconclusive', 'not-run'] as const) {
    const own = rows.filter((one) => one.verdict === verdict && one.sameCodeAs === undefined);
    for (const [reason, alike] of groupBy(own, (row) => row.reason)) {
      sentences.push(`${verdict}: ${variantNames(alike)}: ${reason}.`);
    }
  }
  for (const { kind, test, strategy, sentence } of findings) {
    sentences.push(
      `${kind === 'false-result' ? 'false Result' : 'broken chain'}: ${test} ${strategy}: ${sentence}.`,
    );
  }
  const unanswered = rows.filter(({ expectation }) =>
    expectation.models.some(({ problem }) => problem !== undefined),
  );
  if (unanswered.length > 0) {
    const reasons = unanswered.flatMap(({ expectation }) =>
      expectation.models.flatMap(({ problem }) => problem ?? []),
    );
    sentences.push(
      `"?": ${unanswered.length} rows lack a model's answer: ${[...new Set(reasons)].slice(0, 3).join('; ')}.`,
    );
  }
  if (rows.some(({ verdict }) => verdict === 'violation')) {
    sentences.push(
      'A violation is more often a wrong test than a broken chip: read the code that ran with "show FILE --stage lower" before you blame the CPU.',
    );
  }
  if (document.evidence !== undefined) sentences.push(scoreNote(document.evidence.score));
  return sentences.flatMap((sentence) => wrap(sentence, width));
}

/** `IRIW kernel, full; WRC kernel` */
function variantNames(rows: readonly Row[]): string {
  return [...groupBy(rows, ({ test }) => test.name)]
    .map(([test, ofTest]) => `${test} ${ofTest.map(({ strategy }) => strategy).join(', ')}`)
    .join('; ');
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
