import * as r from '../relation.ts';
import type { EventSet, Relation } from '../relation.ts';
import { CatError, TooMuch, type Place } from './cat-error.ts';

/**
 * What a model says of an execution that is not yet wholly chosen. A term is an operation on terms, on
 * constants, and on the two relations that are chosen: rf and co. While a choice is open, each term has
 * bounds: `lower` holds what every way to go on will have in it, `upper` what any may have. So an axiom
 * that `lower` breaks refuses all of them at once, whatever the model, and none is ever built.
 *
 * Terms whose operands are constants are computed when they are made; equal terms are made once.
 */
export interface Term {
  readonly sort: 'set' | 'relation';
  /** Unlike any other's of the same `Terms`. */
  readonly number: number;
  readonly operation:
    Operation | 'constant' | 'input' | 'choice' | 'recursion' | 'fixpoint' | 'different-values';
  readonly operands: readonly Term[];
  /** How many operations lie on top of each other, constants aside. */
  readonly depth: number;
  /** Which changes reach it: bits of `reads`. */
  readonly reads: number;
  readonly constant: EventSet | Relation | undefined;
  /** Whether it is a constant that holds nothing. */
  readonly nothing: boolean;
  lower: EventSet | Relation | undefined;
  upper: EventSet | Relation | undefined;
  lowerAt: number;
  upperAt: number;
}

type Bits = EventSet | Relation;
export type Operation = keyof typeof operations;

interface OperationFacts {
  readonly sort: (operands: readonly Term[]) => 'set' | 'relation';
  /** Operands of which more gives less. */
  readonly falling: readonly number[];
  readonly compute: (...operands: Bits[]) => Bits;
}

const same = ([first]: readonly Term[]): 'set' | 'relation' => first!.sort;
const relation = (): 'relation' => 'relation';
const set = (): 'set' => 'set';
const facts = (
  sort: OperationFacts['sort'],
  // Each operation is applied to operands of its own sorts only, which the interpreter has checked.
  compute: (...operands: never[]) => Bits,
  falling: readonly number[] = [],
): OperationFacts => ({ sort, compute: compute as OperationFacts['compute'], falling });

const operations = {
  union: facts(same, r.union),
  intersection: facts(same, r.intersection),
  difference: facts(same, r.difference, [1]),
  complement: facts(same, r.complement, [0]),
  sequence: facts(relation, r.sequence),
  restrictDomain: facts(relation, r.restrictDomain),
  restrictRange: facts(relation, r.restrictRange),
  product: facts(relation, r.product),
  identity: facts(relation, r.identityOn),
  inverse: facts(relation, r.inverse),
  closure: facts(relation, r.transitiveClosure),
  reflexive: facts(relation, r.reflexiveClosure),
  domain: facts(set, r.domainOf),
  range: facts(set, r.rangeOf),
} as const satisfies Record<string, OperationFacts>;

const operationNames = Object.keys(operations);
/** So that two numbers and an operation fit in what a double tells exactly. */
const mostTerms = 2 ** 24;

/** Terms are evaluated by recursion, which the stack bounds. */
const deepestTerm = 1000;

function keyOf(operation: Operation, [left, right]: readonly Term[]): number {
  const numbers = (left?.number ?? 0) * mostTerms + (right === undefined ? 0 : right.number + 1);
  return numbers * 16 + operationNames.indexOf(operation);
}

/** The bits of `Term.reads`. */
export const reads = { rf: 1, co: 2, recursion: 4 } as const;

/** A `let rec`: the names' values are the least that satisfy their equations. */
interface Fixpoint {
  readonly at: Place;
  readonly variables: readonly Term[];
  bodies: readonly Term[];
  /** Whether the bodies only grow with the variables, so that bounds can be computed. */
  monotone: boolean;
  lowerAt: number;
  upperAt: number;
}

const mostIterations = 2000;

/** Makes terms over the events of one event structure, and evaluates them while rf and co are chosen. */
export class Terms {
  readonly size: number;
  readonly rf: Term;
  readonly co: Term;
  private readonly made = new Map<number, Term>();
  /** How many have been made so far. */
  count = 0;
  private readonly fixpoints = new WeakMap<Term, { of: Fixpoint; index: number }>();
  private readonly sameValue: (left: number, right: number) => boolean;
  private readonly tick: () => void;
  /** Counts changes; a cached value is good if nothing it reads changed since. */
  private now = 1;
  private readonly changedAt = [0, 0, 0];
  private complete = false;
  private readonly uppers: (() => Relation)[] = [];
  private every: Term | undefined;

