import { describe, expect, test } from 'vitest';
import { evaluatedExpressions, observedRegisters, rewriteBodies } from '../../src/strategy/rewrite.ts';
import { bodyOf, testOf, testWith } from './source.ts';

describe('rewriteBodies', () => {
  test('without rules gives the same test', () => {
    const sample = testOf('if (READ_ONCE(*x) == 1) { *y = *z + 1; } else { smp_mb(); }');
    expect(rewriteBodies(sample, {})).toEqual(sample);
  });

  test('drops a statement for an empty list, in branches and blocks too', () => {
    const sample = testOf('smp_mb(); { smp_mb(); r0 = 1; } if (r0) { smp_mb(); WRITE_ONCE(*x, 1); }');
    const bare = rewriteBodies(sample, {
      statement: (statement) =>
        statement.kind === 'evaluate' &&
        statement.expression.kind === 'call' &&
        statement.expression.name === 'smp_mb'
          ? []
          : [statement],
    });
    expect(bodyOf(bare).join(' ')).not.toContain('smp_mb');
    expect(bodyOf(bare)).toContain('WRITE_ONCE(*x, 1);');
  });

  test('hands out an expression with its parts rewritten, and as it stood', () => {
    const sample = testOf('r0 = 1 + 2;');
    const seen: string[] = [];
    rewriteBodies(sample, {
      expression: (now, before) => {
        if (now.kind === 'number') return { ...now, value: now.value * 10n };
        if (now.kind === 'binary' && before.kind === 'binary') {
          seen.push(`${valueOf(before.left)} ${valueOf(now.left)}`);
        }
        return now;
      },
    });
    expect(seen).toEqual(['1 10']);
  });
});

test('an lvalue is a place and not a load, wherever one is named', () => {
  const sample = testOf('WRITE_ONCE(*x, READ_ONCE(*y)); *z = *x;');
  const loads = evaluatedExpressions(sample.threads[0]!.body).filter(({ kind }) => kind === 'unary');
  expect(loads).toHaveLength(1);
});

test('the registers that a condition, a filter, a phase or a locations line names are observed', () => {
  const sample = testWith(
    {
      header: 'Phases: odd = 0:r1=1 /\\ 1:r0=0',
      condition: 'locations [0:r2;] filter (0:r3=0) exists (0:r0=1)',
    },
    'r0 = READ_ONCE(*x);',
    'r0 = READ_ONCE(*x);',
  );
  expect([...observedRegisters(sample, 0)].toSorted()).toEqual(['r0', 'r1', 'r2', 'r3']);
  expect([...observedRegisters(sample, 1)]).toEqual(['r0']);
});

function valueOf(expression: { kind: string; value?: unknown }): string {
  return String(expression.value);
}
