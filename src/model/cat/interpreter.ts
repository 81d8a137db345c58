import * as r from '../relation.ts';
import type { EventSet, Relation } from '../relation.ts';
import { CatError, type Place } from './cat-error.ts';
import type { LinkedModel } from './linked.ts';
import type {
  BinaryOperator,
  CheckKind,
  Condition,
  Expression,
  MatchCase,
  Pattern,
  Statement,
} from './syntax.ts';
import { UnsettledRecursion, type Term, type Terms } from './terms.ts';
import { described, emptyValue, type Locals, type Value } from './values.ts';

/** What a model demands of one event structure: checks on terms, and which writes are put in order. */
export interface Demands {
  readonly checks: readonly Check[];
  readonly coherence: Coherence;
  /** Relations by the names they had at the end of the model. */
  readonly named: ReadonlyMap<string, Term>;
  /** An expression of the linked model, as its names stand at the end. @throws CatError */
  readonly evaluate: (expression: Expression, locals: Locals | undefined) => Value;
}

export interface Check {
  readonly kind: CheckKind;
  readonly negated: boolean;
  readonly flag: boolean;
  readonly name: string;
  readonly term: Term;
  readonly at: Place;
}

export interface Coherence {
  readonly writes: Term;
  /** Pairs that are in co whatever else is. */
  readonly base: Term;
}

/** What the model's names mean before it defines any. */
export interface Surroundings {
  readonly terms: Terms;
  /** A set, relation or function that an event structure brings along; undefined for an unknown name. */
  readonly lookup: (name: string) => Value | undefined;
  /** Tells that a tag is in use, so that it names a set. */
  readonly declareTag: (name: string) => void;
  readonly variants: ReadonlySet<string>;
  readonly coherence: Coherence;
  /** Throws where the time allowed is over. */
  readonly tick: () => void;
}

/**
 * Runs a model over an event structure. It goes on several ways where it chooses `with NAME from SET`:
 * each way has demands of its own, and none where a check already fails for good, unless `keepFailed`.
 * @throws CatError
 */
export function* demandsOf(
  model: LinkedModel,
  surroundings: Surroundings,
  keepFailed = false,
): Generator<Demands> {
  const start = new Interpreter(surroundings, new Map(), [], surroundings.coherence, keepFailed);
  yield* start.run(model.statements, 0);
}

const longestCall = 500;

class Interpreter {
  private readonly around: Surroundings;
  private readonly globals: Map<string, Value>;
  private readonly procedures = new Map<string, Extract<Statement, { kind: 'procedure' }>>();
  private readonly checks: Check[];
  private coherence: Coherence;
  private readonly keepFailed: boolean;
  private calls = 0;

  constructor(
    around: Surroundings,
    globals: Map<string, Value>,
    checks: Check[],
    coherence: Coherence,
    keepFailed: boolean,
  ) {
    this.keepFailed = keepFailed;
    this.around = around;
    this.globals = globals;
    this.checks = checks;
    this.coherence = coherence;
  }

  *run(statements: readonly Statement[], from: number): Generator<Demands> {
    for (let index = from; index < statements.length; index++) {
      const statement = statements[index]!;
      if (statement.kind === 'with') {
        const choices = this.evaluate(statement.from, undefined);
        if (choices.kind === 'coherence-orders') {
          this.coherence = { writes: choices.writes, base: choices.base };
          this.globals.set(statement.name, { kind: 'term', term: this.around.terms.co });
          continue;
        }
        for (const choice of this.membersOf(choices, statement.at)) {
          this.around.tick();
          const branch = new Interpreter(
            this.around,
            new Map(this.globals).set(statement.name, choice),
            [...this.checks],
            this.coherence,
            this.keepFailed,
          );
          for (const [name, procedure] of this.procedures) branch.procedures.set(name, procedure);
          yield* branch.run(statements, index + 1);
        }
        return;
      }
      if (!this.execute(statement, undefined)) return;
    }
    yield {
      checks: this.checks,
      coherence: this.coherence,
      named: this.named(),
      evaluate: (expression, locals) => this.evaluate(expression, locals),
    };
  }

