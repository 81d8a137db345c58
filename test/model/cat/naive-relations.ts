/** Sets and relations as tables of truth values, by their definitions: what src/model/relation.ts must agree with. */

import * as r from '../../../src/model/relation.ts';

export type Naive =
  | { readonly sort: 'set'; readonly holds: readonly boolean[] }
  | { readonly sort: 'relation'; readonly holds: readonly (readonly boolean[])[] };

type Holds = (from: number, to: number) => boolean;

const events = (size: number) => Array.from({ length: size }, (_, event) => event);

export const setWhere = (size: number, holds: (event: number) => boolean): Naive => ({
  sort: 'set',
  holds: events(size).map(holds),
});

export const relationWhere = (size: number, holds: Holds): Naive => ({
  sort: 'relation',
  holds: events(size).map((from) => events(size).map((to) => holds(from, to))),
});

export const setOf = (size: number, members: readonly number[]): Naive =>
  setWhere(size, (event) => members.includes(event));

export const relationOf = (size: number, pairs: readonly (readonly [number, number])[]): Naive =>
  relationWhere(size, (from, to) => pairs.some(([a, b]) => a === from && b === to));

export const ofBits = (bits: r.EventSet | r.Relation): Naive =>
  bits.sort === 'set'
    ? setWhere(bits.size, (event) => r.contains(bits, event))
    : relationWhere(bits.size, (from, to) => r.related(bits, from, to));

export const toBits = ({ sort, holds }: Naive): r.EventSet | r.Relation =>
  sort === 'set'
    ? r.setOf(
        holds.length,
        events(holds.length).filter((event) => holds[event]),
      )
    : r.relationWhere(holds.length, (from, to) => holds[from]![to]!);

const isIn = (set: Naive) => (event: number) => set.holds[event] === true;
const joins =
  (relation: Naive): Holds =>
  (from, to) =>
    (relation as Extract<Naive, { sort: 'relation' }>).holds[from]![to]!;

/** Member by member, of two sets or two relations. */
function pointwise(left: Naive, right: Naive, combine: (a: boolean, b: boolean) => boolean): Naive {
  const size = left.holds.length;
  if (left.sort === 'set') return setWhere(size, (event) => combine(isIn(left)(event), isIn(right)(event)));
  return relationWhere(size, (from, to) => combine(joins(left)(from, to), joins(right)(from, to)));
}

function sequence(left: Naive, right: Naive): Naive {
  const all = events(left.holds.length);
  return relationWhere(all.length, (from, to) =>
    all.some((middle) => joins(left)(from, middle) && joins(right)(middle, to)),
  );
}

function closure(relation: Naive): Naive {
  const longer = operations.union(relation, sequence(relation, relation));
  return r.equals(toBits(longer), toBits(relation)) ? relation : closure(longer);
}

/** The operations of terms.ts by their names there. */
export const operations = {
  union: (a: Naive, b: Naive) => pointwise(a, b, (one, other) => one || other),
  intersection: (a: Naive, b: Naive) => pointwise(a, b, (one, other) => one && other),
  difference: (a: Naive, b: Naive) => pointwise(a, b, (one, other) => one && !other),
  complement: (a: Naive) => pointwise(a, a, (one) => !one),
  sequence,
  product: (a: Naive, b: Naive) => relationWhere(a.holds.length, (from, to) => isIn(a)(from) && isIn(b)(to)),
  identity: (a: Naive) => relationWhere(a.holds.length, (from, to) => from === to && isIn(a)(from)),
  inverse: (a: Naive) => relationWhere(a.holds.length, (from, to) => joins(a)(to, from)),
  closure,
  reflexive: (a: Naive) => relationWhere(a.holds.length, (from, to) => from === to || joins(a)(from, to)),
  domain: (a: Naive) =>
    setWhere(a.holds.length, (from) => events(a.holds.length).some((to) => joins(a)(from, to))),
  range: (a: Naive) =>
    setWhere(a.holds.length, (to) => events(a.holds.length).some((from) => joins(a)(from, to))),
} as const satisfies Record<string, (...operands: never[]) => Naive>;

export const isIrreflexive = (of: Naive): boolean =>
  events(of.holds.length).every((event) => !joins(of)(event, event));
export const isAcyclic = (of: Naive): boolean => isIrreflexive(closure(of));
