import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LayoutName } from '../../../src/lower/machine-code.ts';
import { targets } from '../../../src/lower/targets.ts';
import { targetName } from '../target-name.ts';
import { generatedMeaning, interpretedMeaning, lowerProgram } from './compare.ts';
import { machineProblem, startMachine } from './machine.ts';
import type { Machine } from './machine.ts';
import { programs } from './programs.ts';

const named = targets.map((target) => ({ target, name: targetName(target) }));

describe.each(named)('generated code for $name', ({ target }) => {
  const problem = machineProblem(target.architecture);
  const reason = problem === undefined ? '' : ` (skipped: ${problem})`;
  let machine: Machine;

  beforeAll(async () => {
    if (problem === undefined) machine = await startMachine(target.architecture);
  });
  afterAll(() => machine?.stop());

  test.skipIf(problem)(
    `leaves in registers and memory what C says, in every iteration${reason}`,
    async () => {
      const layouts = fc.constantFrom<LayoutName[]>('packed', 'kernel', 'split');
      await fc.assert(
        fc.asyncProperty(programs, layouts, async (program, layout) => {
          const code = lowerProgram(program, layout, target);
          fc.pre(code !== 'beyond the target');
          const generated = await generatedMeaning(code, machine);
          expect(generated).toEqual(interpretedMeaning(program, layout, machine));
        }),
        { numRuns: 2000 },
      );
    },
  );
});