  private named(): ReadonlyMap<string, Term> {
    const named = new Map<string, Term>();
    for (const [name, value] of this.globals) {
      if (value.kind === 'term') named.set(name.slice(0, name.lastIndexOf('#')), value.term);
    }
    return named;
  }

  /** False where a check fails whatever is chosen. */
  private execute(statement: Statement, locals: Locals | undefined): boolean {
    switch (statement.kind) {
      case 'let':
        for (const [name, value] of this.bindings(statement, locals)) this.globals.set(name, value);
        return true;
      case 'check':
        return this.check(statement, locals);
      case 'enum':
        for (const tag of statement.tags) this.around.declareTag(tag);
        this.globals.set(statement.name, {
          kind: 'collection',
          members: statement.tags.map((name) => ({ kind: 'tag', name })),
        });
        return true;
      case 'instructions':
        this.evaluate(statement.tags, locals);
        return true;
      case 'procedure':
        this.procedures.set(statement.name, statement);
        return true;
      case 'call': {
        const procedure = this.procedures.get(statement.name);
        if (procedure === undefined) {
          throw new CatError(`there is no procedure '${plain(statement.name)}'`, statement.at);
        }
        const argument = this.evaluate(statement.argument, locals);
        return this.executeBody(
          procedure.body,
          this.bound(procedure.parameter, argument, undefined, statement.at),
        );
      }
      case 'forall': {
        const members = this.membersOf(this.evaluate(statement.of, locals), statement.at);
        return members.every((value) =>
          this.executeBody(statement.body, { name: statement.name, value, outer: locals }),
        );
      }
      case 'with':
      case 'include':
        throw new CatError(`'${statement.kind}' cannot stand inside a body`, statement.at);
    }
  }

  private executeBody(statements: readonly Statement[], locals: Locals | undefined): boolean {
    let inside = locals;
    for (const statement of statements) {
      if (statement.kind === 'let') {
        for (const [name, value] of this.bindings(statement, inside)) inside = { name, value, outer: inside };
      } else if (!this.execute(statement, inside)) return false;
    }
    return true;
  }

  private check(statement: Extract<Statement, { kind: 'check' }>, locals: Locals | undefined): boolean {
    const { check: kind, negated, flag, at } = statement;
    const term = this.term(
      this.evaluate(statement.expression, locals),
      kind === 'empty' ? undefined : 'relation',
      at,
    );
    const check: Check = { kind, negated, flag, name: statement.name ?? kind, term, at };
    if (term.constant === undefined || flag) {
      if (!flag || term.constant === undefined || satisfied(check, term.constant)) this.checks.push(check);
      return true;
    }
    if (satisfied(check, term.constant)) return true;
    if (this.keepFailed) this.checks.push(check);
    return this.keepFailed;
  }

  /** The names that a `let` binds, with their values. */
  private bindings(
    {
      recursive,
      bindings,
    }: { recursive: boolean; bindings: Extract<Statement, { kind: 'let' }>['bindings'] },
    locals: Locals | undefined,
  ): readonly (readonly [string, Value])[] {
    if (!recursive) {
      return bindings.flatMap(({ name, value, at }) => this.parts(name, this.evaluate(value, locals), at));
    }
    if (bindings.every(({ value }) => value.kind === 'function'))
      return this.recursiveFunctions(bindings, locals);
    return this.recursiveSets(bindings, locals);
  }

  private recursiveFunctions(
    bindings: Extract<Statement, { kind: 'let' }>['bindings'],
    locals: Locals | undefined,
  ): readonly (readonly [string, Value])[] {
    let inside = locals;
    const frames: Locals[] = [];
    for (const { name } of bindings) {
      inside = { name: name as string, value: emptyValue, outer: inside };
      frames.push(inside);
    }
    for (const [index, { value }] of bindings.entries()) frames[index]!.value = this.evaluate(value, inside);
    return frames.map(({ name, value }) => [name, value] as const);
  }

