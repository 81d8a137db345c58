/**
 * Sets of events and relations over them, dense and immutable: a set is a row of bits, a relation a
 * matrix of such rows, and every operation works on 32 events at a time. A test's candidate
 * executions have well below 256 events, so a whole matrix is a few hundred words.
 *
 * The words are signed 32-bit integers in plain arrays: V8 keeps those within its own heap, where a typed
 * array of more than 64 bytes costs an allocation outside, which is most of what a small union costs.
 */

/** A set over the events 0 to `size` - 1. */
export interface EventSet {
  readonly sort: 'set';
  readonly size: number;
  readonly bits: number[];
}

/** A relation over the events 0 to `size` - 1; row `a` begins at word `a * rowWords(size)` and holds every b with a → b. */
export interface Relation {
  readonly sort: 'relation';
  readonly size: number;
  readonly bits: number[];
}

export function rowWords(size: number): number {
  return (size + 31) >>> 5;
}

function zeros(words: number): number[] {
  const bits: number[] = [];
  for (let word = 0; word < words; word++) bits.push(0);
  return bits;
}

/** Other bits of the same sort and size; one shape of object, whatever it was made from. */
function like<T extends EventSet | Relation>({ sort, size }: T, bits: number[]): T {
  return { sort, size, bits } as T;
}

export function emptySet(size: number): EventSet {
  return { sort: 'set', size, bits: zeros(rowWords(size)) };
}

export function setOf(size: number, members: Iterable<number>): EventSet {
  const set = emptySet(size);
  for (const member of members) set.bits[member >>> 5]! |= 1 << (member & 31);
  return set;
}

export function universe(size: number): EventSet {
  const set = emptySet(size);
  for (let event = 0; event < size; event++) set.bits[event >>> 5]! |= 1 << (event & 31);
  return set;
}

export function emptyRelation(size: number): Relation {
  return { sort: 'relation', size, bits: zeros(size * rowWords(size)) };
}

export function relationOf(size: number, pairs: Iterable<readonly [number, number]>): Relation {
  const relation = emptyRelation(size);
  for (const [from, to] of pairs) addPair(relation, from, to);
  return relation;
}

/** The pairs that a test holds of. */
export function relationWhere(size: number, holds: (from: number, to: number) => boolean): Relation {
  const relation = emptyRelation(size);
  for (let from = 0; from < size; from++) {
    for (let to = 0; to < size; to++) if (holds(from, to)) addPair(relation, from, to);
  }
  return relation;
}

/** Changes a relation that its maker still builds. */
export function addPair({ size, bits }: Relation, from: number, to: number): void {
  bits[from * rowWords(size) + (to >>> 5)]! |= 1 << (to & 31);
}

export function contains({ bits }: EventSet, event: number): boolean {
  return ((bits[event >>> 5]! >>> (event & 31)) & 1) === 1;
}

export function related({ size, bits }: Relation, from: number, to: number): boolean {
  return ((bits[from * rowWords(size) + (to >>> 5)]! >>> (to & 31)) & 1) === 1;
}

export function membersOf({ bits }: EventSet): number[] {
  const members: number[] = [];
  for (let word = 0; word < bits.length; word++) {
    for (let rest = bits[word]!; rest !== 0; rest &= rest - 1) {
      members.push(word * 32 + 31 - Math.clz32(rest & -rest));
    }
  }
  return members;
}

export function pairsOf(relation: Relation): [number, number][] {
  const pairs: [number, number][] = [];
  for (let from = 0; from < relation.size; from++) {
    for (const to of membersOf(successors(relation, from))) pairs.push([from, to]);
  }
  return pairs;
}

export function successors({ size, bits }: Relation, from: number): EventSet {
  const words = rowWords(size);
  return { sort: 'set', size, bits: bits.slice(from * words, (from + 1) * words) };
}

export function isEmpty({ bits }: EventSet | Relation): boolean {
  for (let word = 0; word < bits.length; word++) if (bits[word] !== 0) return false;
  return true;
}

