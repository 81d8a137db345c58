import type { LitmusTest } from '../language/litmus-test.ts';
import type { Lanes } from '../lower/lanes.ts';
import type { Affinity } from '../plan/affinity.ts';
import type { PlacedPlan } from '../plan/experiment.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import { plural } from './quantity.ts';

/** A plan, and where its threads run as far as that is known. */
export type ShownPlan = Pick<PlacedPlan, 'plan'> & Partial<Pick<PlacedPlan, 'affinity'>>;

/** How a test will be run, a paragraph for each plan. */
export function planText(test: LitmusTest, plans: readonly ShownPlan[], lanes: Lanes = []): string {
  const head = `${test.name}: ${plural(test.threads.length, 'thread')}, ${plural(plans.length, 'plan')}`;
  return [head, ...plans.map((one) => paragraph(one, lanes))].join('\n\n');
}

function paragraph({ plan, affinity }: ShownPlan, lanes: Lanes): string {
  return [
    plan.name,
    ...(affinity === undefined ? [] : [`  CPUs           ${cpusText(affinity)}`]),
    `  engine         ${plan.rendezvous}: ${engineSentences[plan.rendezvous]}`,
    `  layout         ${plan.layout}: ${layoutSentences[plan.layout]}`,
    ...(plan.lanes === undefined
      ? []
      : [`  lanes          ${plan.lanes}: ${lanesText(lanes)}run as one, one after the other`]),
    ...(plan.rendezvous === 'perpetual' ? perpetualLines(plan) : groupLines(plan)),
  ].join('\n');
}

function cpusText({ cpus, class: placement, oversubscribed, copies }: Affinity): string {
  const turns = oversubscribed ? ': threads take turns' : '';
  const more = copies.length === 0 ? '' : `, and copies on ${copies.map((copy) => copy.join(',')).join(' ')}`;
  const named = cpus.includes(-1) ? 'not pinned' : cpus.join(',');
  return `${named} (${placement})${turns}${more}`;
}

/** `P0 and P2, P1: those of a lane `. */
function lanesText(lanes: Lanes): string {
  const named = lanes.map((threads) => threads.map((thread) => `P${thread}`).join(' and ')).join(', ');
  return named === '' ? 'threads of a lane ' : `${named}; threads of a lane `;
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