  /** The sort of a recursive set is not written: relations first, and sets where that makes no sense. */
  private recursiveSets(
    bindings: Extract<Statement, { kind: 'let' }>['bindings'],
    locals: Locals | undefined,
  ): readonly (readonly [string, Value])[] {
    const { terms } = this.around;
    const names = bindings.map(({ name, at }) => {
      if (typeof name !== 'string') throw new CatError('a recursive definition has one name', at);
      return name;
    });
    if (this.startsEmpty(names, bindings, locals)) return names.map((name) => [name, emptyValue] as const);
    const sorts: Term['sort'][] = names.map(() => 'relation');
    const tried = new Set<string>();
    for (;;) {
      tried.add(sorts.join());
      const variables = sorts.map((sort) => terms.recursionVariable(sort));
      let inside = locals;
      for (const [index, name] of names.entries()) {
        inside = { name, value: { kind: 'term', term: variables[index]! }, outer: inside };
      }
      const scope = this.globalsShadowed(names, variables);
      const found = bindings.map(({ value }, index) => this.sortedBody(value, inside, sorts[index]!));
      scope.restore();
      const wrong = found.findIndex((body, index) => body instanceof CatError || body.sort !== sorts[index]);
      if (wrong === -1) {
        try {
          const fixed = terms.fixpoint(variables, found as Term[]);
          return fixed.map((term, index) => [names[index]!, { kind: 'term', term }] as const);
        } catch (error) {
          if (!(error instanceof UnsettledRecursion)) throw error;
          throw new CatError('this recursive definition never settles', bindings[0]!.at);
        }
      }
      const next = nextSorts(sorts, found, tried);
      if (next !== undefined) {
        sorts.splice(0, sorts.length, ...next);
        continue;
      }
      const error = found.find((body) => body instanceof CatError);
      throw (
        error ??
        new CatError('this recursive definition is neither a set nor a relation', bindings[wrong]!.at)
      );
    }
  }

  /** Whether nothing comes of a `let rec` from nothing, as of RCU's order in a test without RCU. */
  private startsEmpty(
    names: readonly string[],
    bindings: Extract<Statement, { kind: 'let' }>['bindings'],
    locals: Locals | undefined,
  ): boolean {
    let inside = locals;
    for (const name of names) inside = { name, value: emptyValue, outer: inside };
    for (const name of names) if (name.includes('#')) this.globals.set(name, emptyValue);
    const empty = bindings.every(({ value }) => {
      try {
        const body = this.evaluate(value, inside);
        return body.kind === 'empty' || (body.kind === 'term' && body.term.nothing);
      } catch (error) {
        if (error instanceof CatError) return false;
        throw error;
      }
    });
    for (const name of names) this.globals.delete(name);
    return empty;
  }

  private sortedBody(value: Expression, locals: Locals | undefined, sort: Term['sort']): Term | CatError {
    try {
      return this.term(this.evaluate(value, locals), undefined, value.at, sort);
    } catch (error) {
      if (error instanceof CatError) return error;
      throw error;
    }
  }

  /** A top-level `let rec` names itself by its global name. */
  private globalsShadowed(names: readonly string[], variables: readonly Term[]): { restore: () => void } {
    for (const [index, name] of names.entries()) {
      if (name.includes('#')) this.globals.set(name, { kind: 'term', term: variables[index]! });
    }
    return { restore: () => names.forEach((name) => name.includes('#') && this.globals.delete(name)) };
  }

  private parts(pattern: Pattern, value: Value, at: Place): readonly (readonly [string, Value])[] {
    if (typeof pattern === 'string') return [[pattern, value]];
    if (value.kind !== 'tuple' || value.members.length !== pattern.length) {
      throw new CatError(`expected ${pattern.length} values in a tuple, found ${described(value)}`, at);
    }
    return pattern.map((name, index) => [name, value.members[index]!] as const);
  }

  private bound(pattern: Pattern, value: Value, outer: Locals | undefined, at: Place): Locals | undefined {
    let locals = outer;
    for (const [name, part] of this.parts(pattern, value, at)) locals = { name, value: part, outer: locals };
    return locals;
  }