  /**
   * @param sameValue whether two events have one value, once all is chosen
   * @param tick called before each operation is computed; may throw
   */
  constructor(
    size: number,
    sameValue: (left: number, right: number) => boolean,
    tick: () => void = () => {},
  ) {
    this.size = size;
    this.sameValue = sameValue;
    this.tick = tick;
    this.rf = this.fresh('relation', 'choice', [], reads.rf);
    this.co = this.fresh('relation', 'choice', [], reads.co);
  }

  protected fresh(
    sort: Term['sort'],
    operation: Term['operation'],
    operands: readonly Term[],
    reads: number,
    constant?: Bits,
  ): Term {
    let depth = 0;
    if (constant === undefined) for (const operand of operands) depth = Math.max(depth, operand.depth + 1);
    if (depth > deepestTerm)
      throw new TooMuch(`this is built from ${deepestTerm} definitions one upon another`);
    if (this.count === mostTerms) throw new TooMuch('this model makes too many choices');
    const term: Term = {
      sort,
      number: this.count++,
      depth,
      operation,
      operands,
      reads,
      constant,
      nothing: constant !== undefined && r.isEmpty(constant),
      lower: constant,
      upper: constant,
      lowerAt: constant === undefined ? 0 : Infinity,
      upperAt: constant === undefined ? 0 : Infinity,
    };
    return term;
  }

  /** Every event. */
  universe(): Term {
    return (this.every ??= this.constant(r.universe(this.size)));
  }

  /** No event, or no pair. */
  empty(sort: Term['sort']): Term {
    return this.constant(sort === 'set' ? r.emptySet(this.size) : r.emptyRelation(this.size));
  }

  constant(bits: Bits): Term {
    return this.fresh(bits.sort, 'constant', [], 0, bits);
  }

  /** Gives up terms made since there were `count`: one that is asked for anew will be made anew. */
  forgetFrom(count: number): void {
    for (const [key, { number }] of this.made) if (number >= count) this.made.delete(key);
  }

  /** An operation on terms of the right sorts. */
  apply(operation: Operation, ...operands: Term[]): Term {
    const simpler = this.simplified(operation, operands);
    if (simpler !== undefined) return simpler;
    const key = keyOf(operation, operands);
    const before = this.made.get(key);
    if (before !== undefined) return before;
    this.tick();
    const term = this.combined(operation, operands);
    this.made.set(key, term);
    return term;
  }

  /** Computed at once where the operands are constants. */
  protected combined(operation: Operation, operands: readonly Term[]): Term {
    const constants = operands.map((operand) => operand.constant);
    return constants.every((constant) => constant !== undefined)
      ? this.constant(operations[operation].compute(...constants))
      : this.open(operation, operands);
  }

  protected open(operation: Operation, operands: readonly Term[]): Term {
    const bits = operands.reduce((read, operand) => read | operand.reads, 0);
    const { sort } = operations[operation];
    return this.fresh(sort(operands), operation, operands, bits);
  }

  /** What is quicker, or settled by one operand alone. */
  protected simplified(operation: Operation, [left, right]: readonly Term[]): Term | undefined {
    if (left === undefined) return undefined;
    switch (operation) {
      case 'sequence':
        if (left.operation === 'identity') return this.apply('restrictDomain', left.operands[0]!, right!);
        if (right!.operation === 'identity') return this.apply('restrictRange', left, right!.operands[0]!);
        if (left.nothing) return left;
        return right!.nothing ? right : undefined;
      case 'union':
        if (left.nothing) return right;
        return right!.nothing || left === right ? left : undefined;
      case 'intersection':
        if (left.nothing || left === right) return left;
        return right!.nothing ? right : undefined;
      case 'difference':
        return left.nothing || right!.nothing ? left : undefined;
      case 'restrictDomain':
        return right!.nothing ? right : undefined;
      case 'restrictRange':
        return left.nothing ? left : undefined;
      case 'identity':
        // Kept as a term even of a constant, for `sequence` to see.
        return left.constant === undefined ? undefined : this.identityOfConstant(left);
      default:
        return undefined;
    }
  }

