/** What barriers and strategies cost, in words: the answer before the tables. */
import type { PriceDifference, StepPrice, TestPrice } from '../results/price-schema.ts';
import type { ResultsDocument } from '../results/schema.ts';
import { capital, listed } from './advice-words.ts';
import { shortNs } from './quantity.ts';

/** Strategies that are a question of their own, as that question puts it. */
const questions: Readonly<Record<string, string>> = {
  atomics: 'making the counters atomic',
  'atomics-return': 'making the counters atomic, with value-returning steps',
  full: 'making every fence smp_mb()',
};

/** A sentence for each barrier of a test that has a price, one for those that have none, and one for each question. */
export function priceSentences(test: TestPrice): readonly string[] {
  const barriers = groupsOf(test.differences.filter(({ barrier }) => barrier !== undefined));
  const free = barriers.filter(isSameCode).map(nameOf);
  const asked = groupsOf(
    test.differences.filter(
      ({ of, against }) =>
        against === 'kernel' && questions[of] !== undefined && codeOf(of, test) !== codeOf('none', test),
    ),
  );
  return [
    ...barriers.filter((group) => !isSameCode(group)).map((group) => `${nameOf(group)} ${told(group)}`),
    ...(free.length === 0
      ? []
      : [
          free.length === 1
            ? `${free[0]} costs nothing here: without it the code is the same`
            : `${listed(free)} cost nothing here: without them the code is the same`,
        ]),
    ...asked.map((group) =>
      isSameCode(group)
        ? `${questions[group[0].of]} changes nothing here: the code is the same`
        : `${questions[group[0].of]} ${told(group)}`,
    ),
  ].map((sentence) => `${capital(sentence)}.`);
}

/** What one barrier costs by its differences: `costs P0 1.38 ns a step alone; …`; undefined without any. */
export function barrierPrice(differences: readonly PriceDifference[]): string | undefined {
  const [group, ...others] = groupsOf(differences);
  if (group === undefined || others.length > 0) return undefined;
  return isSameCode(group) ? 'costs nothing: the code is the same without it' : told(group);
}

/** The strategy that was timed for this one. */
function codeOf(strategy: string, { sameCode }: TestPrice): string {
  return sameCode.find((same) => same.strategy === strategy)?.as ?? strategy;
}

/** What a reader must know of prices beside other results. */
export function stepNotes({ prices }: ResultsDocument): readonly string[] {
  if (prices === undefined) return [];
  const counts = prices.tests.map(({ blocks }) => blocks);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const units = prices.unit === 'launch' ? 'launches' : 'blocks';
  return [
    `"ns a step": what an iteration of P0, P1, … takes, that thread alone or all together: throughput, as a median over ${least === most ? '' : `${least} to `}${most} ${units} (N) with its 95 % interval. As many tests were timed as a small share of the time allows; "fencepost cost FILES" tells the price of each barrier.`,
  ];
}

/** What an iteration of each thread takes: `P0 8.19 (8.03-8.44)`, thread by thread; empty where it was not timed. */
export interface StepWords {
  readonly alone: readonly string[];
  readonly together: readonly string[];
}

/** In nanoseconds, of a strategy or the one with the same code that was timed in its stead. */
export function stepWords(strategy: string, test: TestPrice): StepWords {
  const code = codeOf(strategy, test);
  const amounts = (contended: boolean) =>
    test.steps
      .filter((step) => step.strategy === code && step.contended === contended)
      .map((step) => `P${step.thread} ${stepAmount(step)}`);
  return { alone: amounts(false), together: amounts(true) };
}

/** `8.19 (8.03-8.44)`, or what it is less than. */
export function stepAmount({ ns, low, high, resolutionNs }: StepPrice): string {
  return ns === undefined ? `< ${shortNs(resolutionNs ?? 0)}` : nsWithInterval(ns, low ?? ns, high ?? ns);
}

export function nsWithInterval(ns: number, low: number, high: number): string {
  return `${shortNs(ns)} (${shortNs(low)}-${shortNs(high)})`;
}

type Group = readonly [PriceDifference, ...PriceDifference[]];

function groupsOf(differences: readonly PriceDifference[]): readonly Group[] {
  const groups = new Map<string, [PriceDifference, ...PriceDifference[]]>();
  for (const difference of differences) {
    const key = `${difference.of} ${difference.against}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [difference]);
    else group.push(difference);
  }
  return [...groups.values()];
}

function isSameCode(group: Group): boolean {
  return group.every(({ kind }) => kind === 'same-code');
}

/** `the snapshot's smp_rmb (P1 line 60)` */
export function barrierName({
  thread,
  line,
  text,
  comment,
}: NonNullable<PriceDifference['barrier']>): string {
  return `${comment ?? text} (P${thread} line ${line})`;
}

function nameOf([{ barrier, of }]: Group): string {
  return barrier === undefined ? of : barrierName(barrier);
}

/** `costs P0 1.38 ns a step alone; with all threads together P0 22.6 ns and P1 under 0.4 ns` */
function told(group: Group): string {
  const timed = group.filter(({ kind }) => kind !== 'not-timed');
  if (timed.every(({ kind }) => kind === 'same-code')) return 'was not timed';
  const alone = timed.filter(({ contended }) => !contended);
  const contended = timed.filter((difference) => difference.contended);
  return [
    ...(alone.length === 0 ? [] : [`${clause(alone)} a step alone`]),
    ...(contended.length === 0 ? [] : [`${clause(contended)} with all threads together`]),
  ].join('; ');
}

/** Of the threads whose code differs. */
function clause(differences: readonly PriceDifference[]): string {
  const amounts = (kinds: readonly PriceDifference['kind'][]) =>
    differences
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ thread, kind, ns, resolutionNs }) =>
        kind === 'below-resolution'
          ? `P${thread} under ${shortNs(resolutionNs ?? 0)} ns`
          : `P${thread} ${shortNs(ns ?? 0)} ns`,
      );
  const costs = amounts(['costs', 'below-resolution']);
  const savings = amounts(['saves']);
  const clauses = [
    ...(costs.length === 0 ? [] : [`costs ${listed(costs)}`]),
    ...(savings.length === 0 ? [] : [`saves ${listed(savings)}`]),
  ];
  return clauses.length === 0 ? 'costs nothing' : clauses.join(' and ');
}
