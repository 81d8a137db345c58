import type { Expression, LitmusTest, Statement } from '../language/litmus-test.ts';
import { signatures } from '../language/primitives.ts';
import { barrierOf, type Barrier } from './barriers.ts';
import {
  call,
  evaluate,
  evaluatedExpressions,
  lvalueOf,
  number,
  rewriteBodies,
  soleCall,
  type Call,
} from './rewrite.ts';

/** What is left in place of a barrier. */
export type Leaving = 'nothing' | 'barrier()';

/**
 * The test with some of its barriers taken away: fences dropped, acquires and releases weakened to
 * once accesses, read-modify-writes to their relaxed forms. With `barrier()`, the compiler is still
 * held to the order that each of them gave.
 */
export function withoutBarriers(
  test: LitmusTest,
  chosen: (call: Call) => boolean,
  leaving: Leaving,
): LitmusTest {
  const barrier = (expression: Expression) =>
    expression.kind === 'call' && chosen(expression) ? barrierOf(expression) : undefined;
  return rewriteBodies(test, {
    expression: (rewritten, original) =>
      rewritten.kind === 'call' && barrier(original) !== undefined ? weakened(rewritten) : rewritten,
    statement: (rewritten, original) => {
      const fence = soleCall(original);
      if (fence !== undefined && barrier(fence)?.kind === 'fence') {
        return leaving === 'nothing' ? [] : [compilerBarrier(original)];
      }
      if (leaving === 'nothing') return [rewritten];
      const barriers = ownExpressions(original).flatMap((expression) => barrier(expression) ?? []);
      return besideCompilerBarriers(rewritten, barriers);
    },
  });
}

/** The same access without its order; a fence stays as it is, for a statement is dropped elsewhere. */
function weakened(ordered: Call): Expression {
  const primitive = signatures.get(ordered.name)?.primitive;
  const { arguments: args, at } = ordered;
  const [first, second] = args;
  if (primitive === undefined || first === undefined) return ordered;
  switch (primitive.kind) {
    case 'load':
      return ordered.name === 'smp_load_acquire'
        ? call('READ_ONCE', [lvalueOf(first)], at)
        : call(ordered.name.replace(/_acquire$/, ''), args, at);
    case 'store':
      if (second === undefined) return ordered;
      if (ordered.name === 'smp_store_release') return call('WRITE_ONCE', [lvalueOf(first), second], at);
      if (ordered.name === 'smp_store_mb' || ordered.name === 'rcu_assign_pointer') {
        return call('WRITE_ONCE', args, at);
      }
      return call(ordered.name.replace(/_release$/, ''), args, at);
    case 'rmw':
      // sub_and_test, dec_and_test and inc_and_test exist fully ordered only: the same test of a relaxed result.
      if (primitive.result === 'zero') {
        const relaxed = call(ordered.name.replace('_and_test', '_return_relaxed'), args, at);
        return { kind: 'binary', operator: '==', left: relaxed, right: number(0n, at), at };
      }
      return call(withOrder(ordered.name, '_relaxed'), args, at);
    case 'exchange':
    case 'compare-exchange':
      return call(withOrder(ordered.name, '_relaxed'), args, at);
    default:
      return ordered;
  }
}

/** The name of a value-returning read-modify-write in another order. */
export function withOrder(name: string, suffix: '' | '_relaxed' | '_acquire' | '_release'): string {
  return name.replace(/_(relaxed|acquire|release)$/, '') + suffix;
}

function compilerBarrier({ at }: Statement): Statement {
  return evaluate(call('barrier', [], at));
}

/** The expressions that a statement evaluates itself, those of its branches left out. */
function ownExpressions(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case 'if':
      return evaluatedExpressions([{ ...statement, then: [], otherwise: [] }]);
    case 'block':
      return [];
    default:
      return evaluatedExpressions([statement]);
  }
}

function besideCompilerBarriers(statement: Statement, barriers: readonly Barrier[]): readonly Statement[] {
  const before = barriers.some(ordersBefore) ? [compilerBarrier(statement)] : [];
  const after = barriers.some(ordersAfter) ? [compilerBarrier(statement)] : [];
  if (statement.kind !== 'if') return [...before, statement, ...after];
  const then = [...after, ...statement.then];
  return [...before, { ...statement, then, otherwise: [...after, ...statement.otherwise] }];
}

function ordersBefore(barrier: Barrier): boolean {
  return barrier.kind === 'access' && barrier.order !== 'acquire';
}

function ordersAfter(barrier: Barrier): boolean {
  return barrier.kind === 'store-and-fence' || (barrier.kind === 'access' && barrier.order !== 'release');
}
