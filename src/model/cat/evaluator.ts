/** What the expressions of a model come to in one event structure. */

import { suggestion } from '../../language/nearest.ts';
import * as r from '../relation.ts';
import type { EventSet, Relation } from '../relation.ts';
import { CatError, type Place } from './cat-error.ts';
import { recursiveValues, type Bindings } from './recursion.ts';
import type { BinaryOperator, Condition, Expression, MatchCase, Pattern } from './syntax.ts';
import type { Term, Terms } from './terms.ts';
import { described, emptyValue, sameValue, type Locals, type Value } from './values.ts';

/** What an expression may use besides what the model defines. */
export interface Setting {
  readonly terms: Terms;
  /** A set, relation or function that an event structure brings along; undefined for an unknown name. */
  readonly lookup: (name: string) => Value | undefined;
  /** Throws where the time allowed is over. */
  readonly tick: () => void;
}

const longestRecursion = 1000;

export class Evaluator {
  private readonly setting: Setting;
  private readonly terms: Terms;
  /** What the model has defined so far; grows. */
  private readonly globals: Map<string, Value>;
  private calls = 0;

  constructor(setting: Setting, globals: Map<string, Value>) {
    this.setting = setting;
    this.terms = setting.terms;
    this.globals = globals;
  }

  /** The names that a `let` binds, with their values. */
  bindings(
    { recursive, bindings }: { readonly recursive: boolean; readonly bindings: Bindings },
    locals: Locals | undefined,
  ): readonly (readonly [string, Value])[] {
    if (!recursive) {
      const [first] = bindings;
      if (bindings.length === 1 && typeof first!.name === 'string') {
        return [[first!.name, this.evaluate(first!.value, locals)]];
      }
      return bindings.flatMap(({ name, value, at }) => this.parts(name, this.evaluate(value, locals), at));
    }
    return recursiveValues(bindings, locals, {
      terms: this.terms,
      evaluate: (expression, inside) => this.evaluate(expression, inside),
      term: (value, sort, at, otherwise) => this.term(value, sort, at, otherwise),
    });
  }

  /** A pair of events counts as a tuple. */
  private parts(pattern: Pattern, value: Value, at: Place): readonly (readonly [string, Value])[] {
    if (typeof pattern === 'string') return [[pattern, value]];
    const members =
      value.kind === 'tuple' ? value.members : value.kind === 'pair' ? eventsOf(value) : undefined;
    if (members?.length !== pattern.length) {
      throw new CatError(`expected a tuple of ${pattern.length} values, found ${described(value)}`, at);
    }
    return pattern.map((name, index) => [name, members[index]!] as const);
  }

  bound(pattern: Pattern, value: Value, outer: Locals | undefined, at: Place): Locals | undefined {
    let locals = outer;
    for (const [name, part] of this.parts(pattern, value, at)) locals = { name, value: part, outer: locals };
    return locals;
  }

  evaluate(expression: Expression, locals: Locals | undefined): Value {
    switch (expression.kind) {
      case 'universe':
        return { kind: 'term', term: this.terms.universe() };
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
        return { kind: 'term', term: this.terms.apply('identity', set) };
      }
      case 'complement': {
        const operand = this.term(this.evaluate(expression.operand, locals), undefined, expression.at);
        return { kind: 'term', term: this.terms.apply('complement', operand) };
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
        // The usual one, `try NAME with …`, without the cost of an error and its suggestions.
        if (expression.attempt.kind === 'variable' && !this.isDefined(expression.attempt.name, locals)) {
          return this.evaluate(expression.otherwise, locals);
        }
        try {
          return this.evaluate(expression.attempt, locals);
        } catch (error) {
          if (!(error instanceof CatError)) throw error;
          this.terms.forgiven(error);
          return this.evaluate(expression.otherwise, locals);
        }
      case 'if':
        return this.evaluate(
          this.holds(expression.condition, locals, expression.at) ? expression.then : expression.otherwise,
          locals,
        );
    }
  }

  private isDefined(name: string, locals: Locals | undefined): boolean {
    return this.valueNamed(name, locals) !== undefined;
  }

