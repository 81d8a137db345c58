import { describe, expect, it } from 'vitest';
import { communications, edgesNamed, programOrders } from '../../../src/language/cycles/edges.ts';

const named = (...names: string[]) => {
  const { communications: between, programOrders: within } = edgesNamed(names);
  return { between: between.map(({ name }) => name), within: within.map(({ name }) => name) };
};

describe('edges', () => {
  it('have a name each', () => {
    const names = programOrders.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['PodWR', 'MbsRR', 'DpDatadW', 'DpAddrsR', 'AcqReldRW']));
  });

  it('are all chosen by no name', () => {
    expect(edgesNamed([])).toEqual({ communications, programOrders });
  });

  it('are chosen by name, and by a name with a star', () => {
    expect(named('Fre', 'MbdWR')).toEqual({ between: ['Fre'], within: ['MbdWR'] });
    expect(named('Coe', 'Wmbd*W', 'Pod*R').within).toEqual(['WmbdRW', 'WmbdWW', 'PodRR', 'PodWR']);
  });

  it('of the kind that no name is of are all chosen', () => {
    expect(named('PodWR').between).toEqual(['Rfe', 'Fre', 'Coe']);
    expect(named('Rfe').within).toEqual(programOrders.map(({ name }) => name));
  });

  it.each(['PodRX', 'Mb', 'rfe', 'DpDatadR', 'Pod(', '', 'Xyzzy*'])(
    "that do not exist are refused: '%s'",
    (name) => {
      expect(() => edgesNamed([name])).toThrow(`there is no edge '${name}'`);
    },
  );

  it('are suggested where a name is near', () => {
    expect(() => edgesNamed(['PodRX'])).toThrow("did you mean 'PodRR'?");
    expect(() => edgesNamed(['Xyzzy'])).toThrow('Between threads there are Rfe, Fre, Coe;');
  });
});
