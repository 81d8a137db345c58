import { availableParallelism } from 'node:os';
import { afterAll, describe, expect } from 'vitest';
import { hostArchitecture } from '../../src/architecture.ts';
import type { MachineFacts, RunReply, RunRequest } from '../../src/run/addon.ts';
import { startRunner, type Answer, type Runner } from '../../src/run/runner.ts';

/** Why these tests cannot run here, or undefined. */
function obstacle(): string | undefined {
  if (process.platform !== 'linux' || hostArchitecture() !== 'x86-64') {
    return `they run x86-64 code by hand on Linux, and this is ${process.platform} ${process.arch}`;
  }
  return availableParallelism() < 2 ? 'they need two CPUs, and this process may use one' : undefined;
}

const reason = obstacle();
const started = reason === undefined ? await startRunner() : undefined;
afterAll(() => started?.close());

/** Tests that run code on this machine's CPUs; skipped, with the reason in their name, where they cannot. */
export function describeOnHardware(title: string, tests: () => void): void {
  const why = reason === undefined ? '' : ` (skipped: ${reason})`;
  describe.skipIf(reason !== undefined)(`${title}${why}`, () => {
    tests();
  });
}

export function runner(): Runner {
  if (started === undefined) throw new Error('no runner: its tests are skipped');
  return started;
}

export function replyOf<Value>(answer: Answer<Value>): Value {
  if (answer.kind !== 'reply') throw new Error(answer.message);
  return answer.reply;
}

export async function machineFacts(): Promise<MachineFacts> {
  return replyOf(await runner().machineFacts());
}

/** The first two CPUs that this process may use. */
export async function twoCpus(): Promise<readonly [number, number]> {
  const [first, second] = (await machineFacts()).allowedCpus;
  if (first === undefined || second === undefined) throw new Error('two CPUs are needed');
  return [first, second];
}

/** Runs a block that must succeed, and whose counts must add up. */
export async function run(request: RunRequest): Promise<RunReply> {
  const reply = replyOf(await runner().run(request));
  expect(reply.stuck).toBeUndefined();
  expect(reply.timedOut).toBe(false);
  expect(reply.iterations).toBe(request.cells * request.batches);
  expect(reply.counts.reduce((sum, count) => sum + count, 0)).toBe(reply.iterations);
  return reply;
}

/** Outcomes and their counts, an outcome as its values joined with commas. */
export function countsOf(reply: RunReply): Record<string, number> {
  const width = reply.values.length / Math.max(1, reply.counts.length);
  return Object.fromEntries(
    Array.from(reply.counts, (count, index) => [
      reply.values.subarray(index * width, (index + 1) * width).join(','),
      count,
    ]),
  );
}
