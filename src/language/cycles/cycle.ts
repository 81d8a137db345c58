import { communicationBetween, type AccessKind, type Edge, type ProgramOrder } from './edges.ts';

/** The part of a cycle in one thread: its first access and the edges from there, none for a lone access. */
export interface CycleThread {
  readonly first: AccessKind;
  readonly edges: readonly ProgramOrder[];
}

/** Threads in a ring, each with a communication to the next: from its last access to that one's first. */
export type Cycle = readonly CycleThread[];

export function lastOf({ first, edges }: CycleThread): AccessKind {
  return edges.at(-1)?.to ?? first;
}

/** The edges of a cycle in its order, from the first access of its first thread. */
export function edgesOf(cycle: Cycle): readonly Edge[] {
  return cycle.flatMap((thread, index) => {
    const next = cycle[(index + 1) % cycle.length] ?? thread;
    const communication = communicationBetween(lastOf(thread), next.first);
    if (communication === undefined) throw new Error('a cycle has no edge from a read to a read');
    return [...thread.edges, communication];
  });
}

/** An access of a cycle, placed: in a thread, at a location, with the value that it writes or reads. */
export interface Access {
  readonly thread: number;
  readonly kind: AccessKind;
  /** Counts from 0. */
  readonly location: number;
  readonly value: number;
  /** From the access before it in its thread, and to the one after it. */
  readonly into: ProgramOrder | undefined;
  readonly out: ProgramOrder | undefined;
}

/** With more, the final value of a location no longer tells the order in which it was written. */
const mostWrites = 2;

/**
 * The accesses of a cycle, in its order; undefined where a location would be written more than twice.
 * Each location is that of a stretch of the cycle between two changes of location; the writes of a
 * stretch are in coherence order and write 1 and 2, and its reads read what the write before them
 * wrote, or the initial 0. In a cycle of one location the stretch begins behind its one edge within a thread.
 */
export function accessesOf(cycle: Cycle): readonly Access[] | undefined {
  const placed = cycle.flatMap(({ first, edges }, thread) =>
    [undefined, ...edges].map((into, index) => ({
      thread,
      kind: into?.to ?? first,
      into,
      out: edges[index],
    })),
  );
  const changes = placed.filter(({ into }) => into?.location === 'different').length;
  const begins = ({ into }: (typeof placed)[number]) =>
    changes === 0 ? into !== undefined : into?.location === 'different';
  const start = placed.findIndex(begins);
  const values = new Array<number>(placed.length);
  let writes = 0;
  let mostOfALocation = 0;
  for (const offset of placed.keys()) {
    const index = (start + offset) % placed.length;
    const access = placed[index];
    if (access === undefined) continue;
    if (begins(access)) writes = 0;
    if (access.kind === 'W') writes += 1;
    values[index] = writes;
    mostOfALocation = Math.max(mostOfALocation, writes);
  }
  if (mostOfALocation > mostWrites) return undefined;
  let location = 0;
  return placed.map((access, index) => {
    if (changes > 0 && begins(access)) location = (location + 1) % changes;
    return { ...access, location, value: values[index] ?? 0 };
  });
}
