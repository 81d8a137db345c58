/**
 * The advice on a test's barriers: for each fence, acquire, release and lock, alone and in sets, whether
 * the test's condition still holds without it, by LKMM and by the architectures' models.
 */

import { architectures, type Architecture } from '../architecture.ts';
import { statedExpectation, type TestEvent } from '../judge/expectation.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import { printExpression, printProposition } from '../language/printer.ts';
import { programOf } from '../lower/events.ts';
import { LoweringError } from '../lower/lowering-error.ts';
import { targetFor } from '../lower/targets.ts';
import type { Program } from '../model/program.ts';
import { guardsOf, withoutGuards, type Guard } from '../strategy/guards.ts';
import { variantsOf, type Variant } from '../strategy/strategies.ts';
import { architectureJudge, kernelJudge, type Finding, type Judge, type JudgeName } from './judges.ts';
import { largestSets, mostInSets } from './largest-sets.ts';
import { placeOf, type Place } from './place.ts';

export interface Advice {
  readonly test: string;
  /** What must not happen for the condition to be kept: a proposition. */
  readonly event: string;
  readonly guards: readonly GuardAdvice[];
  /** What keeps order too and was not judged. */
  readonly unjudged: readonly {
    readonly thread: number;
    readonly line: number;
    readonly text: string;
    readonly reason: string;
  }[];
  /** LKMM first. */
  readonly models: readonly ModelAdvice[];
  /** By LKMM, from the weakest to the strongest. */
  readonly strategies: readonly StrategyAdvice[];
  /** The first of these that keeps the condition. */
  readonly weakestStrategy: string | undefined;
  /** Where an architecture allows what LKMM forbids, as written or without a guard. */
  readonly chainBreaks: readonly { readonly architecture: JudgeName; readonly without: string | undefined }[];
}

export interface GuardAdvice {
  /** The ablation's name (strategy/guards.ts): how results and other parts of the advice refer to it. */
  readonly name: string;
  /** Whether it is a strategy's name too. */
  readonly isStrategy: boolean;
  readonly kind: Guard['kind'];
  readonly place: Place;
  /** What accesses memory or fences in its code; empty where it emits nothing. */
  readonly instructions: Readonly<Partial<Record<Architecture, readonly string[]>>>;
}

/** Whether a test can do without a guard, by one model. `unknown`: the finding says why. */
export type Need = 'needed' | 'not-needed' | 'unknown';

export interface ModelNeeds {
  readonly model: JudgeName;
  readonly asWritten: Finding;
  /** Without each guard alone; empty where the test as written already fails, or could not be judged. */
  readonly alone: readonly {
    readonly guard: string;
    readonly need: Need;
    /** Whether the model's code is the same without it. */
    readonly sameCode: boolean;
    readonly finding: Finding;
  }[];
}

export interface ModelAdvice extends ModelNeeds {
  /** The largest sets that can go together. */
  readonly droppable: readonly (readonly string[])[];
  /** What was not tried of the sets, or could not be decided: sentences. */
  readonly notes: readonly string[];
}

export interface StrategyAdvice {
  readonly strategy: string;
  readonly keeps: boolean;
  readonly finding: Finding;
}

/**
 * Strategies from the weakest to the strongest, by the kinds of accesses that they order where they
 * order anything: none; only those of the compiler; only a location's own; loads or stores among
 * themselves (the test as written, in most tests); a load or a store with everything after or before it;
 * and everything, at counters or at every fence.
 */
export const weakestFirst: readonly string[] = [
  'none',
  'compiler',
  'atomics',
  'kernel',
  'acquire-release',
  'atomics-mb',
  'atomics-return',
  'full',
];

/**
 * @param source the text of the test's file, for the comments beside its barriers.
 * @param timeoutMs of each check.
 * @param asked is called before each model with the number of those that are done.
 */