  evaluate(expression: Expression, locals: Locals | undefined): Value {
    const { terms } = this.around;
    switch (expression.kind) {
      case 'universe':
        return { kind: 'term', term: this.universe() };
      case 'empty':
        return emptyValue;
      case 'tag':
        return { kind: 'tag', name: expression.name };
      case 'variable':
        return this.variable(expression, locals);
      case 'set':
        return expression.members
          .map((member) => this.evaluate(member, locals))
          .reduceRight((set: Value, member) => this.added(member, set, expression.at), emptyValue);
      case 'tuple':
        return { kind: 'tuple', members: expression.members.map((member) => this.evaluate(member, locals)) };
      case 'identity': {
        const set = this.term(this.evaluate(expression.set, locals), 'set', expression.at);
        return { kind: 'term', term: terms.apply('identity', set) };
      }
      case 'complement': {
        const operand = this.evaluate(expression.operand, locals);
        const term = operand.kind === 'empty' ? undefined : this.term(operand, undefined, expression.at);
        return { kind: 'term', term: term === undefined ? this.universe() : terms.apply('complement', term) };
      }
      case 'postfix':
        return { kind: 'term', term: this.postfix(expression, locals) };
      case 'binary':
        return this.binary(
          expression.operator,
          this.evaluate(expression.left, locals),
          this.evaluate(expression.right, locals),
          expression.at,
        );
      case 'apply':
        return this.apply(
          this.evaluate(expression.callee, locals),
          this.evaluate(expression.argument, locals),
          expression.at,
        );
      case 'function':
        return { kind: 'function', parameter: expression.parameter, body: expression.body, locals };
      case 'let': {
        let inside = locals;
        for (const [name, value] of this.bindings(expression, locals))
          inside = { name, value, outer: inside };
        return this.evaluate(expression.body, inside);
      }
      case 'match':
        return this.match(expression, locals);
      case 'try':
        try {
          return this.evaluate(expression.attempt, locals);
        } catch (error) {
          if (error instanceof CatError) return this.evaluate(expression.otherwise, locals);
          throw error;
        }
      case 'if':
        return this.evaluate(
          this.holds(expression.condition, locals, expression.at) ? expression.then : expression.otherwise,
          locals,
        );
    }
  }

  private universe(): Term {
    const { terms } = this.around;
    return terms.constant(r.universe(terms.size));
  }

  private variable({ name, at }: { name: string; at: Place }, locals: Locals | undefined): Value {
    for (let frame = locals; frame !== undefined; frame = frame.outer)
      if (frame.name === name) return frame.value;
    const value = this.globals.get(name) ?? this.around.lookup(name);
    if (value === undefined) throw new CatError(`'${plain(name)}' is not defined`, at);
    return value;
  }

  private postfix(
    { operator, operand, at }: Extract<Expression, { kind: 'postfix' }>,
    locals: Locals | undefined,
  ): Term {
    const { terms } = this.around;
    const term = this.term(this.evaluate(operand, locals), 'relation', at);
    switch (operator) {
      case '+':
        return terms.apply('closure', term);
      case '*':
        return terms.apply('reflexive', terms.apply('closure', term));
      case '?':
        return terms.apply('reflexive', term);
      case '^-1':
        return terms.apply('inverse', term);
    }
  }

  private binary(operator: BinaryOperator, left: Value, right: Value, at: Place): Value {
    if (operator === '++') return this.added(left, right, at);
    if (left.kind === 'collection' || right.kind === 'collection') {
      return this.onCollections(operator, left, right, at);
    }
    const { terms } = this.around;
    if (operator === ';' || operator === '*') {
      const sort = operator === ';' ? 'relation' : 'set';
      const operands = [this.term(left, sort, at), this.term(right, sort, at)] as const;
      return { kind: 'term', term: terms.apply(operator === ';' ? 'sequence' : 'product', ...operands) };
    }
    const bothEmpty = left.kind === 'empty' && right.kind === 'empty';
    if (bothEmpty) return emptyValue;
    const sort = left.kind === 'term' ? left.term.sort : right.kind === 'term' ? right.term.sort : undefined;
    const [first, second] = [this.term(left, undefined, at, sort), this.term(right, undefined, at, sort)];
    if (first.sort !== second.sort) {
      throw new CatError(`'${operator}' joins ${described(left)} with ${described(right)}`, at);
    }
    const operation = operator === '|' ? 'union' : operator === '&' ? 'intersection' : 'difference';
    return { kind: 'term', term: terms.apply(operation, first, second) };
  }

