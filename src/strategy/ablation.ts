import type { LitmusTest } from '../language/litmus-test.ts';
import { barriersOf, type PlacedBarrier } from './barriers.ts';
import { notApplicable, variant, type Strategy } from './strategy.ts';
import { withoutBarriers } from './weaken.ts';

/**
 * One strategy for each barrier of a test, which weakens that one alone: a fence is dropped, an
 * acquire, release or full order relaxed. Named by the line in the file as written, `no-smp_rmb@14`,
 * with `#2` where it is the second of that name on its line.
 */
export function ablations(test: LitmusTest): readonly Strategy[] {
  return named(test).map(({ name, barrier }) => ({
    name,
    sentence: `${described(barrier)} on line ${barrier.call.at.line} is ${
      barrier.barrier.kind === 'fence' ? 'dropped' : 'weakened'
    }`,
    rewrite: (other) => {
      const found = named(other).find((one) => one.name === name);
      return found === undefined
        ? notApplicable('the test has no such barrier')
        : variant(withoutBarriers(other, (call) => call === found.barrier.call, 'nothing'));
    },
  }));
}

function described({ label, barrier }: PlacedBarrier): string {
  switch (barrier.kind) {
    case 'fence':
    case 'store-and-fence':
      return `the ${label}()`;
    case 'access':
      return `the ${label === 'full' ? 'full order' : label}`;
  }
}

function named(test: LitmusTest): readonly { readonly name: string; readonly barrier: PlacedBarrier }[] {
  const seen = new Map<string, number>();
  return barriersOf(test).map((barrier) => {
    const name = `no-${barrier.label}@${barrier.call.at.line}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { name: count === 1 ? name : `${name}#${count}`, barrier };
  });
}
