import pc from 'picocolors';
import type { PriceDifference, StepPrice, TestPrice } from '../results/price-schema.ts';
import type { ResultsDocument } from '../results/schema.ts';
import { hanging } from './advice-words.ts';
import { distanceSentence } from './distance.ts';
import { layOut, rowLines, wrap, type Column } from './columns.ts';
import { barrierName, nsWithInterval, priceSentences, stepAmount } from './cost-words.ts';
import { shortNs } from './quantity.ts';
import type { TableStyle } from './table.ts';

/** What the tests of a document cost, and what their barriers and strategies add to that. */
export function costText(document: ResultsDocument, style: TableStyle): string {
  const colors = pc.createColors(style.color);
  const tests = document.prices?.tests ?? [];
  const parts = tests.map((test) =>
    [
      colors.bold(test.test),
      ...sentenceLines(test, style.width),
      '',
      ...stepLines(test, style.width),
      '',
      ...priceLines(test, style.width),
    ].join('\n'),
  );
  return [...parts, notes(document, tests, style.width).join('\n')].join('\n\n');
}

const indent = '  ';

function sentenceLines(test: TestPrice, width: number): readonly string[] {
  return priceSentences(test).flatMap((sentence) => hanging('- ', sentence, width));
}

const stepColumns: readonly Column[] = [
  { title: 'strategy', align: 'left', grow: true },
  { title: '', align: 'left' },
  { title: 'alone, ns a step', align: 'right' },
  { title: 'ticks', align: 'right' },
  { title: 'cycles', align: 'right' },
  { title: 'together, ns a step', align: 'right' },
  { title: 'ticks', align: 'right' },
  { title: 'cycles', align: 'right' },
];
const cycleColumns: readonly number[] = [4, 7];
const togetherColumns: readonly number[] = [5, 6, 7];

function stepLines(test: TestPrice, width: number): readonly string[] {
  const hasCycles = test.steps.some(({ cycles }) => cycles !== undefined);
  const hasTogether = test.steps.some(({ contended }) => contended);
  const absent = [...(hasCycles ? [] : cycleColumns), ...(hasTogether ? [] : togetherColumns)];
  return table(stepColumns, stepRows(test), absent, width);
}

type Cells = readonly string[];

/** What a step takes, a row for each thread of each strategy with code of its own. */
function stepRows(test: TestPrice): readonly Cells[] {
  const strategies = [...new Set(test.steps.map(({ strategy }) => strategy))];
  return strategies.flatMap((strategy) => {
    const names = [strategy, ...test.sameCode.flatMap((same) => (same.as === strategy ? same.strategy : []))];
    return threadsOf(test).map((thread, index) => {
      const step = (contended: boolean) =>
        test.steps.find(
          (one) => one.strategy === strategy && one.thread === thread && one.contended === contended,
        );
      return [
        index === 0 ? names.join(' = ') : '',
        `P${thread}`,
        ...stepCells(step(false)),
        ...stepCells(step(true)),
      ];
    });
  });
}

function stepCells(step: StepPrice | undefined): readonly string[] {
  if (step === undefined) return ['-', '-', '-'];
  const { ticks, cycles } = step;
  return [
    stepAmount(step),
    ticks === undefined ? '-' : shortNs(ticks),
    cycles === undefined ? '-' : shortNs(cycles),
  ];
}

const priceColumns: readonly Column[] = [
  { title: 'price of', align: 'left', grow: true },
  { title: '', align: 'left' },
  { title: 'alone, ns a step', align: 'right' },
  { title: 'together, ns a step', align: 'right' },
];

function priceLines(test: TestPrice, width: number): readonly string[] {
  const rows = differenceRows(test);
  return rows.length === 0
    ? []
    : table(priceColumns, rows, test.steps.some(({ contended }) => contended) ? [] : [3], width);
}

/** What each barrier costs, and what each strategy would against the test as written. */
function differenceRows(test: TestPrice): readonly Cells[] {
  const asWritten = test.differences.filter(({ barrier, against, of }) => {
    const isTwin = test.sameCode.some(({ strategy }) => strategy === of);
    return barrier !== undefined || (against === 'kernel' && !isTwin);
  });
  const keyOf = ({ of, against }: PriceDifference) => `${of} ${against}`;
  return [...new Set(asWritten.map(keyOf))].flatMap((key) =>
    groupRows(
      test,
      asWritten.filter((one) => keyOf(one) === key),
    ),
  );
}

/** Both with their intervals: what is timed, the thread, and nanoseconds a step alone and together. */
export function priceTables(test: TestPrice): {
  readonly steps: readonly Cells[];
  readonly prices: readonly Cells[];
} {
  const steps = stepRows(test).map((cells) => [0, 1, 2, 5].map((column) => cells[column] ?? ''));
  return { steps, prices: differenceRows(test) };
}

