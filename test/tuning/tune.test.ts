import { describe, expect, test } from 'vitest';
import { readSuite } from '../../src/language/test-files.ts';
import { topologyFrom } from '../../src/plan/topology.ts';
import { tuningText } from '../../src/report/tuning.ts';
import type { TunedFamily } from '../../src/results/tuning-file.ts';
import { familiesOf, type ControlFamily } from '../../src/tuning/control-families.ts';
import { tune, type LeftOut, type TuneRequest } from '../../src/tuning/tune.ts';
import { savedMachine } from '../plan/fixtures/saved-machine.ts';
import { simulatedMachine } from './simulated-machine.ts';

const suite = readSuite();
const families = familiesOf(
  suite.map((source) => source.test),
  suite,
  'x86-64',
);
const machine = simulatedMachine(topologyFrom(savedMachine('guest-2-vcpu')), () => 100, 5n);

async function tuned(of: readonly ControlFamily[], request: Partial<TuneRequest>) {
  const found: TunedFamily[] = [];
  const leftOut: LeftOut[] = [];
  for await (const family of tune({
    ...machine,
    families: of,
    budgetMs: 2000,
    progress: () => {},
    leftOut: (one) => leftOut.push(one),
    ...request,
  })) {
    found.push(family);
  }
  return { found, leftOut, text: tuningText(found, leftOut, 1000) };
}

const names = (leftOut: readonly LeftOut[], why: LeftOut['why']) =>
  leftOut.filter((one) => one.why === why).map(({ controls }) => controls);
const named = (of: readonly ControlFamily[]) => of.map(({ name }) => name).toSorted();
const ofTwo = families.filter(({ threads }) => threads === 2);
const ofMore = families.filter(({ threads }) => threads > 2);

describe('each group of controls is either found a plan for or told why not', () => {
  test.each([0, 200, 400, 1000, 4000])('in %i ms', async (budgetMs) => {
    const { found, leftOut, text } = await tuned(families, { budgetMs });
    expect([...found, ...leftOut].map(({ controls }) => controls).toSorted()).toEqual(named(families));
    expect(names(leftOut, 'take-turns').toSorted()).toEqual(named(ofMore));
    expect(names(leftOut, 'time').length).toBe(ofTwo.length - found.length);
    for (const { controls } of leftOut) expect(text).toContain(controls);
  });

  test('when it is interrupted in the first', async () => {
    const stopped = new AbortController();
    const progress = () => stopped.abort();
    const { found, leftOut, text } = await tuned(ofTwo, { stopped: stopped.signal, progress });
    expect(found).toEqual([]);
    expect(names(leftOut, 'interrupted').toSorted()).toEqual(named(ofTwo));
    expect(text).toMatch(/^Not tuned before the interrupt: [^\n]+\.$/);
  });

  test('where no control runs', async () => {
    const { leftOut, text } = await tuned(ofTwo.slice(0, 1), { fire: () => Promise.resolve(undefined) });
    expect(leftOut).toEqual([{ controls: ofTwo[0]?.name, why: 'not-run' }]);
    expect(text).toBe(`Not tuned, for none of these controls ran here under any plan: ${ofTwo[0]?.name}.`);
  });

  test('and without a control there is nothing to tune', async () => {
    expect((await tuned([], {})).text).toBe('Nothing to tune: no control vouches for these tests.');
  });
});
