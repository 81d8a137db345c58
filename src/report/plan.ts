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
    `  engine         ${plan.rendezvous}: ${engineSentences[plan.rendezvous]}`,
    `  layout         ${plan.layout}: ${layoutSentences[plan.layout]}`,
    ...(plan.lanes === undefined
      ? []
      : [`  lanes          ${plan.lanes}: threads of a lane run as one, one after the other`]),
    ...(plan.rendezvous === 'perpetual' ? perpetualLines(plan) : groupLines(plan)),
  ].join('\n');
}

function groupLines(plan: RunPlan): readonly string[] {
  const { group, cells, spacingBytes, startDelayNs } = plan;
  return [
    `  spacing        ${spacingBytes} bytes from one iteration's cell to the next`,
    `  batch          ${cells} iterations: cells are initialised before it and read after it`,
    `  group          ${group} iterations between two ${plan.rendezvous === 'free' ? 'looks at each other' : 'rendezvous'}`,
    `  order          ${plan.groupStride === undefined ? 'one group after the other' : `every ${plan.groupStride}th group, round and round`}`,
    `  preload        ${preloadSentences[plan.preload ?? 'none']}`,
    `  stress         ${plan.stressBytes === undefined ? 'none' : `on CPUs that are left over, over ${plan.stressBytes} bytes`}`,
    `  start delay    ${startDelayNs === 0 ? 'none' : `random, below ${startDelayNs} ns, in whole ticks of the time base`}`,
  ];
}

function perpetualLines({ cells }: RunPlan): readonly string[] {
  return [
    '  spacing        none: all iterations use one cell',
    `  batch          ${cells} iterations: the cell is zeroed before it, outcomes are counted after it`,
  ];
}

const engineSentences: Readonly<Record<RunPlan['rendezvous'], string>> = {
  spin: 'threads wait for each other before a group, spinning',
  deadline: 'threads start a group together at a time of the time base',
  free: 'threads look how far the others are, and wait for one that fell behind',
  perpetual: 'threads repeat the test without ever meeting, and values tell the iteration',
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
