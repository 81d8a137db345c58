import type { LitmusTest } from '../language/litmus-test.ts';
import type { RunPlan } from '../plan/run-plan.ts';

/** How a test will be run, a paragraph for each plan. */
export function planText(test: LitmusTest, plans: readonly RunPlan[]): string {
  const threads = `${test.threads.length} thread${test.threads.length === 1 ? '' : 's'}`;
  return [
    `${test.name}: ${threads}, ${plans.length} plan${plans.length === 1 ? '' : 's'}`,
    ...plans.map(paragraph),
  ].join('\n\n');
}

function paragraph(plan: RunPlan): string {
  return [
    plan.name,
    `  layout         ${plan.layout}: ${layoutSentences[plan.layout]}`,
    `  spacing        ${plan.spacingBytes} bytes from one iteration's cell to the next`,
    `  batch          ${plan.cells} iterations: cells are initialised before it and read after it`,
    `  rendezvous     ${plan.rendezvous}, every ${plan.group} iterations: ${rendezvousSentences[plan.rendezvous]}`,
    `  order          ${plan.groupStride === undefined ? 'one group after the other' : `every ${plan.groupStride}th group, round and round`}`,
    `  preload        ${preloadSentences[plan.preload ?? 'none']}`,
    `  stress         ${plan.stressBytes === undefined ? 'none' : `on CPUs that are left over, over ${plan.stressBytes} bytes`}`,
    `  start delay    ${plan.startDelayTicks === 0 ? 'none' : `random, below ${plan.startDelayTicks} ticks of the time base`}`,
  ].join('\n');
}

const rendezvousSentences: Readonly<Record<RunPlan['rendezvous'], string>> = {
  spin: 'threads wait for each other, spinning',
  deadline: 'threads start together at times of the time base',
  free: 'threads look how far the others are, and wait for one that fell behind',
};

const preloadSentences: Readonly<Record<NonNullable<RunPlan['preload']>, string>> = {
  none: 'none: cells are where the batch before left them',
  read: 'each thread loads from the cells of a group before it',
  write: 'each thread asks for the cells of a group, as for a store, before it',
};

const layoutSentences: Readonly<Record<RunPlan['layout'], string>> = {
  split: 'each location in an array of its own',
  packed: 'the locations of an iteration next to each other',
  kernel: "the fields of the test's Struct next to each other, the rest apart",
};