  private identityOfConstant(set: Term): Term {
    const key = keyOf('identity', [set]);
    const before = this.made.get(key);
    if (before !== undefined) return before;
    const term = this.fresh('relation', 'identity', [set], 0, r.identityOn(set.constant as EventSet));
    this.made.set(key, term);
    return term;
  }

  /** Told of a mistake that the model itself makes good, by `try … with`. */
  readonly forgiven: (error: CatError) => void = () => {};

  /** The pairs of a relation whose events differ in value. */
  differentValues(pairs: Term): Term {
    return this.fresh('relation', 'different-values', [pairs], reads.rf | reads.co | pairs.reads);
  }

  /** New names for a `let rec`, to be given to `fixpoint` with their equations. */
  recursionVariable(sort: Term['sort']): Term {
    return this.fresh(sort, 'recursion', [], reads.recursion);
  }

  /**
   * The least values with `variables[i] = bodies[i]`, computed as herd7 does: from nothing, each equation in its turn.
   * @param at where they are defined
   * @throws CatError, also when they are evaluated, where they never settle
   */
  fixpoint(variables: readonly Term[], bodies: readonly Term[], at: Place): readonly Term[] {
    const of: Fixpoint = {
      at,
      variables,
      bodies,
      monotone: bodies.every((body) =>
        variables.every((variable) => grows(body, variable, true, [new Map(), new Map()])),
      ),
      lowerAt: 0,
      upperAt: 0,
    };
    const read = bodies.reduce((bits, body) => bits | body.reads, 0);
    const around = this.recurs(bodies, variables) ? reads.recursion : 0;
    const bits = (read & ~reads.recursion) | around;
    const terms = variables.map(({ sort }) => this.fresh(sort, 'fixpoint', bodies, bits));
    terms.forEach((term, index) => this.fixpoints.set(term, { of, index }));
    if (bits !== 0) return terms;
    this.iterate(of, 'lower', true);
    return variables.map((variable) => this.constant(variable.lower!));
  }

  /** Whether terms depend on a recursion around that of `own`. */
  private recurs(terms: readonly Term[], own: readonly Term[]): boolean {
    const bound = new Set(own);
    const visited = new Set<Term>();
    const pending = [...terms];
    for (let term = pending.pop(); term !== undefined; term = pending.pop()) {
      if ((term.reads & reads.recursion) === 0 || visited.has(term)) continue;
      visited.add(term);
      pending.push(...term.operands);
      for (const variable of this.fixpoints.get(term)?.of.variables ?? []) bound.add(variable);
    }
    return [...visited].some((term) => term.operation === 'recursion' && !bound.has(term));
  }

  /** Sets the bounds of what is chosen so far; `complete` says that they meet. */
  choose(rf: Bounds, co: Bounds, complete: boolean): void {
    this.now += 1;
    const all = complete !== this.complete;
    this.bind(this.rf, rf, 0, all);
    this.bind(this.co, co, 1, all);
    this.complete = complete;
  }

  /** What did not change leaves the terms that read it as they are. */
  private bind(choice: Term, { lower, upper }: Bounds, index: number, all: boolean): void {
    if (!all && choice.lower !== undefined && r.equals(lower, choice.lower)) return;
    choice.lower = lower;
    choice.upper = undefined;
    this.uppers[index] = upper;
    this.changedAt[index] = this.now;
  }

  private changed(bits: number): number {
    let latest = 0;
    for (let index = 0; index < 3; index++) {
      if ((bits >> index) & 1) latest = Math.max(latest, this.changedAt[index]!);
    }
    return latest;
  }

  /** What is in the term's value whatever is chosen next. */
  lower(term: Term): Bits {
    if (term.lower !== undefined && term.lowerAt >= this.changed(term.reads)) return term.lower;
    term.lower = this.bound(term, 'lower');
    term.lowerAt = this.now;
    return term.lower;
  }

