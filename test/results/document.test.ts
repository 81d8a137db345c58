import { expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { planExperiment } from '../../src/plan/experiment.ts';
import { resultsDocument } from '../../src/results/document.ts';
import { sampleDocument } from './sample-document.ts';

test('a row keeps the propositions of condition and filter, their numbers as the observables hold them', () => {
  const source = `C wrapped
{}
P0(u32 *x, int *y)
{
	WRITE_ONCE(*x, -1);
	WRITE_ONCE(*y, -1);
}
filter (y=-1)
~exists (x=-1 /\\ y=1)
`;
  const target = targetFor('x86-64');
  if (target === undefined) throw new Error('x86-64 is a target');
  const experiment = planExperiment({
    tests: [
      {
        source: { file: 'wrapped.litmus', test: parseLitmus(source, 'wrapped.litmus') },
        role: 'asked',
        strategies: ['kernel'],
      },
    ],
    target,
    plans: () => [],
    place: () => ({ cpus: [0], copies: [], spare: [], class: 'one-cpu', oversubscribed: false, notes: [] }),
  });
  const { tool, machine, session } = sampleDocument;
  const models = { opinions: new Map(), findings: [] };
  const identity = { tool, machine, target: sampleDocument.target, session };
  const [row] = resultsDocument(experiment, [], models, identity).rows;
  expect(row?.test).toMatchObject({
    quantifier: '~exists',
    proposition: String.raw`x=4294967295 /\ y=1`,
    filter: 'y=-1',
  });
});
