import { describe, expect, it } from 'vitest';
import type { Expectation } from '../../src/judge/expectation.ts';
import { judge, type ControlReport, type PlanEvidence } from '../../src/judge/verdict.ts';

const forbidden: Expectation = { verdict: 'forbidden', event: 'witness', by: 'LKMM (Result:)' };
const allowed: Expectation = { verdict: 'allowed', event: 'witness', by: 'LKMM (Result:)' };
const unknown: Expectation = { verdict: 'unknown', event: 'witness', by: 'no model was asked' };

const control = (fired: boolean, name = 'SB'): ControlReport => ({
  name,
  plan: 'p',
  state: fired ? 'fired' : 'silent',
  sightings: fired ? 100 : 0,
  iterations: 1000,
});

const evidence = (part: Partial<PlanEvidence> = {}): PlanEvidence => ({
  plan: 'p',
  iterations: 3_000_000,
  sightings: 0,
  controls: [],
  invalid: undefined,
  ...part,
});

describe('a verdict', () => {
  it('is a violation as soon as what the model forbids is seen once', () => {
    const verdict = judge(forbidden, [evidence(), evidence({ sightings: 1 })]);
    expect(verdict.name).toBe('violation');
    expect(verdict.reason).toBe('seen once in 6,000,000 iterations, but forbidden by LKMM (Result:)');
  });

  it.each([allowed, unknown])('is seen or unseen where the model does not forbid', (expectation) => {
    expect(judge(expectation, [evidence({ sightings: 5 })]).name).toBe('seen');
    const never = judge(expectation, [evidence()]);
    expect(never.name).toBe('unseen');
    expect(never.reason).toContain('does not mean that it cannot happen');
  });

  it('is upheld when every control that applies fired', () => {
    const verdict = judge(forbidden, [evidence({ controls: [control(true), control(true, 'swap')] })]);
    expect(verdict).toMatchObject({ name: 'upheld' });
    expect(verdict.reason).toContain('SB, swap fired');
  });

  it('is inconclusive when a control did not fire, and names it', () => {
    const verdict = judge(forbidden, [evidence({ controls: [control(true), control(false, 'swap')] })]);
    expect(verdict).toMatchObject({
      name: 'inconclusive',
      reason: 'control swap did not fire under its plans',
    });
  });

  it('is inconclusive under an emulator, whatever fired, for that is no evidence', () => {
    const verdict = judge(forbidden, [evidence({ controls: [control(true)] })], 'qemu-user');
    expect(verdict).toMatchObject({ name: 'inconclusive' });
    expect(verdict.reason).toContain('under qemu-user, which is no evidence');
    expect(judge(forbidden, [evidence({ sightings: 1 })], 'qemu-user').name).toBe('violation');
  });

  it('tells a control that did not run from one that did not fire', () => {
    const notRun: ControlReport = { ...control(false, 'late'), state: 'not-run' };
    expect(judge(forbidden, [evidence({ controls: [control(false, 'swap'), notRun] })])).toMatchObject({
      name: 'inconclusive',
      reason: 'control swap did not fire under its plans; control late did not run',
    });
  });

  it('is inconclusive when no control applies', () => {
    expect(judge(forbidden, [evidence()])).toMatchObject({ name: 'inconclusive', reason: 'no control' });
  });

  it('counts the iterations under the plans whose controls fired, and no others', () => {
    const verdict = judge(forbidden, [
      evidence({ controls: [control(true)] }),
      evidence({ plan: 'q', iterations: 1e12, controls: [control(false)] }),
      evidence({ plan: 'r', iterations: 1e12 }),
    ]);
    expect(verdict).toMatchObject({ name: 'upheld', reason: 'never in 3,000,000 iterations while SB fired' });
  });

  it('does not count an invalid plan, and is invalid when no plan is left', () => {
    const broken = evidence({ sightings: 7, invalid: 'thread 1 left CPU 1' });
    expect(judge(forbidden, [broken, evidence({ controls: [control(true)] })]).name).toBe('upheld');
    expect(judge(forbidden, [broken])).toMatchObject({ name: 'invalid', reason: 'thread 1 left CPU 1' });
  });

  it('says so when the filter rejected every iteration', () => {
    const reason = "the test's filter rejected every iteration";
    expect(judge(allowed, [evidence({ iterations: 0 })])).toMatchObject({ name: 'unseen', reason });
    expect(judge(forbidden, [evidence({ iterations: 0 })])).toMatchObject({ name: 'inconclusive', reason });
  });
});
