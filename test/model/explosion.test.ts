import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { allExecutions, checkProgram, CheckTimeout } from '../../src/model/check.ts';
import { kernelProgram } from '../../src/model/kernel-program.ts';
import { ownKernelModel } from '../../src/model/models.ts';

const lkmm = ownKernelModel('lkmm');

/** A test of threads that each repeat a statement; `#` is a number that no other statement has. */
function repeated(threads: number, times: number, parameters: string, statement: string): string {
  let number = 0;
  const body = () => Array.from({ length: times }, () => statement.replaceAll('#', `${++number}`)).join(' ');
  const all = Array.from({ length: threads }, (_, thread) => `P${thread}(${parameters}) { ${body()} }`);
  return `C explosion\n{}\n${all.join('\n')}\nexists (x=1)\n`;
}

function check(text: string, timeoutMs: number) {
  const one = parseLitmus(text, 'explosion.litmus');
  return checkProgram(one, kernelProgram(one, lkmm.macros), lkmm.linked, { timeoutMs });
}

function timeoutOf(text: string, timeoutMs: number): CheckTimeout {
  try {
    check(text, timeoutMs);
  } catch (error) {
    if (error instanceof CheckTimeout) return error;
    throw error;
  }
  throw new Error('it was decided');
}

describe('a test whose executions explode ends where its time is over', () => {
  test('and tells how many there were so far', () => {
    const error = timeoutOf(repeated(8, 6, 'int *x', 'WRITE_ONCE(*x, #);'), 500);
    expect(error.executions).toBeGreaterThan(0);
    expect(error.message).toBe(
      `explosion: not decided within 0.5 s (${error.executions} executions so far): allow more with --timeout`,
    );
  });

  test('and does not hold on to those it has told', () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    const usedMb = () => {
      if (typeof collect === 'function') collect();
      return process.memoryUsage().heapUsed / 2 ** 20;
    };
    const one = parseLitmus(repeated(8, 6, 'int *x', 'WRITE_ONCE(*x, #);'), 'explosion.litmus');
    const program = kernelProgram(one, lkmm.macros);
    const executions = allExecutions(program, lkmm.linked, Infinity, () => new Error('no deadline'), false);
    const [early, late] = [200, 1500].map((count) => {
      for (let told = 0; told < count; told++) executions.next();
      return usedMb();
    });
    // Held on to, each of them would take some kilobytes.
    expect(late! - early!).toBeLessThan(1);
    executions.return(undefined);
  });

  test.each([
    ['reads', repeated(8, 4, 'int *x', 'WRITE_ONCE(*x, #); int r# = READ_ONCE(*x);')],
    ['more writes than can be put in order', repeated(16, 12, 'int *x', 'WRITE_ONCE(*x, #);')],
    ['read-modify-writes', repeated(8, 6, 'atomic_t *x', 'atomic_inc(x);')],
    ['control paths', repeated(8, 8, 'int *x', 'int r# = READ_ONCE(*x); if (r# == #) WRITE_ONCE(*x, #);')],
    [
      'looks at a lock',
      repeated(6, 4, 'spinlock_t *l, int *x', 'int r# = spin_is_locked(l); spin_lock(l); spin_unlock(l);'),
    ],
    [
      'trylocks',
      repeated(6, 4, 'spinlock_t *l, int *x', 'int r# = spin_trylock(l); if (r#) spin_unlock(l);'),
    ],
    [
      'grace periods, of which a single operation takes long',
      repeated(
        12,
        12,
        'int *x, int *y',
        'rcu_read_lock(); int r# = READ_ONCE(*x); rcu_read_unlock(); synchronize_rcu(); WRITE_ONCE(*y, #);',
      ),
    ],
  ])('%s', (_, text) => {
    expect(timeoutOf(text, 200)).toBeInstanceOf(CheckTimeout);
  });
});

test('a thread of too many control paths is refused at its place', () => {
  const text = repeated(1, 14, 'int *x', 'int r# = READ_ONCE(*x); if (r# == #) WRITE_ONCE(*x, #);');
  const message = 'P0 has more than 4096 control paths: check a test with fewer conditions in one thread';
  expect(() => check(text, 1000)).toThrow(expect.objectContaining({ name: 'ModelError', message }));
});

test('what is asked of an execution after the search takes the time that it takes', () => {
  const timeoutMs = 500;
  const started = performance.now();
  const { counterexample } = check(repeated(2, 1, 'int *x', 'WRITE_ONCE(*x, #);'), timeoutMs);
  while (performance.now() < started + 1.1 * timeoutMs);
  expect(counterexample?.named('hb')).toBeDefined();
});
