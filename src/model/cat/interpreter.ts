import * as r from '../relation.ts';
import type { EventSet, Relation } from '../relation.ts';
import { CatError, withinBounds, type Place } from './cat-error.ts';
import { Evaluator, plainName, type Setting } from './evaluator.ts';
import type { LinkedModel } from './linked.ts';
import type { CheckKind, Expression, Statement } from './syntax.ts';
import type { Term } from './terms.ts';
import type { Locals, Value } from './values.ts';

/** What a model demands of one event structure: checks on terms, and which writes are put in order. */
export interface Demands {
  readonly checks: readonly Check[];
  readonly coherence: Coherence;
  /** A relation or set by the name it had at the end of the model. */
  readonly named: (name: string) => Term | undefined;
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
export interface Surroundings extends Setting {
  /** Tells that a tag is in use, so that it names a set. */
  readonly declareTag: (name: string) => void;
  readonly coherence: Coherence;
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
  yield* demandsSettledBy((check) => fateOf(check, keepFailed), model, surroundings);
}

/** What becomes of a check when it is made: `fails` where it fails whatever is chosen. */
export type Fate = 'open' | 'settled' | 'fails';

export function fateOf(check: Check, keepFailed: boolean): Fate {
  const { constant } = check.term;
  if (constant === undefined) return 'open';
  const says = satisfied(check, constant);
  if (check.flag) return says ? 'open' : 'settled';
  if (says) return 'settled';
  return keepFailed ? 'open' : 'fails';
}

/** The same, where the fate of a check may be left for later. */
export function* demandsSettledBy(
  fate: (check: Check) => Fate,
  model: LinkedModel,
  surroundings: Surroundings,
): Generator<Demands> {
  const start = new Interpreter(surroundings, new Map(), [], surroundings.coherence, fate);
  yield* start.run(model.statements, 0);
}

class Interpreter {
  private readonly around: Surroundings;
  private readonly globals: Map<string, Value>;
  private readonly evaluator: Evaluator;
  private readonly procedures = new Map<string, Extract<Statement, { kind: 'procedure' }>>();
  private readonly checks: Check[];
  private coherence: Coherence;
  private readonly fate: (check: Check) => Fate;

  constructor(
    around: Surroundings,
    globals: Map<string, Value>,
    checks: Check[],
    coherence: Coherence,
    fate: (check: Check) => Fate,
  ) {
    this.fate = fate;
    this.around = around;
    this.globals = globals;
    this.evaluator = new Evaluator(around, globals);
    this.checks = checks;
    this.coherence = coherence;
  }

  *run(statements: readonly Statement[], from: number): Generator<Demands> {
    for (let index = from; index < statements.length; index++) {
      const statement = statements[index]!;
      const at = () => statement.at;
      if (statement.kind !== 'with') {
        if (!withinBounds(() => this.execute(statement, undefined), at)) return;
        continue;
      }
      const choices = withinBounds(() => this.evaluator.evaluate(statement.from, undefined), at);
      if (choices.kind !== 'coherence-orders') {
        yield* this.runEach(statement, choices, statements, index + 1);
        return;
      }
      if (choices.writes.reads !== 0) {
        throw new CatError(
          'the writes to put in order depend on rf or co, which are not chosen yet',
          statement.at,
        );
      }
      this.coherence = { writes: choices.writes, base: choices.base };
      this.globals.set(statement.name, { kind: 'term', term: this.around.terms.co });
    }
    yield {
      checks: this.checks,
      coherence: this.coherence,
      named: (name) => this.named(name),
      evaluate: (expression, locals) => this.evaluator.evaluate(expression, locals),
    };
  }

  /** Goes on once with each of the choices. */
  private *runEach(
    { name, at }: Extract<Statement, { kind: 'with' }>,
    choices: Value,
    statements: readonly Statement[],
    next: number,
  ): Generator<Demands> {
    const { terms } = this.around;
    const before = terms.count;
    for (const choice of this.evaluator.choicesOf(choices, at)) {
      this.around.tick();
      const branch = new Interpreter(
        this.around,
        new Map(this.globals).set(name, choice),
        [...this.checks],
        this.coherence,
        this.fate,
      );
      for (const [known, procedure] of this.procedures) branch.procedures.set(known, procedure);
      yield* branch.run(statements, next);
      terms.forgetFrom(before);
    }
  }

  private named(plain: string): Term | undefined {
    let last: Term | undefined;
    for (const [name, value] of this.globals) {
      if (value.kind === 'term' && plainName(name) === plain) last = value.term;
    }
    return last;
  }

  /** False where a check fails whatever is chosen. */
  private execute(statement: Statement, locals: Locals | undefined): boolean {
    switch (statement.kind) {
      case 'let':
        for (const [name, value] of this.evaluator.bindings(statement, locals)) this.globals.set(name, value);
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
        for (const tags of statement.tags) this.evaluator.evaluate(tags, locals);
        return true;
      case 'procedure':
        this.procedures.set(statement.name, statement);
        return true;
      case 'call': {
        const procedure = this.procedures.get(statement.name);
        if (procedure === undefined) {
          throw new CatError(`there is no procedure '${plainName(statement.name)}'`, statement.at);
        }
        this.around.tick();
        const argument = this.evaluator.evaluate(statement.argument, locals);
        return this.executeBody(
          procedure.body,
          this.evaluator.bound(procedure.parameter, argument, undefined, statement.at),
        );
      }
      case 'forall': {
        const members = this.evaluator.membersOf(this.evaluator.evaluate(statement.of, locals), statement.at);
        return members.every((value) =>
          this.executeBody(statement.body, { name: statement.name, value, outer: locals }),
        );
      }
      case 'with':
      case 'include':
      case 'if':
        throw new Error(`'${statement.kind}' is gone where a model is linked`);
    }
  }

  private executeBody(statements: readonly Statement[], locals: Locals | undefined): boolean {
    let inside = locals;
    for (const statement of statements) {
      if (statement.kind === 'let') {
        for (const [name, value] of this.evaluator.bindings(statement, inside))
          inside = { name, value, outer: inside };
      } else if (!this.execute(statement, inside)) return false;
    }
    return true;
  }

  private check(statement: Extract<Statement, { kind: 'check' }>, locals: Locals | undefined): boolean {
    const { check: kind, negated, flag, at } = statement;
    const term = this.evaluator.term(
      this.evaluator.evaluate(statement.expression, locals),
      kind === 'empty' ? undefined : 'relation',
      statement.expression.at,
    );
    const check: Check = { kind, negated, flag, name: statement.name ?? kind, term, at };
    const fate = this.fate(check);
    if (fate === 'open') this.checks.push(check);
    return fate !== 'fails';
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
