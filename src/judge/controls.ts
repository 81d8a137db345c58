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

/** Whether a line of a control's header is about all tests of as many threads. */
export function vouchesForAll({ names }: Vouching): boolean {
  return names.includes(everyTest);
}

/** The controls that apply to a test on an architecture in a layout. */
export type FindControls = (
  test: LitmusTest,
  architecture: Architecture,
  layout: string,
) => readonly ControlReference[];

/**
 * What tells the controls of a test among those of a suite: those whose `Vouches-for:` names it, and those
 * that its own `Controls:` names (its strategies first, then tests).
 */
export function controlsAmong(suite: readonly LitmusTest[]): FindControls {
  const vouching = suite.filter(({ header }) => header.vouchesFor.length > 0);
  const byName = new Set(suite.map(({ name }) => name));
  return (test, architecture, layout) => {
    const applies = (one: Vouching) =>
      (one.architectures?.includes(architecture) ?? true) && (one.layouts?.includes(layout) ?? true);
    const vouchers = vouching
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
    const named = test.header.controls
      .filter(applies)
      .flatMap(({ names }) => names)
      .map((name) =>
        byName.has(name) ? { test: name, strategy: 'kernel' } : { test: test.name, strategy: name },
      );
    return [...vouchers, ...named];
  };
}
