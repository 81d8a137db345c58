import type { Architecture } from '../architecture.ts';
import type { LitmusTest, Vouching } from '../language/litmus-test.ts';

/** A variant whose condition must be seen for a test's "never" to count. */
export interface ControlReference {
  /** The control's test. */
  readonly test: string;
  /** The control's strategy; `kernel` for a control test as written. */
  readonly strategy: string;
}

/** In a `Vouches-for:` line: every test. */
const everyTest = '*';

/**
 * The controls that apply to a test on an architecture in a layout: those of the suite whose
 * `Vouches-for:` names it, and those that its own `Controls:` names (its strategies first, then tests).
 */
export function controlsOf(
  test: LitmusTest,
  suite: readonly LitmusTest[],
  architecture: Architecture,
  layout: string,
): readonly ControlReference[] {
  const applies = (vouching: Vouching) =>
    (vouching.architectures?.includes(architecture) ?? true) && (vouching.layouts?.includes(layout) ?? true);
  const vouchers = suite
    .filter(({ name }) => name !== test.name)
    .filter(({ header, threads }) =>
      header.vouchesFor
        .filter(applies)
        .some(
          ({ names }) =>
            names.includes(test.name) ||
            (names.includes(everyTest) && threads.length === test.threads.length),
        ),
    )
    .map(({ name }) => ({ test: name, strategy: 'kernel' }));
  const byName = new Set(suite.map(({ name }) => name));
  const named = test.header.controls
    .filter(applies)
    .flatMap(({ names }) => names)
    .map((name) =>
      byName.has(name) ? { test: name, strategy: 'kernel' } : { test: test.name, strategy: name },
    );
  return [...vouchers, ...named];
}