export function adviseOn(
  test: LitmusTest,
  source: string,
  timeoutMs: number,
  asked: (done: number, of: number) => void = () => {},
): Advice {
  const event = eventOf(test, timeoutMs);
  const { guards, others } = guardsOf(test);
  const kernel = kernelJudge(event, timeoutMs);
  const judges = architectures.map((one) => architectureJudge(one, event, timeoutMs));
  asked(0, judges.length + 1);
  const byKernel = modelAdvice(kernel, test, guards);
  const strategies = strategyAdvice(kernel, test, byKernel.asWritten);
  const byArchitecture = judges.map((judge, index) => {
    asked(index + 1, judges.length + 1);
    return modelAdvice(judge, test, guards);
  });
  return {
    test: test.name,
    event: eventText(test, event),
    guards: guardAdvice(test, guards, source),
    unjudged: others.map(({ thread, call, reason }) => ({
      thread,
      line: call.at.line,
      text: printExpression(call),
      reason,
    })),
    models: [byKernel, ...byArchitecture],
    strategies,
    weakestStrategy: strategies.find(({ keeps }) => keeps)?.strategy,
    chainBreaks: chainBreaks(byKernel, byArchitecture),
  };
}

/** Where guards stand and what they become. @param source the text of the test's file. */
export function guardAdvice(
  test: LitmusTest,
  guards: readonly Guard[],
  source: string,
): readonly GuardAdvice[] {
  const paths = pathsByArchitecture(test);
  return guards.map((guard) => ({
    name: guard.name,
    isStrategy: guard.isStrategy,
    kind: guard.kind,
    place: placeOf(test, guard, source),
    instructions: instructionsOf(paths, guard),
  }));
}

/** What an architecture's model allows of the code, LKMM must allow of the source. */
function chainBreaks(kernel: ModelAdvice, others: readonly ModelAdvice[]): Advice['chainBreaks'] {
  if (kernel.asWritten.kind !== 'forbidden') return [];
  return others.flatMap(({ model, asWritten, alone }) => [
    ...(asWritten.kind === 'allowed' ? [{ architecture: model, without: undefined }] : []),
    ...alone
      .filter(
        ({ finding }, index) =>
          finding.kind === 'allowed' && kernel.alone[index]?.finding.kind === 'forbidden',
      )
      .map(({ guard }) => ({ architecture: model, without: guard })),
  ]);
}

/** What the file says must not happen, or what `exists` asks for; its opposite where LKMM finds that Always. */
export function eventOf(test: LitmusTest, timeoutMs: number): TestEvent {
  const { event } = statedExpectation(test);
  if (event === 'counterexample' || test.condition.quantifier !== 'exists') return event;
  const otherwise = kernelJudge('counterexample', timeoutMs).ask(test, []);
  const always =
    otherwise.kind === 'forbidden' && kernelJudge(event, timeoutMs).ask(test, []).kind === 'allowed';
  return always ? 'counterexample' : event;
}

export function eventText({ condition: { proposition } }: LitmusTest, event: TestEvent): string {
  const text = printProposition(proposition);
  return event === 'witness' ? text : `not (${text})`;
}

function modelAdvice(judge: Judge, test: LitmusTest, guards: readonly Guard[]): ModelAdvice {
  const needs = modelNeeds(judge, test, guards);
  // Without its guards a test has all of its executions and more: what is open now stays open.
  if (needs.asWritten.kind !== 'forbidden') return { ...needs, droppable: [], notes: [] };
  const spare = guards.filter((_, index) => needs.alone[index]?.need === 'not-needed');
  const undecided: (readonly Guard[])[] = [];
  const canGo = (set: readonly Guard[]) => {
    if (set.length === 1) return true;
    const need = needOf(needs.asWritten, judge.ask(withoutGuards(test, set), set));
    if (need === 'unknown') undecided.push(set);
    return need === 'not-needed';
  };
  const { droppable, bound } = spareSets(spare, canGo);
  const notes = undecided.map(
    (set) => `not decided without ${set.map(({ name }) => name).join(', ')} together`,
  );
  return {
    ...needs,
    droppable: droppable.map((set) => set.map(({ name }) => name)),
    notes: [...bound, ...notes],
  };
}