  /** What may be in the term's value. */
  upper(term: Term): Bits {
    if (this.complete) return this.lower(term);
    if (term.upper !== undefined && term.upperAt >= this.changed(term.reads)) return term.upper;
    term.upper = this.bound(term, 'upper');
    term.upperAt = this.now;
    return term.upper;
  }

  private bound(term: Term, which: 'lower' | 'upper'): Bits {
    switch (term.operation) {
      case 'constant':
        return term.constant!;
      case 'choice':
        if (which === 'lower') return term.lower!;
        return (term.upper ??= this.uppers[term === this.rf ? 0 : 1]!());
      case 'recursion':
        return term[which]!;
      case 'input':
        throw new Error('an outline has no values');
      case 'different-values':
        return this.boundOfDifferentValues(term, which);
      case 'fixpoint':
        return this.boundOfFixpoint(term, which);
      default: {
        this.tick();
        const { compute, falling } = operations[term.operation] as OperationFacts;
        const values = term.operands.map((operand, index) =>
          (which === 'lower') === falling.includes(index) ? this.upper(operand) : this.lower(operand),
        );
        return compute(...values);
      }
    }
  }

  private boundOfDifferentValues(term: Term, which: 'lower' | 'upper'): Bits {
    const [pairs] = term.operands;
    if (!this.complete) return which === 'lower' ? r.emptyRelation(this.size) : this.upper(pairs!);
    const all = this.lower(pairs!) as Relation;
    return r.relationWhere(this.size, (from, to) => r.related(all, from, to) && !this.sameValue(from, to));
  }

  private boundOfFixpoint(term: Term, which: 'lower' | 'upper'): Bits {
    const { of, index } = this.fixpoints.get(term)!;
    if (!of.monotone && !this.complete) return which === 'lower' ? this.nothing(term) : this.everything(term);
    const at = which === 'lower' ? 'lowerAt' : 'upperAt';
    if (of[at] <= this.changed(term.reads)) {
      this.iterate(of, which, this.complete);
      of[at] = this.now;
    }
    return of.variables[index]![which]!;
  }

  private nothing({ sort }: Term): Bits {
    return sort === 'set' ? r.emptySet(this.size) : r.emptyRelation(this.size);
  }

  private everything(term: Term): Bits {
    return r.complement(this.nothing(term));
  }

  private iterate({ variables, bodies, at }: Fixpoint, which: 'lower' | 'upper', exact: boolean): void {
    const give = (variable: Term, value: Bits) => {
      variable[which] = value;
      if (exact) variable.lower = variable.upper = value;
      variable.lowerAt = variable.upperAt = Infinity;
    };
    for (const variable of variables) give(variable, this.nothing(variable));
    const wasComplete = this.complete;
    this.complete ||= exact;
    for (let iteration = 0, settled = false; !settled; iteration++) {
      if (iteration > mostIterations) {
        throw new CatError('this recursive definition never settles: it must only grow', at);
      }
      settled = true;
      for (const [index, variable] of variables.entries()) {
        this.now += 1;
        this.changedAt[2] = this.now;
        const value = which === 'lower' ? this.lower(bodies[index]!) : this.upper(bodies[index]!);
        if (r.equals(value, variable[which]!)) continue;
        settled = false;
        give(variable, value);
      }
    }
    this.now += 1;
    this.changedAt[2] = this.now;
    this.complete = wasComplete;
  }
}

/** What a choice holds for sure, and what it may hold, which follows from the first. */
export interface Bounds {
  readonly lower: Relation;
  readonly upper: () => Relation;
}

/** Whether a term only grows (`rising`), or only shrinks, with a variable; `known` has a map for each. */
function grows(
  term: Term,
  variable: Term,
  rising: boolean,
  known: readonly [Map<Term, boolean>, Map<Term, boolean>],
): boolean {
  if (term === variable) return rising;
  if ((term.reads & reads.recursion) === 0) return true;
  const before = known[rising ? 0 : 1].get(term);
  if (before !== undefined) return before;
  const falling = (operations as Record<string, OperationFacts>)[term.operation]?.falling ?? [];
  const result = term.operands.every((operand, index) =>
    grows(operand, variable, falling.includes(index) ? !rising : rising, known),
  );
  known[rising ? 0 : 1].set(term, result);
  return result;
}
