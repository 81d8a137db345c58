import type { Expectation } from './expectation.ts';

/** The words of a verdict; README and design explain them, `report/` only shows them. */
export type VerdictName = 'violation' | 'seen' | 'upheld' | 'unseen' | 'inconclusive' | 'invalid';

/** Whether a control fired in the same run, under the same plan as the test it vouches for. */
export interface ControlReport {
  readonly name: string;
  readonly plan: string;
  /** `silent`: it ran and was not seen often enough. `not-run`: not reached, or its counts are no data. */
  readonly state: 'fired' | 'silent' | 'not-run';
  readonly sightings: number;
  readonly iterations: number;
}

/** What one plan showed of a variant, with the controls that apply to it under that plan. */
export interface PlanEvidence {
  readonly plan: string;
  readonly iterations: number;
  readonly sightings: number;
  readonly controls: readonly ControlReport[];
  /** Why these counts are not data, or undefined. */
  readonly invalid: string | undefined;
}

export interface Verdict {
  readonly name: VerdictName;
  /** One sentence for the reader. What the counts are worth as evidence is told by `evidence/`. */
  readonly reason: string;
}

/** Sightings that make a control count as fired: three give 95 % repeatability, 1 - e^-3. */
export const sightingsToFire = 3;

/**
 * The verdict on one variant of a test from what each plan showed.
 * @param emulator what stood between the code and a CPU: a "never" then says nothing of the architecture.
 */
export function judge(
  expectation: Expectation,
  evidence: readonly PlanEvidence[],
  emulator?: string,
): Verdict {
  const valid = evidence.filter(({ invalid }) => invalid === undefined);
  const iterations = total(valid, 'iterations');
  const sightings = total(valid, 'sightings');
  if (valid.length === 0) {
    const reason = evidence.find(({ invalid }) => invalid !== undefined)?.invalid;
    return { name: 'invalid', reason: reason ?? 'it did not run' };
  }
  if (iterations === 0) {
    const name = expectation.verdict === 'forbidden' ? 'inconclusive' : 'unseen';
    return { name, reason: "the test's filter rejected every iteration" };
  }
  if (sightings > 0) {
    const seen = `seen ${times(sightings)} in ${count(iterations, 'iteration')}`;
    return expectation.verdict === 'forbidden'
      ? { name: 'violation', reason: `${seen}, but forbidden by ${expectation.by}` }
      : { name: 'seen', reason: seen };
  }
  if (expectation.verdict !== 'forbidden') {
    const reason = `never in ${count(iterations, 'iteration')}, which does not mean that it cannot happen`;
    return { name: 'unseen', reason };
  }
  if (emulator !== undefined) {
    const reason = `never in ${count(iterations, 'iteration')} under ${emulator}, which is no evidence`;
    return { name: 'inconclusive', reason };
  }
  return judgeNever(valid);
}

/** Forbidden and never seen: it counts where every control that applies fired. */
function judgeNever(evidence: readonly PlanEvidence[]): Verdict {
  const vouched = evidence.filter(
    ({ controls }) => controls.length > 0 && controls.every(({ state }) => state === 'fired'),
  );
  const iterations = total(vouched, 'iterations');
  if (iterations > 0) {
    const names = [...new Set(vouched.flatMap(({ controls }) => controls.map(({ name }) => name)))];
    return {
      name: 'upheld',
      reason: `never in ${count(iterations, 'iteration')} while ${names.join(', ')} fired`,
    };
  }
  const all = evidence.flatMap(({ controls }) => controls);
  const problems = [
    { names: namesOf(all, 'silent'), what: 'did not fire under its plans' },
    { names: namesOf(all, 'not-run'), what: 'did not run' },
  ].filter(({ names }) => names.length > 0);
  const reason =
    problems.length === 0
      ? 'no control'
      : problems.map(({ names, what }) => `control ${names.join(', ')} ${what}`).join('; ');
  return { name: 'inconclusive', reason };
}

function namesOf(controls: readonly ControlReport[], state: ControlReport['state']): readonly string[] {
  return [...new Set(controls.filter((control) => control.state === state).map(({ name }) => name))];
}

function total(evidence: readonly PlanEvidence[], key: 'iterations' | 'sightings'): number {
  return evidence.reduce((sum, one) => sum + one[key], 0);
}

/** `once`, `twice`, `1,234 times` */
export function times(n: number): string {
  return n === 1 ? 'once' : n === 2 ? 'twice' : count(n, 'time');
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}
