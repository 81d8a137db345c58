import { describe, expect, it } from 'vitest';
import type { BarrierAnswer, ModelAnswer } from '../../../src/evidence/barrier-answers.ts';
import { groupMark } from '../../../src/report/html/answer-words.ts';

const answer = (need: ModelAnswer['need']): BarrierAnswer => ({
  guard: 'no-smp_rmb@60',
  advice: undefined,
  models: [{ model: 'lkmm', need, sameCode: false, finding: undefined }],
  dropped: [],
  prices: [],
});
const markOf = (...needs: readonly ModelAnswer['need'][]) =>
  groupMark({ name: 'it', members: needs.map((need, test) => ({ test: `T${test}`, answer: answer(need) })) });

describe('the answer on a barrier in a word', () => {
  it.each([
    { needs: ['needed', 'needed'], word: 'needed', mark: 'needed' },
    { needs: ['not-needed', 'needed', 'unknown'], word: 'needed in 1 of 3 tests', mark: 'needed' },
    { needs: ['not-needed', 'not-needed'], word: 'not needed', mark: 'spare' },
    { needs: ['allowed-anyway'], word: 'not enough', mark: 'open' },
    { needs: ['not-needed', 'unknown'], word: 'not decided', mark: 'open' },
  ] as const)('is "$word" of $needs', ({ needs, word, mark }) => {
    expect(markOf(...needs)).toEqual({ word, mark });
  });
});
