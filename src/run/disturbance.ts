import type { ThreadReply } from './addon.ts';

/** What can keep a block's threads from running all the time. Each begins the sentence that tells of it. */
export const disturbances = ['steal time', 'standstill', 'descheduled'] as const;
export type Disturbance = (typeof disturbances)[number];

/** What a block's threads lose to others without its being called disturbed: a share of its time. */
const usualShare = 0.01;
/** Where threads take turns on a CPU, which is idle for a while at a block's beginning and end. */
const usualShareInTurns = 0.1;
const usualNsInTurns = 5e6;

export interface BlockTimes {
  readonly wallNs: number;
  readonly stealNs: number | undefined;
  readonly threads: readonly ThreadReply[];
  /** How many CPUs the threads had: fewer than threads where these took turns. */
  readonly cpus: number;
}

/**
 * Why a block's rates are lower than the machine's, in a sentence, or undefined: a hypervisor took its CPUs, the
 * process stood still, or other programs ran instead of a thread. What was counted is data all the same: no
 * interruption makes an outcome possible that is not. A context switch counts by the time it cost, for a
 * kernel's own threads run for some microseconds every now and then.
 */
export function disturbanceOf(block: BlockTimes): string | undefined {
  const reasons = [stealing(block), block.threads.length > block.cpus ? takingTurns(block) : absence(block)];
  const sentences = reasons.filter((reason) => reason !== undefined);
  return sentences.length === 0 ? undefined : sentences.join('; ');
}

/** Which kinds of disturbance a sentence of `disturbanceOf` tells of. */
export function disturbancesIn(sentence: string): readonly Disturbance[] {
  return disturbances.filter((kind) => sentence.split('; ').some((reason) => reason.startsWith(`${kind}: `)));
}

function stealing({ wallNs, stealNs = 0, cpus }: BlockTimes): string | undefined {
  return stealNs > wallNs * cpus * usualShare
    ? because('steal time', `the hypervisor took ${ms(stealNs)} from its CPUs`)
    : undefined;
}

/** Each thread has a CPU, and should have been on it all the time. */
function absence({ wallNs, threads }: BlockTimes): string | undefined {
  const offNs = threads.map(({ offCpuNs }) => offCpuNs);
  const mostNs = Math.max(0, ...offNs);
  if (mostNs <= wallNs * usualShare) return undefined;
  const leastNs = Math.min(...offNs);
  const switches = threads.reduce((sum, { involuntarySwitches }) => sum + involuntarySwitches, 0);
  return switches === 0 && leastNs > wallNs * usualShare
    ? because('standstill', `no thread ran for ${ms(leastNs)} of ${ms(wallNs)}, as when a process is stopped`)
    : because(
        'descheduled',
        `a thread was off its CPU for ${ms(mostNs)} of ${ms(wallNs)}, at ${switches} context switches`,
      );
}

/** Threads that share CPUs are off them half the time; but some thread should have been on each. */
function takingTurns({ wallNs, threads, cpus }: BlockTimes): string | undefined {
  const cpuNs = wallNs * cpus;
  const lostNs = cpuNs - threads.reduce((sum, { ranNs }) => sum + ranNs, 0);
  return lostNs > Math.max(usualNsInTurns * cpus, cpuNs * usualShareInTurns)
    ? because('descheduled', `other programs had its CPUs for ${ms(lostNs)} of ${ms(cpuNs)}`)
    : undefined;
}

const because = (kind: Disturbance, what: string) => `${kind}: ${what}`;
const ms = (ns: number) => `${(ns / 1e6).toFixed(1)} ms`;
