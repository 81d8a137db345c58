import { describe, expect, test } from 'vitest';
import { readSuite } from '../../src/language/test-files.ts';
import type { Affinity } from '../../src/plan/affinity.ts';
import type { TunedFamily, Tuning } from '../../src/results/tuning-file.ts';
import { familiesOf, type ControlFamily } from '../../src/tuning/control-families.ts';
import { digestOf } from '../../src/tuning/tune-family.ts';
import { tunedPlans } from '../../src/tuning/tuned-plans.ts';

const suite = readSuite();
const families = familiesOf(
  suite.map((source) => source.test),
  suite,
  'x86-64',
);
const together: Affinity = {
  cpus: [0, 1],
  copies: [],
  spare: [],
  class: 'shared-cache',
  oversubscribed: false,
  notes: [],
};

function found(family: ControlFamily, group: number): TunedFamily {
  return {
    controls: family.name,
    digest: digestOf(family),
    threads: family.threads,
    placement: 'shared-cache',
    tunedAt: '2026-01-01T00:00:00.000Z',
    seed: '1',
    spentMs: 1,
    objective: family.controls[0]?.source.test.name ?? '',
    best: {
      name: 'as the file has it',
      layout: 'packed',
      rendezvous: 'spin',
      group,
      cells: 4096,
      spacingBytes: 64,
      startDelayNs: 0,
    },
    controlsUnderBest: [],
    tried: [],
  };
}

const tuning: Tuning = {
  format: 'fencepost-tuning',
  version: 1,
  tool: { name: 'fencepost', version: '0' },
  machine: { name: 'machine', digest: '0'.repeat(64) },
  families: families.map((family, index) => found(family, index + 1)),
};
const plans = tunedPlans(tuning, families);
const namesOf = (name: string) => plans(name, together).map((plan) => plan.name);

describe('the tuned plans of a test', () => {
  test('are that of its controls, under the name that its parameters give it', () => {
    const index = families.findIndex(({ tests }) => tests.includes('C-page-fault'));
    expect(namesOf('C-page-fault')).toEqual([`tuned-packed-spin-g${index + 1}-64B-c4096`]);
  });

  test('are run by every control that vouches for it', () => {
    for (const { controls, tests } of families) {
      for (const { source } of controls) {
        for (const name of tests)
          expect(namesOf(source.test.name)).toEqual(expect.arrayContaining(namesOf(name).slice(0, 1)));
      }
    }
  });

  test('are none where threads are placed otherwise, or a control has another text', () => {
    expect(plans('C-page-fault', { ...together, class: 'across-sockets' })).toEqual([]);
    const other = tuning.families.map((family) => ({ ...family, digest: '1'.repeat(64) }));
    expect(tunedPlans({ ...tuning, families: other }, families)('C-page-fault', together)).toEqual([]);
  });
});