  private valueNamed(name: string, locals: Locals | undefined): Value | undefined {
    for (let frame = locals; frame !== undefined; frame = frame.outer)
      if (frame.name === name) return frame.value;
    return this.globals.get(name) ?? this.setting.lookup(name);
  }

  private variable({ name, at }: { name: string; at: Place }, locals: Locals | undefined): Value {
    const value = this.valueNamed(name, locals);
    if (value !== undefined) return value;
    const known = [...this.globals.keys()].map(plainName);
    throw new CatError(`'${plainName(name)}' is not defined${suggestion(name, known)}`, at);
  }

  private postfix(
    { operator, operand, at }: Extract<Expression, { kind: 'postfix' }>,
    locals: Locals | undefined,
  ): Term {
    const term = this.term(this.evaluate(operand, locals), 'relation', at);
    switch (operator) {
      case '+':
        return this.terms.apply('closure', term);
      case '*':
        return this.terms.apply('reflexive', this.terms.apply('closure', term));
      case '?':
        return this.terms.apply('reflexive', term);
      case '^-1':
        return this.terms.apply('inverse', term);
    }
  }

  private binary(operator: BinaryOperator, left: Value, right: Value, at: Place): Value {
    if (operator === '++') return this.added(left, right, at);
    if (isCollection(left) || isCollection(right)) return this.onCollections(operator, left, right, at);
    if (operator === ';' || operator === '*') {
      const sort = operator === ';' ? 'relation' : 'set';
      const operands = [this.term(left, sort, at), this.term(right, sort, at)] as const;
      return { kind: 'term', term: this.terms.apply(operator === ';' ? 'sequence' : 'product', ...operands) };
    }
    const bothEmpty = left.kind === 'empty' && right.kind === 'empty';
    if (bothEmpty) return emptyValue;
    const [first, second] = this.ofOneSort(left, right, at);
    if (first.sort !== second.sort) {
      throw new CatError(`'${operator}' joins ${described(left)} with ${described(right)}`, at);
    }
    const operation = operator === '|' ? 'union' : operator === '&' ? 'intersection' : 'difference';
    return { kind: 'term', term: this.terms.apply(operation, first, second) };
  }

  /** Two values as sets or relations, `0` as what the other is. */
  private ofOneSort(left: Value, right: Value, at: Place): readonly [Term, Term] {
    if (left.kind !== 'empty') {
      const first = this.term(left, undefined, at);
      return [first, this.term(right, undefined, at, first.sort)];
    }
    const second = this.term(right, undefined, at);
    return [this.term(left, undefined, at, second.sort), second];
  }

  private onCollections(operator: BinaryOperator, left: Value, right: Value, at: Place): Value {
    const [first, second] = [this.membersOf(left, at), this.membersOf(right, at)];
    const among = (value: Value, values: readonly Value[]) => values.some((other) => sameValue(value, other));
    switch (operator) {
      case '|':
        return collection([...first, ...second.filter((value) => !among(value, first))]);
      case '&':
        return collection(first.filter((value) => among(value, second)));
      case '\\':
        return collection(first.filter((value) => !among(value, second)));
      default:
        throw new CatError(`'${operator}' does not join ${described(left)} with ${described(right)}`, at);
    }
  }

  /** `element ++ set`. */
  private added(element: Value, set: Value, at: Place): Value {
    const isOfTerm = element.kind === 'event' || element.kind === 'pair';
    if (isOfTerm && !isCollection(set)) return this.binary('|', element, set, at);
    if (set.kind !== 'empty' && !isCollection(set)) {
      throw new CatError(`'++' adds ${described(element)} to ${described(set)}`, at);
    }
    const members = this.membersOf(set, at);
    return members.some((member) => sameValue(member, element)) ? set : collection([element, ...members]);
  }

