import type { Measure, Program } from '../plan/price-plan.ts';
import type { PriceReply, PriceRequest } from './addon.ts';
import type { Runner } from './runner.ts';

/** By thread, then by round: ticks of the time base (nanoseconds where there is none) that an iteration took. */
export type Samples = readonly (readonly number[])[];

/** What one block timed. */
export interface PriceBlock {
  /** In the order of the measure's programs. */
  readonly programs: readonly Samples[];
  /** The first program once more, from another copy of its code: how far equal code differs. */
  readonly copy: Samples;
  /** A function that returns at once: what timing itself takes. */
  readonly nothing: Samples;
  /** Core cycles, likewise, where the kernel counts them. */
  readonly cycles: { readonly programs: readonly Samples[]; readonly nothing: Samples } | undefined;
  readonly cyclesProblem: string | undefined;
  /** Timed of each program in a round. */
  readonly iterations: number;
}

/** Iterations that a program is timed for in its turn: some microseconds, so that few turns meet an interrupt. */
const iterationsPerTurn = 512;
const rounds = 8;
const timeoutMs = 20_000;

/** Places for a function that differ in everything that fetching its instructions depends on. */
const entryStepBytes = 4;
const entries = 64;

/**
 * Times a measure's programs in one block.
 * @param nothing machine code of a function that returns 0 at once.
 * @param cells iterations in a pass, `spacingBytes` apart.
 * @param random below the given number: where in its page each program's code begins. What code takes
 * depends on that, and blocks that differ in it let the interval tell by how much (Curtsinger and Berger,
 * "Stabilizer", ASPLOS 2013).
 * @returns why there is no block where there is none.
 */
export async function timeBlock(
  measure: Measure,
  nothing: Uint8Array,
  { cells, spacingBytes }: { readonly cells: number; readonly spacingBytes: number },
  random: (below: number) => number,
  runner: Runner,
): Promise<PriceBlock | { readonly problem: string }> {
  const [first] = measure.programs;
  if (first === undefined) return { problem: 'there is no code to time' };
  const empty: Program = {
    ...first,
    threads: first.threads.map((thread) => ({ ...thread, bytes: nothing })),
  };
  const programs = [empty, first, ...measure.programs];
  const request: PriceRequest = {
    programs: programs.map(({ threads, initial }) => ({
      initial,
      threads: threads.map(({ bytes, outBytes }, index) => {
        const entryBytes = random(entries) * entryStepBytes;
        const code = new Uint8Array(entryBytes + bytes.length);
        code.set(bytes, entryBytes);
        return { code, entryBytes, outBytes, cpu: measure.cpus[index] ?? -1 };
      }),
    })),
    memoryBytes: Math.max(...programs.map(({ memoryBytes }) => memoryBytes)),
    spacingBytes,
    cells,
    group: cells,
    passes: Math.max(1, Math.ceil(iterationsPerTurn / cells)),
    rounds,
    timeoutMs,
  };
  const answer = await runner.price(request);
  if (answer.kind !== 'reply') return { problem: answer.message };
  const { reply } = answer;
  const problem = problemOf(reply, measure, programs);
  if (problem !== undefined) return { problem };
  return blockOf(reply, request);
}

function blockOf({ ticks, cycles, cyclesProblem }: PriceReply, request: PriceRequest): PriceBlock {
  const [nothing = [], copy = [], ...programs] = samplesOf(ticks, request, request.passes * request.cells);
  const [noCycles = [], , ...counted] = samplesOf(cycles, request, request.cells);
  return {
    programs,
    copy,
    nothing,
    cycles: cycles.length === 0 ? undefined : { programs: counted, nothing: noCycles },
    cyclesProblem,
    iterations: request.passes * request.cells,
  };
}

/** By program, thread and round, per iteration, out of a list by round, program and thread. */
function samplesOf(
  values: Float64Array,
  { programs, rounds: turns }: PriceRequest,
  iterations: number,
): readonly Samples[] {
  const threads = programs[0]?.threads.length ?? 0;
  return programs.map((_, program) =>
    Array.from({ length: threads }, (__, thread) =>
      Array.from(
        { length: turns },
        (___, round) =>
          (values[(round * programs.length + program) * threads + thread] ?? Number.NaN) / iterations,
      ),
    ),
  );
}

/** What makes a reply no data. */
function problemOf(
  reply: PriceReply,
  { threads }: Measure,
  programs: readonly Program[],
): string | undefined {
  const { stuck } = reply;
  if (stuck !== undefined) {
    const line = programs[stuck.program]?.threads[stuck.thread]?.stuckLines[stuck.status - 1];
    return `P${threads[stuck.thread]} waits for the lock of line ${line} in vain`;
  }
  if (reply.timedOut) return `no end within ${timeoutMs / 1000} s`;
  const strayed = reply.threads.findIndex(({ strayedBatches }) => strayedBatches > 0);
  return strayed === -1 ? undefined : `P${threads[strayed]} was moved off the CPU it was pinned to`;
}