  private onCollections(operator: BinaryOperator, left: Value, right: Value, at: Place): Value {
    const [first, second] = [this.membersOf(left, at), this.membersOf(right, at)];
    const among = (value: Value, values: readonly Value[]) =>
      values.some((other) => sameMember(value, other));
    switch (operator) {
      case '|':
        return { kind: 'collection', members: [...first, ...second.filter((value) => !among(value, first))] };
      case '&':
        return { kind: 'collection', members: first.filter((value) => among(value, second)) };
      case '\\':
        return { kind: 'collection', members: first.filter((value) => !among(value, second)) };
      default:
        throw new CatError(`'${operator}' does not join ${described(left)} with ${described(right)}`, at);
    }
  }

  /** `element ++ set`. */
  private added(element: Value, set: Value, at: Place): Value {
    const { terms } = this.around;
    const isTerm = element.kind === 'event' || element.kind === 'pair';
    if (isTerm && set.kind !== 'collection') {
      const single =
        element.kind === 'event'
          ? terms.constant(r.setOf(terms.size, [element.event]))
          : terms.constant(r.relationOf(terms.size, [[element.from, element.to]]));
      return this.binary('|', { kind: 'term', term: single }, set, at);
    }
    if (set.kind === 'empty') return { kind: 'collection', members: [element] };
    if (set.kind !== 'collection') {
      throw new CatError(`'++' adds ${described(element)} to ${described(set)}`, at);
    }
    if (set.members.some((member) => sameMember(member, element))) return set;
    return { kind: 'collection', members: [element, ...set.members] };
  }

  apply(callee: Value, argument: Value, at: Place): Value {
    if (callee.kind === 'primitive') {
      try {
        return callee.apply(argument);
      } catch (error) {
        if (error instanceof TypeError) throw new CatError(error.message, at);
        throw error;
      }
    }
    if (callee.kind !== 'function') throw new CatError(`${described(callee)} cannot be applied`, at);
    this.calls += 1;
    if (this.calls > longestCall) throw new CatError(`a recursion of more than ${longestCall} calls`, at);
    const result = this.evaluate(callee.body, this.bound(callee.parameter, argument, callee.locals, at));
    this.calls -= 1;
    return result;
  }

  private match(
    { on, cases, at }: Extract<Expression, { kind: 'match' }>,
    locals: Locals | undefined,
  ): Value {
    const value = this.evaluate(on, locals);
    for (const { pattern, body } of cases) {
      const inside = this.matched(pattern, value, locals, at);
      if (inside !== undefined) return this.evaluate(body, inside.locals);
    }
    throw new CatError(`no case matches ${described(value)}`, at);
  }

  private matched(
    pattern: MatchCase['pattern'],
    value: Value,
    locals: Locals | undefined,
    at: Place,
  ): { locals: Locals | undefined } | undefined {
    switch (pattern.kind) {
      case 'any':
        return { locals };
      case 'tag':
        return value.kind === 'tag' && value.name === pattern.name ? { locals } : undefined;
      case 'empty':
        return this.membersOf(value, at).length === 0 ? { locals } : undefined;
      case 'add': {
        const [first, ...rest] = this.membersOf(value, at);
        if (first === undefined) return undefined;
        const others = rest.reduceRight((set: Value, member) => this.added(member, set, at), emptyValue);
        const element = { name: pattern.element, value: first, outer: locals };
        return { locals: { name: pattern.rest, value: others, outer: element } };
      }
    }
  }