function groupRows(test: TestPrice, group: readonly PriceDifference[]): readonly (readonly string[])[] {
  const [first] = group;
  if (first === undefined) return [];
  const title = titleOf(first, test);
  if (group.every(({ kind }) => kind === 'same-code')) return [[title, '', 'same code', 'same code']];
  return threadsOf(test).map((thread, index) => {
    const cell = (contended: boolean) => {
      const found = group.find((one) => one.thread === thread && one.contended === contended);
      return found === undefined ? '-' : differenceCell(found);
    };
    return [index === 0 ? title : '', `P${thread}`, cell(false), cell(true)];
  });
}

/** `the snapshot's smp_rmb (P1 line 60)`, or `atomics = atomics-mb in place of kernel`. */
function titleOf({ of, against, barrier }: PriceDifference, { sameCode }: TestPrice): string {
  if (barrier !== undefined) return barrierName(barrier);
  const twins = sameCode.flatMap(({ strategy, as }) => (as === of ? strategy : []));
  return `${[of, ...twins].join(' = ')} in place of ${against}`;
}

/** What a difference is, never as a negative price. */
export function differenceCell({ kind, ns, low, high, resolutionNs }: PriceDifference): string {
  switch (kind) {
    case 'same-code':
      return 'same code';
    case 'costs':
      return nsWithInterval(ns ?? 0, low ?? 0, high ?? 0);
    case 'saves':
      return `saves ${nsWithInterval(ns ?? 0, low ?? 0, high ?? 0)}`;
    case 'below-resolution':
      return `< ${shortNs(resolutionNs ?? 0)}`;
    case 'not-timed':
      return '-';
  }
}

function threadsOf({ threads }: TestPrice): readonly number[] {
  return Array.from({ length: threads }, (_, thread) => thread);
}

function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  absent: readonly number[],
  width: number,
): readonly string[] {
  const shown = <T>(cells: readonly T[]) => cells.filter((_, index) => !absent.includes(index));
  const layout = layOut(shown(columns), rows.map(shown), width - indent.length);
  return [columns.map(({ title }) => title), ...rows].flatMap((row) =>
    rowLines(layout, shown(row)).map((line) => indent + line),
  );
}

/** What a reader must know beside the numbers. */
function notes(
  { machine, prices, session }: ResultsDocument,
  tests: readonly TestPrice[],
  width: number,
): string[] {
  if (prices === undefined || tests.length === 0) {
    return wrap(
      'Nothing was timed: no test has strategies to compare, or it was interrupted too soon.',
      width,
    );
  }
  const counts = [...new Set(tests.map(({ blocks }) => blocks))].toSorted((one, other) => one - other);
  const sentences = [
    `A step is one iteration of a thread's body with the loop round it, on warm cells. Steps follow each other and the CPU overlaps them: this is throughput, what a step adds to a stream of them, and not the latency of one.`,
    `"alone": that thread alone on its CPU; "together": all threads on the same cells at once, where one may gain by another's falling behind. In brackets: 95 % intervals of the median over ${counts.join(' or ')} ${prices.unit === 'launch' ? 'launches (fresh processes)' : 'blocks'}, in each of which code lies elsewhere and strategies take turns (A B B A).`,
    `"same code": not a byte of difference on ${machine.architecture}, so there is no price; a barrier still binds the compiler. "< x": less than x, either way, which is what two copies of the same code differ by, or what the interval leaves open.`,
    `1 ns is ${(prices.clock.ticksPerSecond / 1e9).toPrecision(4)} ticks of the ${prices.clock.name}, which are not core cycles${
      prices.cyclesProblem === undefined ? '' : `; those are absent: ${prices.cyclesProblem}`
    }.`,
  ];
  if (machine.emulation !== undefined) {
    sentences.push(
      `Emulated (${machine.emulation.kind}): these are the emulator's prices, not those of any such CPU.`,
    );
  }
  if (machine.hypervisor !== undefined) {
    sentences.push(
      `A virtual machine (${machine.hypervisor.kind}): other guests and the host may slow it down.`,
    );
  }
  const distance = distanceSentence(session);
  if (distance !== undefined) sentences.push(distance);
  if (tests.some(({ pinned }) => !pinned)) {
    sentences.push('Threads were not pinned to CPUs: they may have moved while they were timed.');
  }
  for (const { test, problems } of tests) {
    for (const problem of problems) sentences.push(`not timed: ${test} ${problem}.`);
  }
  return sentences.flatMap((sentence) => wrap(sentence, width));
}
