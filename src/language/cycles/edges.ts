import { suggestion } from '../nearest.ts';
import type { FenceName } from '../primitives.ts';

/** What an end of an edge does: reads or writes. */
export type AccessKind = 'R' | 'W';

/** An edge from a thread to another: reads-from, from-read or coherence order, each external. */
export interface Communication {
  readonly name: 'Rfe' | 'Fre' | 'Coe';
  readonly from: AccessKind;
  readonly to: AccessKind;
}

/** An edge from an access of a thread to its next one. */
export interface ProgramOrder {
  readonly name: string;
  readonly ordering: Ordering;
  readonly location: 'different' | 'same';
  readonly from: AccessKind;
  readonly to: AccessKind;
}

export type Edge = Communication | ProgramOrder;

/** What keeps two accesses of a thread in order, or does not. */
export interface Ordering {
  /** As edges are called: `Wmb` of `WmbdWW`. */
  readonly name: string;
  /** As tests are called: `wmb` of `MP+wmb+rmb`. */
  readonly suffix: string;
  readonly ends: readonly Ends[];
  readonly by:
    | { readonly kind: 'nothing' }
    | { readonly kind: 'fence'; readonly fence: FenceName }
    | { readonly kind: 'dependency'; readonly on: 'address' | 'data' | 'control' }
    | { readonly kind: 'accesses'; readonly acquire: boolean; readonly release: boolean };
}

type Ends = readonly [AccessKind, AccessKind];

const RR: Ends = ['R', 'R'];
const RW: Ends = ['R', 'W'];
const WR: Ends = ['W', 'R'];
const WW: Ends = ['W', 'W'];
const anyEnds = [RR, RW, WR, WW];

const fence = (fence: FenceName): Ordering['by'] => ({ kind: 'fence', fence });
const dependency = (on: 'address' | 'data' | 'control'): Ordering['by'] => ({ kind: 'dependency', on });
const accesses = (which: { acquire: boolean; release: boolean }): Ordering['by'] => ({
  kind: 'accesses',
  ...which,
});

/**
 * Every ordering, in the order in which a name has them where the threads of a test may be numbered in
 * several ways: `2+2W+wmb+mb`, `SB+mb+po`. barrier() is none: it holds back a compiler, and here is none.
 */
const orderings: readonly Ordering[] = [
  { name: 'Wmb', suffix: 'wmb', ends: anyEnds, by: fence('smp_wmb') },
  { name: 'Rmb', suffix: 'rmb', ends: anyEnds, by: fence('smp_rmb') },
  { name: 'Mb', suffix: 'mb', ends: anyEnds, by: fence('smp_mb') },
  { name: 'DpAddr', suffix: 'addr', ends: [RR, RW], by: dependency('address') },
  { name: 'DpData', suffix: 'data', ends: [RW], by: dependency('data') },
  { name: 'DpCtrl', suffix: 'ctrl', ends: [RR, RW], by: dependency('control') },
  { name: 'Acq', suffix: 'acq', ends: [RR, RW], by: accesses({ acquire: true, release: false }) },
  { name: 'Rel', suffix: 'rel', ends: [RW, WW], by: accesses({ acquire: false, release: true }) },
  { name: 'AcqRel', suffix: 'acqrel', ends: [RW], by: accesses({ acquire: true, release: true }) },
  { name: 'Po', suffix: 'po', ends: anyEnds, by: { kind: 'nothing' } },
];

export const communications: readonly Communication[] = [
  { name: 'Rfe', from: 'W', to: 'R' },
  { name: 'Fre', from: 'R', to: 'W' },
  { name: 'Coe', from: 'W', to: 'W' },
];

/** The communication from an access to one of another thread; undefined for two reads, which have none. */
export function communicationBetween(from: AccessKind, to: AccessKind): Communication | undefined {
  return communications.find((edge) => edge.from === from && edge.to === to);
}

export const programOrders: readonly ProgramOrder[] = orderings.flatMap((ordering) =>
  ordering.ends.flatMap((ends) => [
    programOrder(ordering, 'different', ends),
    programOrder(ordering, 'same', ends),
  ]),
);

/**
 * Called as diy7 calls its own: what it is, `d` or `s` for a different or the same location, and the
 * kinds of its ends (`PodWR`, `MbsRR`). A dependency has the kind of its target alone, for its source
 * is a read.
 */
function programOrder(ordering: Ordering, location: 'different' | 'same', [from, to]: Ends): ProgramOrder {
  const ends = ordering.by.kind === 'dependency' ? to : from + to;
  return { name: `${ordering.name}${location === 'same' ? 's' : 'd'}${ends}`, ordering, location, from, to };
}

/** Edges that there are not, or that close no cycle. */
export class CycleError extends Error {
  override readonly name = 'CycleError';
}

export interface Edges {
  readonly communications: readonly Communication[];
  readonly programOrders: readonly ProgramOrder[];
}

/**
 * The edges of these names, in which `*` stands for any text: `MbdWR`, `Pod**`, `Dp*`. Where no name
 * is a communication's, all three are meant, and where none is of program order, all of that. Throws
 * a CycleError for a name that fits none.
 */
export function edgesNamed(names: readonly string[]): Edges {
  const chosen = new Set(names.flatMap(matching));
  const among = <Kind extends Edge>(some: readonly Kind[]): readonly Kind[] => {
    const left = some.filter((edge) => chosen.has(edge));
    return left.length === 0 ? some : left;
  };
  return { communications: among(communications), programOrders: among(programOrders) };
}

function matching(name: string): readonly Edge[] {
  const known: readonly Edge[] = [...communications, ...programOrders];
  const pattern = /^[\w*]+$/.test(name) ? new RegExp(`^${name.replaceAll('*', '.*')}$`) : undefined;
  const found = known.filter((edge) => pattern?.test(edge.name));
  if (found.length > 0) return found;
  const near = suggestion(
    name,
    known.map((edge) => edge.name),
  );
  throw new CycleError(
    `there is no edge '${name}'${near === '' ? '.' : near} Between threads there are ` +
      `${communications.map((edge) => edge.name).join(', ')}; within one ` +
      `${orderings.map((ordering) => ordering.name).join(', ')}, each with d or s (different or same location) and ` +
      "the kinds of its ends, as PodWR, MbsRR, or of its target, as DpDatadW. '*' stands for any text.",
  );
}