  private apply(callee: Value, argument: Value, at: Place): Value {
    if (callee.kind === 'primitive') {
      try {
        return callee.apply(argument);
      } catch (error) {
        if (error instanceof TypeError) throw new CatError(error.message, at);
        throw error;
      }
    }
    if (callee.kind !== 'function') {
      throw new CatError(`${described(callee)} cannot be applied: is an operator missing?`, at);
    }
    this.setting.tick();
    this.calls += 1;
    try {
      if (this.calls > longestRecursion) {
        throw new CatError(`this recursion is ${longestRecursion} calls deep: does it end?`, at);
      }
      return this.evaluate(callee.body, this.bound(callee.parameter, argument, callee.locals, at));
    } finally {
      this.calls -= 1;
    }
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
    if (condition.kind === 'variant') throw new Error('variants are chosen when a model is linked');
    const [left, right] = [this.evaluate(condition.left, locals), this.evaluate(condition.right, locals)];
    if (condition.kind === 'in') return this.membersOf(right, at).some((member) => sameValue(left, member));
    const ofTerms = !isCollection(left) && !isCollection(right) && left.kind !== 'tag';
    if (ofTerms) {
      const [first, second] = this.ofOneSort(left, right, at).map((term) => this.constant(term, at));
      if (first!.sort !== second!.sort) return false;
      return condition.kind === 'equal'
        ? r.equals(first!, second!)
        : r.isEmpty(r.difference(first!, second!));
    }
    if (condition.kind === 'equal') return sameValue(left, right);
    const all = this.membersOf(right, at);
    return this.membersOf(left, at).every((member) => all.some((other) => sameValue(member, other)));
  }

  private constant(term: Term, at: Place): EventSet | Relation {
    if (term.constant !== undefined) return term.constant;
    throw new CatError('this is not known yet: it depends on rf or co, or on what it defines', at);
  }

  /**
   * A value as a set or relation; `0` is of the sort that is wanted, or `otherwise`.
   * @throws CatError
   */
  term(value: Value, sort: Term['sort'] | undefined, at: Place, otherwise: Term['sort'] = 'relation'): Term {
    const { terms } = this;
    const wanted = sort ?? otherwise;
    switch (value.kind) {
      case 'empty':
        return terms.empty(wanted);
      case 'event':
        if (sort === 'relation') break;
        return terms.constant(r.setOf(terms.size, [value.event]));
      case 'pair':
        if (sort === 'set') break;
        return terms.constant(r.relationOf(terms.size, [[value.from, value.to]]));
      case 'term':
        if (sort !== undefined && value.term.sort !== sort) break;
        return value.term;
      default:
    }
    throw new CatError(expectation(sort, value), at);
  }

  /**
   * The elements of a set, relation or collection that is known.
   * @throws CatError
   */
  membersOf(value: Value, at: Place): readonly Value[] {
    switch (value.kind) {
      case 'empty':
        return [];
      case 'collection':
        return value.members;
      case 'unions':
        return [...this.choicesOf(value, at)];
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

  /**
   * The elements one by one: there may be too many to hold them all.
   * @throws CatError
   */
  *choicesOf(value: Value, at: Place): Generator<Value> {
    if (value.kind !== 'unions') {
      yield* this.membersOf(value, at);
      return;
    }
    for (const term of this.unionsOf(value.of)) yield { kind: 'term', term };
  }

  private *unionsOf([first, ...rest]: readonly (readonly Term[])[]): Generator<Term> {
    this.setting.tick();
    if (first === undefined) {
      yield this.terms.constant(r.emptyRelation(this.terms.size));
      return;
    }
    for (const choice of first) {
      for (const others of this.unionsOf(rest)) yield this.terms.apply('union', choice, others);
    }
  }
}

/** The name that was written. */
export function plainName(name: string): string {
  return name.replace(/#\d+$/, '');
}

function expectation(sort: Term['sort'] | undefined, value: Value): string {
  const found = described(value);
  switch (sort) {
    case undefined:
      return `expected a set or relation, found ${found}`;
    case 'set':
      return `expected a set of events, found ${found}${
        value.kind === 'term' ? ': domain(…) and range(…) of it are sets' : ''
      }`;
    case 'relation':
      return `expected a relation, found ${found}${value.kind === 'term' ? ': [ ] around it makes one' : ''}`;
  }
}

function eventsOf({ from, to }: Extract<Value, { kind: 'pair' }>): readonly Value[] {
  return [
    { kind: 'event', event: from },
    { kind: 'event', event: to },
  ];
}

function isCollection({ kind }: Value): boolean {
  return kind === 'collection' || kind === 'unions';
}

function collection(members: readonly Value[]): Value {
  return { kind: 'collection', members };
}