export function equals(left: EventSet | Relation, right: EventSet | Relation): boolean {
  for (let word = 0; word < left.bits.length; word++) if (left.bits[word] !== right.bits[word]) return false;
  return true;
}

export function union<T extends EventSet | Relation>(left: T, right: T): T {
  const bits = left.bits.slice();
  for (let word = 0; word < bits.length; word++) bits[word]! |= right.bits[word]!;
  return like(left, bits);
}

export function intersection<T extends EventSet | Relation>(left: T, right: T): T {
  const bits = left.bits.slice();
  for (let word = 0; word < bits.length; word++) bits[word]! &= right.bits[word]!;
  return like(left, bits);
}

export function difference<T extends EventSet | Relation>(left: T, right: T): T {
  const bits = left.bits.slice();
  for (let word = 0; word < bits.length; word++) bits[word]! &= ~right.bits[word]!;
  return like(left, bits);
}

export function complement<T extends EventSet | Relation>(value: T): T {
  const all = universe(value.size).bits;
  const bits = value.bits.slice();
  for (let word = 0; word < bits.length; word++) bits[word] = ~bits[word]! & all[word % all.length]!;
  return like(value, bits);
}

/** `left * right`. */
export function product(left: EventSet, right: EventSet): Relation {
  const relation = emptyRelation(left.size);
  const words = rowWords(left.size);
  for (const from of membersOf(left)) {
    for (let word = 0; word < words; word++) relation.bits[from * words + word] = right.bits[word]!;
  }
  return relation;
}

/** `[set]`. */
export function identityOn(set: EventSet): Relation {
  const relation = emptyRelation(set.size);
  for (const event of membersOf(set)) addPair(relation, event, event);
  return relation;
}

/** `left ; right`. */
export function sequence(left: Relation, right: Relation): Relation {
  const { size } = left;
  const words = rowWords(size);
  const [from, through] = [left.bits, right.bits];
  if (words === 1) {
    const reached = from.slice();
    for (let row = 0; row < size; row++) {
      let rest = reached[row]!;
      if (rest === 0) continue;
      let all = 0;
      for (; rest !== 0; rest &= rest - 1) all |= through[31 - Math.clz32(rest & -rest)]!;
      reached[row] = all;
    }
    return like(left, reached);
  }
  const result = emptyRelation(size);
  const into = result.bits;
  for (let row = 0; row < size; row++) {
    const start = row * words;
    for (let word = 0; word < words; word++) {
      for (let rest = from[start + word]!; rest !== 0; rest &= rest - 1) {
        const middle = (word * 32 + 31 - Math.clz32(rest & -rest)) * words;
        for (let other = 0; other < words; other++) into[start + other]! |= through[middle + other]!;
      }
    }
  }
  return result;
}

/** `[set] ; relation`. */
export function restrictDomain(set: EventSet, relation: Relation): Relation {
  const words = rowWords(relation.size);
  const bits = relation.bits.slice();
  for (let event = 0; event < relation.size; event++) {
    if (((set.bits[event >>> 5]! >>> (event & 31)) & 1) !== 0) continue;
    for (let word = event * words; word < (event + 1) * words; word++) bits[word] = 0;
  }
  return like(relation, bits);
}

/** `relation ; [set]`. */
export function restrictRange(relation: Relation, set: EventSet): Relation {
  const bits = relation.bits.slice();
  const words = set.bits.length;
  for (let first = 0; first < bits.length; first += words) {
    for (let word = 0; word < words; word++) bits[first + word]! &= set.bits[word]!;
  }
  return like(relation, bits);
}

export function inverse(relation: Relation): Relation {
  const { size, bits } = relation;
  const words = rowWords(size);
  const result = emptyRelation(size);
  for (let row = 0; row < size; row++) {
    const word = row >>> 5;
    const bit = 1 << (row & 31);
    for (let column = 0; column < words; column++) {
      for (let rest = bits[row * words + column]!; rest !== 0; rest &= rest - 1) {
        const to = column * 32 + 31 - Math.clz32(rest & -rest);
        result.bits[to * words + word]! |= bit;
      }
    }
  }
  return result;
}

