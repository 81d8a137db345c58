import { communicationBetween, type AccessKind, type Communication } from './edges.ts';

/** The first and last access of a thread, or its only one: a write that stands alone. */
export type ThreadEnds = 'W' | `${AccessKind}${AccessKind}`;

/** Threads in a ring by their ends. Its name is that of its tests without the edges within the threads. */
export interface Family {
  readonly name: string;
  readonly threads: readonly ThreadEnds[];
  /** From each thread to the next. */
  readonly communications: readonly Communication[];
  /** Whether all accesses are to one location. */
  readonly oneLocation: boolean;
}

/**
 * Which thread comes first: diy7 numbers the threads so that their ends come first in this order
 * (its manual, "Naming tests"; gen/normaliser.ml).
 */
const inOrder: readonly ThreadEnds[] = ['W', 'WW', 'RR', 'RW', 'WR'];

/** Those families that the field calls by more than their threads' ends. */
const wellKnown: Readonly<Record<string, string>> = {
  'WW+RR': 'MP',
  'WR+WR': 'SB',
  'RW+RW': 'LB',
  'WW+WR': 'R',
  'WW+RW': 'S',
  'WW+WW': '2+2W',
  'W+RW+RR': 'WRC',
  'W+RR+WR': 'RWC',
  'W+RW+RW': 'WWC',
  'W+RW+WR': 'WRW+WR',
  'W+RR+WW': 'WRR+2W',
  'W+RW+WW': 'WRW+2W',
  'WR+WR+WR': '3.SB',
  'RW+RW+RW': '3.LB',
  'WW+WW+WW': '3.2W',
  'WW+RR+WR': 'W+RWC',
  'WW+RW+RR': 'ISA2',
  'WW+RW+WR': 'Z6.0',
  'WW+WW+RW': 'Z6.1',
  'WW+RW+RW': 'Z6.2',
  'WW+WW+RR': 'Z6.3',
  'WW+WR+WR': 'Z6.4',
  'WW+WW+WR': 'Z6.5',
  'W+RR+W+RR': 'IRIW',
  'W+RR+W+RW': 'IRRWIW',
  'W+RW+W+RW': 'IRWIW',
  'WR+WR+WR+WR': '4.SB',
  'RW+RW+RW+RW': '4.LB',
  'WW+WW+WW+WW': '4.2W',
};

/** With a lone write and one other thread all accesses are to one location: a test of coherence. */
const wellKnownOfOneLocation: Readonly<Record<string, string>> = { 'W+RR': 'CoRR', 'W+RW': 'CoRW2' };

/** The families with so many threads, each numbered in the one way that its name is made from. */
export function familiesOf(threadCount: number): readonly Family[] {
  return ringsOf(threadCount)
    .filter((threads) => isFirstRotation(threads) && hasNoNeedlessWrite(threads))
    .flatMap((threads) => familyOf(threads) ?? []);
}

/** Undefined where a thread does not communicate with the next, or where the locations do not come round. */
function familyOf(threads: readonly ThreadEnds[]): Family | undefined {
  const communications = threads.flatMap(
    (ends, index) => communicationBetween(lastOf(ends), firstOf(nextOf(threads, index) ?? ends)) ?? [],
  );
  const changesOfLocation = threads.filter((ends) => ends !== 'W').length;
  const oneLocation = changesOfLocation === 1;
  if (communications.length < threads.length || changesOfLocation === 0) return undefined;
  const ends = threads.join('+');
  const names = oneLocation ? wellKnownOfOneLocation : wellKnown;
  return { name: names[ends] ?? ends, threads, communications, oneLocation };
}

/** Every sequence of so many thread ends. */
function ringsOf(threads: number): readonly (readonly ThreadEnds[])[] {
  if (threads === 0) return [[]];
  return ringsOf(threads - 1).flatMap((ring) => inOrder.map((ends) => [...ring, ends]));
}

/** A lone write is there for the thread that reads it: between other accesses it could be left out. */
function hasNoNeedlessWrite(ring: readonly ThreadEnds[]): boolean {
  return ring.every((ends, index) => ends !== 'W' || nextOf(ring, index)?.startsWith('R') === true);
}

function nextOf(ring: readonly ThreadEnds[], index: number): ThreadEnds | undefined {
  return ring[(index + 1) % ring.length];
}

function isFirstRotation(ring: readonly ThreadEnds[]): boolean {
  const ranks = ring.map((ends) => inOrder.indexOf(ends));
  return rotations(ranks).every((rotated) => compareRanks(ranks, rotated) <= 0);
}

/** A list begun at each of its elements in turn. */
export function rotations<Element>(list: readonly Element[]): readonly (readonly Element[])[] {
  return list.map((_, start) => [...list.slice(start), ...list.slice(0, start)]);
}

/** Compares two lists of one length by the first rank in which they differ. */
export function compareRanks(left: readonly number[], right: readonly number[]): number {
  const differs = left.findIndex((rank, index) => rank !== right[index]);
  return differs === -1 ? 0 : (left[differs] ?? 0) - (right[differs] ?? 0);
}

function firstOf(ends: ThreadEnds): AccessKind {
  return ends.startsWith('R') ? 'R' : 'W';
}

function lastOf(ends: ThreadEnds): AccessKind {
  return ends.endsWith('R') ? 'R' : 'W';
}
