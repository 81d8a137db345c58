import { expect, test } from 'vitest';
import { controlStates } from '../../src/evidence/control-states.ts';
import { block, rowOf } from './recorded-session.ts';

const silent = { name: 'SB', plan: 'split-spin@0,1', state: 'silent', sightings: 0, iterations: 9 } as const;
const vouched = { ...rowOf({ test: 'SB+mbs', blocks: [block(0, 9)] }), controls: [silent] };
const control = (sightings: number) => rowOf({ test: 'SB', blocks: [block(sightings, 9)] });

test('a control that fired under a plan of its own alone has fired', () => {
  expect(controlStates([vouched, control(3)])).toEqual([{ name: 'SB', state: 'fired' }]);
});

test('fewer than three sightings under each plan leave it silent', () => {
  expect(controlStates([vouched, control(2)])).toEqual([{ name: 'SB', state: 'silent' }]);
  const [run] = control(2).runs;
  if (run === undefined) throw new Error('no run');
  const twice = { ...control(2), runs: [run, { ...run, plan: 'other' }] };
  expect(controlStates([vouched, twice])).toEqual([{ name: 'SB', state: 'silent' }]);
});

test('counts that are no data do not count', () => {
  const invalid = { ...control(9), runs: control(9).runs.map((run) => ({ ...run, invalid: 'deadlock' })) };
  expect(controlStates([vouched, invalid])).toEqual([{ name: 'SB', state: 'silent' }]);
});