/** `relation+`, by Warshall's algorithm on whole rows. */
export function transitiveClosure(relation: Relation): Relation {
  const { size } = relation;
  const words = rowWords(size);
  const bits = relation.bits.slice();
  if (words === 1) {
    for (let middle = 0; middle < size; middle++) {
      const through = bits[middle]!;
      if (through === 0) continue;
      const bit = 1 << middle;
      for (let row = 0; row < size; row++) if ((bits[row]! & bit) !== 0) bits[row]! |= through;
    }
    return like(relation, bits);
  }
  for (let middle = 0; middle < size; middle++) {
    const word = middle >>> 5;
    const bit = 1 << (middle & 31);
    const through = middle * words;
    for (let row = 0; row < size; row++) {
      const start = row * words;
      if ((bits[start + word]! & bit) === 0) continue;
      for (let other = 0; other < words; other++) bits[start + other]! |= bits[through + other]!;
    }
  }
  return like(relation, bits);
}

/** `relation?`. */
export function reflexiveClosure(relation: Relation): Relation {
  const result: Relation = like(relation, relation.bits.slice());
  for (let event = 0; event < relation.size; event++) addPair(result, event, event);
  return result;
}

export function domainOf(relation: Relation): EventSet {
  const { size, bits } = relation;
  const words = rowWords(size);
  const set = emptySet(size);
  for (let row = 0; row < size; row++) {
    for (let word = 0; word < words; word++) {
      if (bits[row * words + word] !== 0) {
        set.bits[row >>> 5]! |= 1 << (row & 31);
        break;
      }
    }
  }
  return set;
}

export function rangeOf(relation: Relation): EventSet {
  const set = emptySet(relation.size);
  const words = set.bits.length;
  for (let word = 0; word < relation.bits.length; word++) set.bits[word % words]! |= relation.bits[word]!;
  return set;
}

export function isIrreflexive(relation: Relation): boolean {
  for (let event = 0; event < relation.size; event++) if (related(relation, event, event)) return false;
  return true;
}

/** Peels off events without successors until none is left, or only cycles and what leads to them. */
export function isAcyclic(relation: Relation): boolean {
  const { size, bits } = relation;
  const words = rowWords(size);
  const left = universe(size).bits;
  let count = size;
  for (let peeled = true; peeled && count > 0;) {
    peeled = false;
    for (let row = 0; row < size; row++) {
      if ((left[row >>> 5]! & (1 << (row & 31))) === 0) continue;
      let leads = 0;
      for (let word = 0; word < words; word++) leads |= bits[row * words + word]! & left[word]!;
      if (leads !== 0) continue;
      left[row >>> 5]! &= ~(1 << (row & 31));
      count -= 1;
      peeled = true;
    }
  }
  return count === 0;
}

/** A shortest cycle, its events in order, or undefined. */
export function shortestCycle(relation: Relation): number[] | undefined {
  let best: number[] | undefined;
  for (let start = 0; start < relation.size; start++) {
    const path = shortestPath(relation, start, start);
    if (path !== undefined && (best === undefined || path.length < best.length)) best = path;
  }
  return best?.slice(0, -1);
}

/** The events of a shortest path of one step or more, both ends included. */
export function shortestPath(relation: Relation, from: number, to: number): number[] | undefined {
  const cameFrom = new Map<number, number>();
  let frontier = [from];
  while (frontier.length > 0) {
    const next: number[] = [];
    for (const event of frontier) {
      for (const successor of membersOf(successors(relation, event))) {
        if (successor === to) {
          const path = [to, event];
          for (let at = event; at !== from; path.push(at)) at = cameFrom.get(at)!;
          return path.toReversed();
        }
        if (cameFrom.has(successor) || successor === from) continue;
        cameFrom.set(successor, event);
        next.push(successor);
      }
    }
    frontier = next;
  }
  return undefined;
}

/** The pairs with no event between them: what remains of an order without its transitive edges. */
export function immediate(relation: Relation): Relation {
  return difference(relation, sequence(relation, relation));
}