/** Whether a model needs each guard of a test, one at a time. */
export function modelNeeds(judge: Judge, test: LitmusTest, guards: readonly Guard[]): ModelNeeds {
  const asWritten = judge.ask(test, []);
  if (asWritten.kind !== 'forbidden') return { model: judge.name, asWritten, alone: [] };
  const alone = guards.map((guard) => {
    const without = withoutGuards(test, [guard]);
    const finding = judge.ask(without, [guard]);
    return {
      guard: guard.name,
      need: needOf(asWritten, finding),
      sameCode: judge.sameCode(test, without),
      finding,
    };
  });
  return { model: judge.name, asWritten, alone };
}

/** A flag that the test as written does not raise, as of a data race, is as bad as the event. */
export function needOf(asWritten: Finding, without: Finding): Need {
  if (without.kind === 'allowed') return 'needed';
  if (without.kind !== 'forbidden' || asWritten.kind !== 'forbidden') return 'unknown';
  return without.flags.some((flag) => !asWritten.flags.includes(flag)) ? 'needed' : 'not-needed';
}

/** All guards that can go alone; where they are too many the barriers among them, or only all of these together. */
function spareSets(
  spare: readonly Guard[],
  canGo: (set: readonly Guard[]) => boolean,
): { readonly droppable: readonly (readonly Guard[])[]; readonly bound: readonly string[] } {
  if (spare.length <= mostInSets) return { droppable: largestSets(spare, canGo), bound: [] };
  const barriers = spare.filter(({ kind }) => kind !== 'lock' && kind !== 'reader');
  if (barriers.length <= mostInSets) {
    const bound = `${spare.length} can go alone, and sets are tried of ${mostInSets} at most: locks were left where they are`;
    return { droppable: largestSets(barriers, canGo), bound: [bound] };
  }
  const bound = `${spare.length} can go alone, and sets are tried of ${mostInSets} at most: only all together were tried`;
  return { droppable: canGo(barriers) ? [barriers] : barriers.map((one) => [one]), bound: [bound] };
}

function strategyAdvice(judge: Judge, test: LitmusTest, asWritten: Finding): readonly StrategyAdvice[] {
  const { variants } = variantsOf(test);
  // A test without barriers is what "none" would make of it.
  const bare = !variants.some(({ strategy }) => strategy === 'none');
  const rank = ({ strategy }: Variant) =>
    weakestFirst.indexOf(bare && strategy === 'kernel' ? 'none' : strategy);
  return variants
    .toSorted((one, other) => rank(one) - rank(other))
    .map((variant) => {
      const finding = variant.strategy === 'kernel' ? asWritten : judge.ask(variant.test, []);
      const flagged = asWritten.kind === 'forbidden' && needOf(asWritten, finding) === 'needed';
      return { strategy: variant.strategy, keeps: finding.kind === 'forbidden' && !flagged, finding };
    });
}

type Paths = Program['threads'];

/** The code's paths on each architecture that has code for the test. */
function pathsByArchitecture(test: LitmusTest): ReadonlyMap<Architecture, Paths> {
  return new Map(
    architectures.flatMap((architecture) => {
      const target = targetFor(architecture);
      if (target === undefined) return [];
      try {
        return [[architecture, programOf(test, target).threads] as const];
      } catch (error) {
        if (error instanceof LoweringError) return [];
        throw error;
      }
    }),
  );
}

function instructionsOf(paths: ReadonlyMap<Architecture, Paths>, guard: Guard): GuardAdvice['instructions'] {
  return Object.fromEntries(
    [...paths].map(([architecture, threads]) => [
      architecture,
      instructionsIn(threads[guard.thread] ?? [], guard),
    ]),
  );
}

/** On the lines of the guard's calls, along the longest path: for a fence what fences, for others what accesses too. */
function instructionsIn(paths: Paths[number], { kind, calls }: Guard): readonly string[] {
  const lines = new Set(calls.map(({ at }) => at.line));
  const texts = paths.map(({ events }) =>
    events
      .filter(
        ({ line, kind: event }) =>
          line !== undefined && lines.has(line) && (kind !== 'fence' || event === 'other'),
      )
      .map(({ text }) => text)
      .filter((text, index, all) => text !== all[index - 1]),
  );
  return texts.toSorted((one, other) => other.length - one.length)[0] ?? [];
}
