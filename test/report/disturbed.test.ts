import { expect, test } from 'vitest';
import { disturbedText } from '../../src/report/disturbed.ts';
import { sampleDocument } from '../results/sample-document.ts';

const { rows } = sampleDocument;

test('a session without a disturbed block says nothing of it', () => {
  expect(disturbedText(rows)).toBeUndefined();
});

test('disturbed blocks are counted, and by what', () => {
  const sentences = [
    'descheduled: a thread was off its CPU for 9.0 ms of 50.0 ms, at 3 context switches',
    undefined,
    'steal time: the hypervisor took 10.0 ms from its CPUs; descheduled: a thread was off its CPU for 9.0 ms of 50.0 ms, at 3 context switches',
  ];
  let next = 0;
  const disturbed = rows.map((row) => ({
    ...row,
    runs: row.runs.map((run) => ({
      ...run,
      blocks: run.blocks.map((block) => {
        const sentence = sentences[next++];
        return sentence === undefined ? block : { ...block, disturbed: sentence };
      }),
    })),
  }));
  expect(disturbedText(disturbed)).toBe(
    `2 of ${next} blocks were disturbed (steal time 1, descheduled 2): ` +
      "their counts are kept, but rates are lower than the machine's.",
  );
});
