import { parseLitmus } from '../../src/language/parser.ts';
import { printLitmus } from '../../src/language/printer.ts';
import type { LitmusTest } from '../../src/language/litmus-test.ts';
import type { Rewrite } from '../../src/strategy/strategy.ts';

/**
 * A test of threads given by their statements; each has the locations x, y, z, the atomic_t v and w,
 * the locks l and m, and the registers r0 to r3. P0's statements begin on line 3.
 */
export function testOf(...bodies: readonly string[]): LitmusTest {
  return testWith({}, ...bodies);
}

/** The same with a header, an initial state or a condition. */
export function testWith(
  { header = '', initial = '', condition = 'exists (x=1)' },
  ...bodies: readonly string[]
): LitmusTest {
  const parameters = 'int *x, int *y, int *z, atomic_t *v, atomic_t *w, spinlock_t *l, spinlock_t *m';
  const threads = bodies.map(
    (body, thread) => `P${thread}(${parameters}) { int r0; int r1; int r2; int r3;\n${body}\n}`,
  );
  const comment = header === '' ? '' : `(* ${header} *)`;
  return parseLitmus(
    `C sample\n${comment} { ${initial} } ${threads.join('\n')}\n${condition}`,
    'sample.litmus',
  );
}

/** The statements of a thread, one a line, as the printer writes them, without declarations. */
export function bodyOf(test: LitmusTest, thread = 0): readonly string[] {
  const text = printLitmus({ ...test, threads: [{ ...test.threads[thread]!, index: 0 }] });
  const lines = text.slice(text.indexOf('\nP0(')).split('\n');
  const body = lines.slice(lines.indexOf('{') + 1, lines.lastIndexOf('}'));
  return body.map((line) => line.trim()).filter((line) => line !== '' && !/^int r\d;$/.test(line));
}

/** What a rewrite made of a thread. */
export function rewritten(rewrite: Rewrite, thread = 0): readonly string[] {
  if (rewrite.kind === 'not-applicable') throw new Error(`not applicable: ${rewrite.reason}`);
  return bodyOf(rewrite.test, thread);
}

export function reasonOf(rewrite: Rewrite): string {
  if (rewrite.kind === 'variant') throw new Error('it applies');
  return rewrite.reason;
}
