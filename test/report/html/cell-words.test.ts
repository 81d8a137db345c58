import { expect, it } from 'vitest';
import { lanesSentence } from '../../../src/report/html/cell-words.ts';

it('names the threads that shared lanes, in their order', () => {
  expect(lanesSentence([[2, 0], [1]])).toBe('Under plans with lanes P2 then P0 ran as one thread.');
  expect(
    lanesSentence([
      [0, 2],
      [1, 3],
    ]),
  ).toBe('Under plans with lanes P0 then P2 and P1 then P3 ran as one thread each.');
});
