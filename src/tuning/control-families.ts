import type { Architecture } from '../architecture.ts';
import { controlsAmong, type ControlReference } from '../judge/controls.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import type { TestFile } from '../language/test-files.ts';
import { leastSpacing } from '../lower/layout.ts';
import { layoutNames, type LayoutName } from '../lower/machine-code.ts';

declare const vouches: unique symbol;

/**
 * A variant that must fire for a test's "never" to count. Made by `familiesOf` alone: plans are tuned by
 * what controls show and never by a test under verdict, which would be looking until one finds.
 */
export interface Control {
  readonly [vouches]: true;
  readonly source: TestFile;
  readonly strategy: string;
  /** Those in which it vouches. */
  readonly layouts: readonly LayoutName[];
}

/** Tests with the same controls, which share a plan: it is the best where those controls fire most. */
export interface ControlFamily {
  /** The controls' names, in order. */
  readonly name: string;
  readonly threads: number;
  readonly controls: readonly Control[];
  /** The names of the tests that they vouch for. */
  readonly tests: readonly string[];
  /** What lies together in one iteration of any of them: a plan of less room is another plan for some. */
  readonly leastBytes: number;
}

/** The families of tests, by what vouches for them in any layout; a test without a control has none. */
export function familiesOf(
  tests: readonly LitmusTest[],
  known: readonly TestFile[],
  architecture: Architecture,
): readonly ControlFamily[] {
  const sources = new Map(known.map((source) => [source.test.name, source]));
  const controlsOf = controlsAmong(known.map(({ test }) => test));
  const families = new Map<string, Growing>();
  for (const test of tests) {
    const byName = new Map<string, { reference: ControlReference; layouts: LayoutName[] }>();
    for (const layout of layoutNames) {
      for (const reference of controlsOf(test, architecture, layout)) {
        const before = byName.get(controlName(reference));
        byName.set(controlName(reference), { reference, layouts: [...(before?.layouts ?? []), layout] });
      }
    }
    const controls = [...byName.values()].flatMap(({ reference, layouts }) => {
      const source = sources.get(reference.test);
      return source === undefined
        ? []
        : [{ source, strategy: reference.strategy, layouts } as unknown as Control];
    });
    if (controls.length === 0) continue;
    const name = [...byName.keys()].toSorted().join(', ');
    const family = families.get(name);
    if (family === undefined) {
      const leastBytes = Math.max(...[test, ...controls.map(({ source }) => source.test)].map(bytesTogether));
      families.set(name, { name, threads: test.threads.length, controls, tests: [test.name], leastBytes });
    } else {
      family.tests.push(test.name);
      family.leastBytes = Math.max(family.leastBytes, bytesTogether(test));
    }
  }
  return [...families.values()];
}

/** A family that tests are still added to. */
interface Growing extends ControlFamily {
  tests: string[];
  leastBytes: number;
}

function bytesTogether(test: LitmusTest): number {
  return leastSpacing(test, test.header.struct.length > 0 ? 'kernel' : 'packed');
}

/** `SB-two`, and of a strategy that is no test of its own `SB+mbs none`. */
export function controlName({ test, strategy }: ControlReference): string {
  return strategy === 'kernel' ? test : `${test} ${strategy}`;
}
