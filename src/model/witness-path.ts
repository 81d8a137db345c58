/** How an outcome that something forbade comes about without it: by a cycle that nothing breaks, or by taking turns. */

import type { Execution } from './executions.ts';
import * as r from './relation.ts';
import type { Relation } from './relation.ts';
import type { StructureEvent } from './structure.ts';

/** Where something was that kept order: in a thread, on these lines of the test's file. */
export interface Gap {
  readonly thread: number;
  readonly lines: readonly number[];
}

/** An access of an execution. */
export interface PathStep {
  /** Undefined for an initial write. */
  readonly thread: number | undefined;
  readonly line: number | undefined;
  /** `READ_ONCE(*x)`, `ldr w1, [x2]`. */
  readonly text: string;
  readonly kind: 'read' | 'write';
  readonly location: string;
  readonly value: string;
}

/** From one access to the next: program order, reads-from, coherence, or from-reads. */
export type EdgeName = 'po' | 'rf' | 'co' | 'fr';

export type WitnessPath =
  /** Each step with its edge to the next, the last with its edge to the first. No order of all accesses explains it. */
  | {
      readonly kind: 'cycle';
      readonly steps: readonly (PathStep & { readonly edge: EdgeName; readonly acrossGap: boolean })[];
    }
  /** The threads took turns: nothing was reordered. Each turn with its first and last access. */
  | {
      readonly kind: 'interleaving';
      readonly turns: readonly {
        readonly thread: number;
        readonly first: PathStep;
        readonly last: PathStep;
      }[];
    };

/** @param gaps what the execution is allowed without. */
export function witnessPath(execution: Execution, gaps: readonly Gap[]): WitnessPath {
  const edges = edgesOf(execution);
  const told = (event: number) => stepOf(execution, event);
  const cycle = cycleAcross(execution, edges, gaps) ?? r.shortestCycle(edges.all);
  if (cycle === undefined) return { kind: 'interleaving', turns: turnsOf(execution, edges.all, told) };
  const steps = cycle.map((event, index) => {
    const next = cycle[(index + 1) % cycle.length]!;
    return {
      ...told(event),
      edge: edgeName(edges, event, next),
      acrossGap: crosses(execution, event, next, gaps),
    };
  });
  return { kind: 'cycle', steps };
}

interface Edges {
  readonly po: Relation;
  readonly rf: Relation;
  readonly co: Relation;
  readonly all: Relation;
}

/** Program order, and what communicates between threads; within one thread program order says the same. */
function edgesOf(execution: Execution): Edges {
  const { structure } = execution;
  const { events } = structure;
  const size = events.length;
  const named = (name: string, otherwise: Relation): Relation => {
    const found = execution.named(name);
    return found?.sort === 'relation' ? found : otherwise;
  };
  const accesses = new Set(accessesOf(execution));
  const both = (from: number, to: number) => accesses.has(from) && accesses.has(to);
  const po = r.relationWhere(
    size,
    (from, to) =>
      from < to && both(from, to) && events[from]!.thread !== undefined && sameThread(events, from, to),
  );
  const external = r.relationWhere(size, (from, to) => both(from, to) && !sameThread(events, from, to));
  const rf = named('rf', execution.rf);
  const co = named('co', execution.co);
  const fr = r.difference(
    r.sequence(r.inverse(rf), co),
    r.relationWhere(size, (from, to) => from === to),
  );
  return {
    po,
    rf,
    co,
    all: r.union(po, r.intersection(r.union(rf, r.union(co, fr)), external)),
  };
}

function edgeName({ po, rf, co }: Edges, from: number, to: number): EdgeName {
  if (r.related(po, from, to)) return 'po';
  if (r.related(rf, from, to)) return 'rf';
  return r.related(co, from, to) ? 'co' : 'fr';
}

function accessesOf({ structure }: Execution): readonly number[] {
  return [...structure.events.keys()].filter((event) => structure.events[event]!.kind !== 'other');
}

function sameThread(events: readonly StructureEvent[], one: number, other: number): boolean {
  return events[one]!.thread === events[other]!.thread;
}

/** A shortest cycle with a step of program order across one of the gaps. */
function cycleAcross(
  execution: Execution,
  { po, all }: Edges,
  gaps: readonly Gap[],
): readonly number[] | undefined {
  let best: readonly number[] | undefined;
  for (const [from, to] of r.pairsOf(po)) {
    if (!crosses(execution, from, to, gaps)) continue;
    const back = r.shortestPath(all, to, from);
    if (back !== undefined && (best === undefined || back.length < best.length)) best = back;
  }
  return best;
}

/** Whether two accesses of one thread stand on either side of a gap; of an access that lost its order, it is one of the two. */
function crosses({ structure }: Execution, from: number, to: number, gaps: readonly Gap[]): boolean {
  const [first, second] = [structure.events[from]!, structure.events[to]!];
  const [before, after] = [first.source?.line, second.source?.line];
  if (before === undefined || after === undefined || first.thread !== second.thread) return false;
  return gaps.some(
    ({ thread, lines }) => thread === first.thread && lines.some((line) => before <= line && line <= after),
  );
}

function stepOf({ structure, values }: Execution, event: number): PathStep {
  const { kind, thread, location, source } = structure.events[event]!;
  const value = values.ofEvent(event) ?? 0n;
  const pointed = structure.program.locations.find(({ address }) => address === value);
  return {
    thread,
    line: source?.line,
    text: source?.text ?? 'the initial state',
    kind: kind === 'read' ? 'read' : 'write',
    location: location?.name ?? '?',
    value: pointed?.name ?? value.toString(),
  };
}

/** The accesses in an order that has all edges, staying with a thread as long as it can go on. */
function turnsOf(
  execution: Execution,
  edges: Relation,
  told: (event: number) => PathStep,
): Extract<WitnessPath, { kind: 'interleaving' }>['turns'] {
  const left = new Set(accessesOf(execution));
  const threadOf = (event: number) => execution.structure.events[event]!.thread;
  const runs: number[][] = [];
  while (left.size > 0) {
    const ready = [...left].filter((event) => ![...left].some((other) => r.related(edges, other, event)));
    const running = runs.at(-1)?.[0];
    const next =
      ready.find((event) => running !== undefined && threadOf(event) === threadOf(running)) ?? ready[0];
    if (next === undefined) throw new Error('an order with a cycle');
    left.delete(next);
    if (running !== undefined && threadOf(running) === threadOf(next)) runs.at(-1)!.push(next);
    else runs.push([next]);
  }
  return runs.flatMap((run) => {
    const thread = threadOf(run[0]!);
    return thread === undefined ? [] : [{ thread, first: told(run[0]!), last: told(run.at(-1)!) }];
  });
}