  private holds(condition: Condition, locals: Locals | undefined, at: Place): boolean {
    if (condition.kind === 'variant') return this.around.variants.has(condition.name);
    const [left, right] = [this.evaluate(condition.left, locals), this.evaluate(condition.right, locals)];
    const sort = left.kind === 'term' ? left.term.sort : right.kind === 'term' ? right.term.sort : undefined;
    const [first, second] = [left, right].map((value) =>
      this.constant(this.term(value, undefined, at, sort), at),
    );
    return condition.kind === 'equal' ? r.equals(first!, second!) : r.isEmpty(r.difference(first!, second!));
  }

  private constant(term: Term, at: Place): EventSet | Relation {
    if (term.constant !== undefined) return term.constant;
    throw new CatError('this depends on rf or co, which are not chosen yet', at);
  }

  /** A value as a set or relation; `0` is of the sort that is wanted, or `otherwise`. */
  term(value: Value, sort: Term['sort'] | undefined, at: Place, otherwise: Term['sort'] = 'relation'): Term {
    const { terms } = this.around;
    const wanted = sort ?? otherwise;
    if (value.kind === 'empty') {
      return terms.constant(wanted === 'set' ? r.emptySet(terms.size) : r.emptyRelation(terms.size));
    }
    if (value.kind === 'term' && (sort === undefined || value.term.sort === sort)) return value.term;
    const what = sort === undefined ? 'a set or relation' : sort === 'set' ? 'a set of events' : 'a relation';
    throw new CatError(`expected ${what}, found ${described(value)}`, at);
  }

  /** The elements of a set, relation or collection that is known. */
  membersOf(value: Value, at: Place): readonly Value[] {
    switch (value.kind) {
      case 'empty':
        return [];
      case 'collection':
        return value.members;
      case 'term': {
        const bits = this.constant(value.term, at);
        return bits.sort === 'set'
          ? r.membersOf(bits).map((event) => ({ kind: 'event', event }))
          : r.pairsOf(bits).map(([from, to]) => ({ kind: 'pair', from, to }));
      }
      default:
        throw new CatError(`expected a set, found ${described(value)}`, at);
    }
  }
}

/** Whether a check says yes of a value: for a flag, that it is raised. */
export function satisfied(
  { kind, negated }: Pick<Check, 'kind' | 'negated'>,
  value: EventSet | Relation,
): boolean {
  return checked(kind, value) !== negated;
}

function checked(kind: CheckKind, value: EventSet | Relation): boolean {
  if (kind === 'empty') return r.isEmpty(value);
  return kind === 'acyclic' ? r.isAcyclic(value as Relation) : r.isIrreflexive(value as Relation);
}

function plain(name: string): string {
  return name.replace(/#\d+$/, '');
}

function sameMember(left: Value, right: Value): boolean {
  if (left.kind === 'tag') return right.kind === 'tag' && left.name === right.name;
  if (left.kind !== 'term' || right.kind !== 'term') return left === right;
  const [first, second] = [left.term, right.term];
  if (first === second) return true;
  if (first.constant === undefined || second.constant === undefined) return false;
  return first.sort === second.sort && r.equals(first.constant, second.constant);
}

/** Other sorts to try for a `let rec`: what the bodies turned out to be, or one more name as a set. */
function nextSorts(
  sorts: readonly Term['sort'][],
  found: readonly (Term | CatError)[],
  tried: ReadonlySet<string>,
): readonly Term['sort'][] | undefined {
  const asFound = sorts.map((sort, index) => {
    const body = found[index]!;
    return body instanceof CatError ? sort : body.sort;
  });
  const candidates = [
    asFound,
    ...sorts.map((_, changed) => asFound.map((sort, index) => (index === changed ? 'set' : sort))),
    ...sorts.map((_, changed) => sorts.map((sort, index) => (index === changed ? 'set' : sort))),
  ] as Term['sort'][][];
  return candidates.find((candidate) => !tried.has(candidate.join()));
}
