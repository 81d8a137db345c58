import { addCounts, type Counts } from '../evidence/counts.ts';
import { sightings } from '../judge/expectation.ts';
import type { ResultsDocument, Row } from '../results/schema.ts';
import { intervalWord } from './evidence-words.ts';
import { shortCount, shortRate } from './quantity.ts';

/**
 * What a row showed at each of its places, where it ran at several: how often the event was seen that its
 * models are asked about, and where it was not, the rate that would have been.
 */
export function placementWords(row: Row, document: ResultsDocument): readonly string[] {
  const { evidence } = row;
  if (evidence === undefined) return countWords(row, document);
  return (evidence.placements ?? []).map(({ placement, rate, bound, vouched }) => {
    const counted = `${shortCount(rate.sightings)} of ${shortCount(rate.iterations)}`;
    if (rate.sightings > 0) return `${placement}: ${shortRate(rate.rate)} ${intervalWord(rate)}, ${counted}`;
    const doubt = vouched === true ? '' : ', and no control shows that it would have been seen there';
    return `${placement}: <${shortRate(bound ?? rate.high)}, ${counted}${doubt}`;
  });
}

const none: Counts = { sightings: 0, iterations: 0 };

/** An emulator's counts have no evidence. */
function countWords({ runs, expectation: { event } }: Row, { plans }: ResultsDocument): readonly string[] {
  const placements = new Map(plans.map(({ name, placement }) => [name, placement]));
  const counts = new Map<string, Counts>();
  for (const run of runs.filter(({ invalid }) => invalid === undefined)) {
    const placement = placements.get(run.plan) ?? 'unknown';
    const own = { sightings: sightings(event, run), iterations: run.iterations };
    counts.set(placement, addCounts([own, counts.get(placement) ?? none]));
  }
  if (counts.size < 2) return [];
  return [...counts].map(
    ([placement, { sightings: seen, iterations }]) =>
      `${placement}: ${shortCount(seen)} of ${shortCount(iterations)}`,
  );
}
