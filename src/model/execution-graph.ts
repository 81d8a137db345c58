/** The events of an execution and what joins them whatever the model, as plain data to be shown. */

import type { Derivations } from './derivation.ts';
import type { Execution } from './executions.ts';
import * as r from './relation.ts';
import type { Relation } from './relation.ts';
import type { StructureEvent } from './structure.ts';

export interface GraphEvent {
  /** Its number in the execution. */
  readonly id: number;
  /** `a`, `b`, … in the order of the threads; an initial write has none. */
  readonly letter: string | undefined;
  /** Undefined for an initial write. */
  readonly thread: number | undefined;
  /** `R x=1`, `W[release] y=1`, `F[mb]`, `x=0` for an initial write. */
  readonly label: string;
  /** Of the test's file. */
  readonly line: number | undefined;
  /** The primitive or the instruction that it is of; empty for an initial write. */
  readonly text: string;
}

/** What joins two events whatever the model: `rf`, `co`, `fr`, `addr`, `data`, `ctrl`, `rmw`. */
export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  readonly relation: string;
}

export interface Graph {
  readonly events: readonly GraphEvent[];
  readonly edges: readonly GraphEdge[];
}

/** @param named events that an explanation names, which are shown whatever they are */
export function graphOf(execution: Execution, derivations: Derivations, named: ReadonlySet<number>): Graph {
  const { events } = execution.structure;
  const com = communication(execution, derivations);
  const [, [, co]] = com;
  const shared = com.flatMap(([relation, pairs]) =>
    r.pairsOf(telling(relation, pairs, co)).map(([from, to]) => ({ from, to, relation })),
  );
  const edges = [
    ...shared.filter((edge) => isTelling(edge, events, named)),
    ...(['addr', 'data', 'ctrl', 'rmw'] as const).flatMap((kind) => dependencies(execution, kind)),
  ];
  const used = new Set([...edges.flatMap(({ from, to }) => [from, to]), ...named]);
  const letters = new Map(
    [...events.keys()]
      .filter((event) => events[event]!.thread !== undefined)
      .map((event, index) => [event, letterOf(index)]),
  );
  const shown = [...events.keys()].filter((event) => letters.has(event) || used.has(event));
  return {
    events: shown.map((id) => {
      const { thread, source } = events[id]!;
      return {
        id,
        letter: letters.get(id),
        thread,
        label: labelOf(execution, id),
        line: source?.line,
        text: source?.text ?? '',
      };
    }),
    edges,
  };
}

/** A relation without what follows from the rest: co's immediate pairs, and fr to the next write. */
function telling(relation: string, pairs: Relation, co: Relation): Relation {
  if (relation === 'co') return r.immediate(pairs);
  return relation === 'fr' ? r.difference(pairs, r.sequence(pairs, co)) : pairs;
}

/** Not what goes without saying: that initial writes come first, and what a thread's locks are to each other. */
function isTelling(
  { from, to, relation }: GraphEdge,
  events: readonly StructureEvent[],
  named: ReadonlySet<number>,
): boolean {
  const [source, target] = [events[from]!, events[to]!];
  if (source.thread === undefined) return relation === 'rf' || named.has(from);
  return source.thread !== target.thread || source.kind !== 'other' || target.kind !== 'other';
}

function dependencies(
  { structure: { events, firstOf } }: Execution,
  kind: 'addr' | 'data' | 'ctrl' | 'rmw',
): readonly GraphEdge[] {
  return [...events.keys()].flatMap((to) => {
    const { thread, source, kind: sort } = events[to]!;
    if (thread === undefined || source === undefined) return [];
    // Of the many that a branch controls, those that a model can make something of.
    if (kind === 'ctrl' && sort !== 'write') return [];
    const reads = kind === 'rmw' ? (source.rmw === undefined ? [] : [source.rmw]) : source[kind];
    return reads.map((read) => ({ from: firstOf[thread]! + read, to, relation: kind }));
  });
}

function letterOf(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : `${letterOf(Math.floor(index / 26) - 1)}${letter}`;
}

const kindLetters = { read: 'R', write: 'W', initial: '', other: '' } as const;

function labelOf({ structure, values }: Execution, id: number): string {
  const { kind, sets, location, source } = structure.events[id]!;
  const value = values.ofEvent(id);
  const name = structure.program.locations.find(({ address }) => address === value)?.name;
  const content = location === undefined ? '' : `${location.name}=${name ?? contentOf(value, location)}`;
  if (kind === 'initial') return content;
  const letter = sets.includes('F') ? 'F' : kindLetters[kind];
  const marks = sets.filter((set) => !['F', 'Once', 'RMW', 'X'].includes(set)).map(uncapitalized);
  if (letter === '') return [sets[0] ?? 'event', content].filter((part) => part !== '').join(' ');
  const tag = marks.length === 0 ? '' : `[${marks.join(' ')}]`;
  return [letter + tag, source?.kind === 'other' ? '' : content].filter((part) => part !== '').join(' ');
}

function contentOf(
  value: bigint | undefined,
  { signed, widthBytes }: { signed: boolean; widthBytes: number },
): string {
  if (value === undefined) return '?';
  return (signed ? value : BigInt.asUintN(8 * widthBytes, value)).toString();
}

/** `mb` of Mb; names of instructions such as DMB.ISH stay. */
function uncapitalized(set: string): string {
  return /^[A-Z][^A-Z]*$/.test(set) && set.length > 1 ? set.charAt(0).toLowerCase() + set.slice(1) : set;
}

type Communication = readonly [name: string, pairs: Relation];

/** rf, co and fr as the model has them at its end. */
export function communication(
  execution: Execution,
  derivations: Derivations,
): readonly [Communication, Communication, Communication] {
  const rf = derivations.named('rf') ?? execution.rf;
  const co = derivations.named('co') ?? execution.co;
  const fr = derivations.named('fr') ?? r.sequence(r.inverse(rf), co);
  return [
    ['rf', rf],
    ['co', co],
    ['fr', r.difference(fr, r.identityOn(r.universe(fr.size)))],
  ];
}
