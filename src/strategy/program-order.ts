import type { Expression, Statement } from '../language/litmus-test.ts';
import { signatures, type Primitive } from '../language/primitives.ts';
import { isDereference, type Assignment, type Call } from './rewrite.ts';

/** A thread's accesses and fences in program order, its branches kept as branches. */

export type Step =
  | Access
  | { readonly kind: 'fence'; readonly call: Call }
  | { readonly kind: 'branch'; readonly then: readonly Step[]; readonly otherwise: readonly Step[] };

/** `maybe`: a compare-exchange or a trylock writes only where it succeeds. */
export type Certainty = 'yes' | 'maybe' | 'no';

export interface Access {
  readonly kind: 'access';
  /** The call, the plain load `*x`, or the plain store `*x = …` itself, to recognise it by. */
  readonly node: Expression | Assignment;
  /** What Linux calls it, for messages: `store`, `spin_lock`, … */
  readonly what: string;
  readonly reads: Certainty;
  readonly writes: Certainty;
  readonly lock: boolean;
}

/** What runs before a fence, the nearest first, and after it. */
export interface Surroundings {
  readonly before: readonly Step[];
  readonly after: readonly Step[];
}

export function stepsOf(body: readonly Statement[]): readonly Step[] {
  return body.flatMap(statementSteps);
}

function statementSteps(statement: Statement): readonly Step[] {
  switch (statement.kind) {
    case 'declare':
      return statement.value === undefined ? [] : valueSteps(statement.value);
    case 'assign': {
      const { target, value } = statement;
      if (!isDereference(target)) return valueSteps(value);
      return [...valueSteps(value), ...valueSteps(target.operand), plainAccess(statement, 'store')];
    }
    case 'evaluate':
      return valueSteps(statement.expression);
    case 'if': {
      const branch: Step = {
        kind: 'branch',
        then: stepsOf(statement.then),
        otherwise: stepsOf(statement.otherwise),
      };
      return [...valueSteps(statement.condition), branch];
    }
    case 'block':
      return stepsOf(statement.body);
  }
}

function valueSteps(expression: Expression): readonly Step[] {
  switch (expression.kind) {
    case 'number':
    case 'name':
      return [];
    case 'cast':
      return valueSteps(expression.operand);
    case 'unary': {
      const operand = valueSteps(expression.operand);
      return isDereference(expression) ? [...operand, plainAccess(expression, 'load')] : operand;
    }
    case 'binary': {
      const { operator, left, right } = expression;
      const later = valueSteps(right);
      const skippable = (operator === '&&' || operator === '||') && later.length > 0;
      const branch: Step = { kind: 'branch', then: later, otherwise: [] };
      return [...valueSteps(left), ...(skippable ? [branch] : later)];
    }
    case 'call':
      return [
        ...expression.arguments.flatMap((argument, index) => argumentSteps(expression, argument, index)),
        ...callSteps(expression),
      ];
  }
}

function argumentSteps(to: Call, argument: Expression, index: number): readonly Step[] {
  const named = signatures.get(to.name)?.arguments[index] === 'lvalue' && isDereference(argument);
  return valueSteps(named ? argument.operand : argument);
}

function plainAccess(node: Expression | Assignment, what: 'load' | 'store'): Access {
  const load = what === 'load';
  return { kind: 'access', node, what, reads: load ? 'yes' : 'no', writes: load ? 'no' : 'yes', lock: false };
}

function callSteps(node: Call): readonly Step[] {
  const primitive = signatures.get(node.name)?.primitive;
  if (primitive === undefined || primitive.kind === 'rcu') return [];
  if (primitive.kind === 'fence') return [{ kind: 'fence', call: node }];
  const access: Access = { kind: 'access', node, ...effectOf(primitive, node) };
  const fence: Step = { kind: 'fence', call: node };
  return primitive.kind === 'store' && primitive.access === 'smp_store_mb' ? [access, fence] : [access];
}

function effectOf(
  primitive: Exclude<Primitive, { kind: 'fence' | 'rcu' }>,
  { name }: Call,
): Omit<Access, 'kind' | 'node'> {
  switch (primitive.kind) {
    case 'load':
      return { what: 'load', reads: 'yes', writes: 'no', lock: false };
    case 'store':
      return { what: 'store', reads: 'no', writes: 'yes', lock: false };
    case 'rmw':
      // A void one's read is ordered by nothing that orders reads (LKMM's Noreturn).
      return { what: name, reads: primitive.result === 'nothing' ? 'no' : 'yes', writes: 'yes', lock: false };
    case 'exchange':
      return { what: name, reads: 'yes', writes: 'yes', lock: false };
    case 'compare-exchange':
    case 'conditional-add':
      return { what: name, reads: 'yes', writes: 'maybe', lock: false };
    case 'lock': {
      const { action } = primitive;
      const writes = action === 'trylock' ? 'maybe' : action === 'is-locked' ? 'no' : 'yes';
      return { what: name, reads: action === 'unlock' ? 'no' : 'yes', writes, lock: true };
    }
  }
}

/** What runs before and after a fence on every path through it: out of its branch, and into others. */
export function surroundingsOf(steps: readonly Step[], fence: Call): Surroundings | undefined {
  for (const [index, step] of steps.entries()) {
    const before = () => reversed(steps.slice(0, index));
    const after = () => steps.slice(index + 1);
    if (step.kind === 'fence' && step.call === fence) return { before: before(), after: after() };
    if (step.kind !== 'branch') continue;
    const inner = surroundingsOf(step.then, fence) ?? surroundingsOf(step.otherwise, fence);
    if (inner !== undefined) {
      return { before: [...inner.before, ...before()], after: [...inner.after, ...after()] };
    }
  }
  return undefined;
}

function reversed(steps: readonly Step[]): readonly Step[] {
  return steps
    .toReversed()
    .map((step) =>
      step.kind === 'branch'
        ? { ...step, then: reversed(step.then), otherwise: reversed(step.otherwise) }
        : step,
    );
}

/** The first access on each path of which `wanted` is certain, and those met on the way that may be it. */
export function nearest(steps: readonly Step[], wanted: (access: Access) => Certainty): readonly Access[] {
  return search(steps, wanted).found;
}

function search(
  steps: readonly Step[],
  wanted: (access: Access) => Certainty,
): { readonly found: readonly Access[]; readonly certain: boolean } {
  const found: Access[] = [];
  for (const step of steps) {
    if (step.kind === 'fence') continue;
    if (step.kind === 'access') {
      const certainty = wanted(step);
      if (certainty !== 'no') found.push(step);
      if (certainty === 'yes') return { found, certain: true };
      continue;
    }
    const then = search(step.then, wanted);
    const otherwise = search(step.otherwise, wanted);
    found.push(...then.found, ...otherwise.found);
    if (then.certain && otherwise.certain) return { found, certain: true };
  }
  return { found, certain: false };
}

/** Every access of the steps, those of both branches included. */
export function accessesIn(steps: readonly Step[]): readonly Access[] {
  return steps.flatMap((step) => {
    if (step.kind === 'branch') return [...accessesIn(step.then), ...accessesIn(step.otherwise)];
    return step.kind === 'access' ? [step] : [];
  });
}
