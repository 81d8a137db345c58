/** What the page says of one cell: a test under a strategy on a machine. */

import { rateToBeSeen, type Cell } from '../../evidence/comparison-cell.ts';
import { fewestLaunches } from '../../evidence/counts.ts';
import { expectedToBeSeen } from '../../evidence/never.ts';
import { repeatabilityOf } from '../../evidence/seen.ts';
import type { ControlReport } from '../../judge/verdict.ts';
import type { Drift, Rate } from '../../results/evidence-schema.ts';
import type { Block, Row } from '../../results/schema.ts';
import { plural, shortCount, shortRate } from '../quantity.ts';

/** With its interval, N, and what the interval takes for independent. */
export function rateSentence(cell: Cell): string {
  const { rate, sightings } = cell;
  if (rate === undefined) return 'No iteration counts.';
  const counted = `of ${shortCount(rate.iterations)} iterations in ${unitsOf(rate)}`;
  if (sightings === 0)
    return `Never seen, ${counted}: a rate above ${shortRate(rateToBeSeen(cell, rate))} per iteration would have shown (95 %).`;
  const interval = `[${shortRate(rate.low)}, ${shortRate(rate.high)}]`;
  return `Seen ${shortCount(sightings)} times ${counted}: ${shortRate(rate.rate)} ${interval} per iteration (95 %).`;
}

function unitsOf({ independent, clusters }: Rate): string {
  switch (independent) {
    case 'block':
      return plural(clusters, 'block');
    case 'launch':
      return `${clusters} launches`;
    case 'iteration':
      return 'one piece';
  }
}

/**
 * What the controls of a cell are there for.
 * @param caught of each session that counts, the rate of weakness that its controls say it would have caught.
 */
export function vouchingSentence(cell: Cell, caught: readonly (number | undefined)[]): string {
  const rates = caught.filter((rate) => rate !== undefined);
  if (cell.sightings > 0 || rates.length === 0) return 'What vouches for it';
  const together = expectedToBeSeen / rates.reduce((sum, rate) => sum + expectedToBeSeen / rate, 0);
  const whole = rates.length === caught.length;
  const rate = whole ? (cell.bound ?? together) : together;
  const sessions = whole ? '' : ` in ${rates.length} of ${caught.length} sessions, whose controls fired`;
  return `Would have caught a rate of ${shortRate(Math.min(1, rate))} per iteration (95 %)${sessions}`;
}

/** What became of a control in one session or several: `fired in 2 of 3 sessions`. */
export function statesWord(states: readonly ControlReport['state'][]): string {
  const words = [...new Set(states)].map((state) => {
    const count = states.filter((one) => one === state).length;
    return states.length === 1 ? state : `${state} in ${count} of ${states.length} sessions`;
  });
  return words.join(', ');
}

/** What weakens a cell beside what weakens its machine. */
export function cellCaveats({ rate, sightings, launches, verdict }: Cell): readonly string[] {
  if (rate === undefined || verdict === 'not-run') return [];
  const { claimed, probability } = repeatabilityOf(sightings);
  const sentences = [
    sightings > 0 && !claimed
      ? `Seen ${sightings === 1 ? 'once' : 'twice'}: a run of the same length sees it again with ${Math.round(100 * probability)} % only.`
      : undefined,
    launches < fewestLaunches
      ? `${plural(launches, 'launch').replace('launchs', 'launches')}: how rates differ from launch to launch shows from ${fewestLaunches} on, and is not in the interval.`
      : undefined,
    rate.independent === 'iteration'
      ? 'Counts without blocks: the interval takes iterations for independent, and they are not.'
      : undefined,
  ];
  return sentences.filter((sentence) => sentence !== undefined);
}

/** Blocks whose threads did not have their CPUs to themselves; they count, and say less. */
export function disturbedSentence(blocks: readonly Pick<Block, 'disturbed'>[]): readonly string[] {
  const disturbed = blocks.flatMap((block) => block.disturbed ?? []);
  const [first] = disturbed;
  return first === undefined
    ? []
    : [`${disturbed.length} of ${plural(blocks.length, 'block')} were disturbed (${first}).`];
}

/** Which threads shared lanes; those that had one to themselves are no news. */
export function lanesSentence(lanes: NonNullable<Row['lanes']>): string {
  const joined = lanes
    .filter(({ length }) => length > 1)
    .map((lane) => lane.map((thread) => `P${thread}`).join(' then '));
  return `Under plans with lanes ${joined.join(' and ')} ran as one thread${joined.length > 1 ? ' each' : ''}.`;
}

export function driftSentence(plan: string, { blocks, firstHalf, secondHalf }: Drift): string {
  return `Under ${plan} the rate drifted: ${shortRate(firstHalf)} in the first half of ${blocks} blocks, ${shortRate(secondHalf)} in the second.`;
}
