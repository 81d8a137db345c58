/** What models say of a test, as a list of calls: of its C text, and of what it is lowered to. */

import type { LitmusTest } from '../../src/language/litmus-test.ts';
import { programOf } from '../../src/lower/events.ts';
import type { Target } from '../../src/lower/target.ts';
import { checkProgram, type CheckResult } from '../../src/model/check.ts';
import { kernelProgram } from '../../src/model/kernel-program.ts';
import { architectureModel, ownKernelModel } from '../../src/model/models.ts';

/** Far beyond what any of the tests takes: whoever hangs is named. */
const limits = { timeoutMs: 30_000 };

export function checkedAsKernelC(model: 'lkmm' | 'sc', test: LitmusTest): CheckResult {
  const { linked, macros } = ownKernelModel(model);
  return checkProgram(test, kernelProgram(test, macros), linked, limits);
}

export function checkedAsCode(target: Target, test: LitmusTest): CheckResult {
  return checkProgram(test, programOf(test, target), architectureModel(target.architecture), limits);
}
