import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseLitmus } from '../../../src/language/parser.ts';
import { cellLayout } from '../../../src/lower/layout.ts';
import { lower } from '../../../src/lower/lower.ts';
import type { LayoutName } from '../../../src/lower/machine-code.ts';
import type { Target } from '../../../src/lower/target.ts';
import { targets } from '../../../src/lower/targets.ts';
import { targetName } from '../target-name.ts';
import { generatedMeaning, interpretedMeaning, lowerProgram } from './compare.ts';
import { machineProblem, startMachine } from './machine.ts';
import type { Machine } from './machine.ts';
import { programs } from './programs.ts';

/** Mostly the layout whose memory is small, since it travels as text. */
const layouts: Arbitrary<LayoutName> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<LayoutName>('packed') },
  { weight: 1, arbitrary: fc.constantFrom<LayoutName[]>('kernel', 'split') },
);

const named = targets.map((target) => ({ target, name: targetName(target) }));

describe.each(named)('generated code for $name', ({ target }) => {
  const problem = machineProblem(target.architecture);
  const reason = problem === undefined ? '' : ` (skipped: ${problem})`;
  let machine: Machine;

  beforeAll(async () => {
    if (problem === undefined) machine = await startMachine(target.architecture);
  });
  afterAll(() => machine?.stop());

  function expectWhatCSays(
    variant: Target,
    numRuns: number,
    layoutsTried: Arbitrary<LayoutName>,
  ): Promise<void> {
    return fc.assert(
      fc.asyncProperty(programs, layoutsTried, async (program, layout) => {
        const code = lowerProgram(program, layout, variant);
        fc.pre(code !== 'beyond the target');
        const generated = await generatedMeaning(code, machine);
        expect(generated).toEqual(interpretedMeaning(program, layout, machine));
      }),
      { numRuns },
    );
  }

  test.skipIf(problem)(`leaves in registers and memory what C says, in every iteration${reason}`, () =>
    expectWhatCSays(target, 1000, layouts),
  );

  test.skipIf(problem)(
    `does so too where displacements reach so little that bases must share the work${reason}`,
    () =>
      expectWhatCSays(
        { ...target, displacement: { least: Math.max(target.displacement.least, -8), most: 32 } },
        200,
        fc.constant('packed'),
      ),
  );

  test.skipIf(problem)(`gives up on a lock that nobody will release, and says which${reason}`, async () => {
    const parsed = parseLitmus(
      `C deadlock
{}
P0(int *x, spinlock_t *free, spinlock_t *taken)
{
	spin_lock(free);
	spin_lock(taken);
	WRITE_ONCE(*x, 1);
	spin_lock(taken);
	WRITE_ONCE(*x, 2);
}
exists (x=1)
`,
      'deadlock.litmus',
    );
    const { threads, layout } = lower(parsed, target, cellLayout(parsed, 'packed', 24, 1));
    const [thread] = threads;
    if (thread === undefined) throw new Error('no thread');
    const { status } = await machine.run({
      code: thread.bytes,
      memory: new Uint8Array(layout.sizeBytes),
      outBytes: thread.outBytes,
      iterations: 1,
    });
    expect(thread.stuckLines).toEqual([5, 6, 8]);
    expect(thread.stuckLines[status - 1]).toBe(8);
  });
});
