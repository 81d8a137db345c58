import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { nodePlatform } from '../architecture.ts';

/**
 * The addon's interface, mirrored from native/run_request.h and native/machine_facts.h. Loaded in the
 * child process only (child.ts); the parent imports the types.
 */

export interface ThreadRequest {
  readonly code: Uint8Array;
  /** -1: wherever the kernel puts it. */
  readonly cpu: number;
  /** Bytes per iteration. */
  readonly outBytes: number;
}

export interface InitialWriteRequest {
  readonly offsetBytes: number;
  readonly widthBytes: 4 | 8;
  readonly value: bigint;
  readonly pointer: boolean;
}

export interface ObservedValueRequest {
  /** -1: from the cell. */
  readonly thread: number;
  readonly offsetBytes: number;
  readonly widthBytes: 4 | 8;
  readonly signed: boolean;
  readonly pointer: boolean;
}

export const rendezvousNames = ['spin', 'deadline', 'free'] as const;
export type RendezvousName = (typeof rendezvousNames)[number];

export const preloadNames = ['none', 'read', 'write'] as const;
export type PreloadName = (typeof preloadNames)[number];

/** Threads that load and store over other memory while the block runs. */
export interface StressRequest {
  /** A thread on each; none that runs a thread of the test. Empty: no stress. */
  readonly cpus: readonly number[];
  readonly bytes: number;
}

/** One block of work, some tens of milliseconds long. */
export interface RunRequest {
  readonly threads: readonly ThreadRequest[];
  readonly initial: readonly InitialWriteRequest[];
  readonly observed: readonly ObservedValueRequest[];
  readonly memoryBytes: number;
  readonly spacingBytes: number;
  /** Iterations in a batch. */
  readonly cells: number;
  readonly batches: number;
  /** Iterations between two rendezvous, or between two looks at each other. */
  readonly group: number;
  /** Groups are visited in the order 0, s, 2s, …, modulo their number, with which s has no common divisor. */
  readonly groupStride: number;
  /** What each thread does with a group's cells before the group's rendezvous. */
  readonly preload: PreloadName;
  readonly rendezvous: RendezvousName;
  readonly startDelayNs: number;
  readonly seed: bigint;
  readonly timeoutMs: number;
  /**
   * Run no further batches after this long: their number was chosen when more CPU time could be had. 0: run all.
   */
  readonly endAfterMs: number;
  /** The CPUs of further copies, thread by thread: they run at the same time, each on memory of its own. */
  readonly copies: readonly (readonly number[])[];
  readonly stress: StressRequest;
}

/**
 * How the value of an observed pointer is reported. An address in the test memory: relative to the
 * iteration's cell. Anything else, NULL for one: as a signed number with this bit flipped, which is
 * out of reach of any relative address.
 */
export const notAddressBit = 1n << 62n;

/** More than the size of any test memory. */
const farthestAddress = 1n << 48n;

/** The number that a reported pointer held, or undefined where it held an address in the test memory. */
export function numberInPointer(reported: bigint): bigint | undefined {
  const isAddress = -farthestAddress < reported && reported < farthestAddress;
  return isAddress ? undefined : BigInt.asIntN(64, reported ^ notAddressBit);
}

export interface ThreadReply {
  /** Where it was last seen. */
  readonly cpu: number;
  /** Batches after which it was not on the CPU it was pinned to. */
  readonly strayedBatches: number;
  readonly involuntarySwitches: number;
  /** On a CPU, for this block. */
  readonly ranNs: number;
  /** Between the beginning and the end of its part, while it did not run. */
  readonly offCpuNs: number;
}

export interface RunReply {
  /** Outcome after outcome, each as many values as were observed. */
  readonly values: BigInt64Array;
  readonly counts: Float64Array;
  /** Copy after copy. */
  readonly threads: readonly ThreadReply[];
  readonly iterations: number;
  readonly runNs: number;
  readonly wallNs: number;
  /** What a hypervisor took from its CPUs meanwhile, in steps of some 10 ms; undefined where that is not told. */
  readonly stealNs: number | undefined;
  readonly stuck: { readonly thread: number; readonly status: number } | undefined;
  readonly timedOut: boolean;
}

/** What the condition of a perpetual test wants of one load (src/lower/perpetual-form.ts). */
export interface ReadingRequest {
  readonly thread: number;
  readonly offsetBytes: number;
  readonly widthBytes: 4 | 8;
  readonly writer: number;
  readonly stores: number;
  readonly wanted: number;
}

/** A block of a perpetual test. */
export interface PerpetualRequest {
  readonly threads: readonly ThreadRequest[];
  readonly readings: readonly ReadingRequest[];
  /** Of the one cell, which is zeroed before each batch. */
  readonly memoryBytes: number;
  /** In a batch. */
  readonly iterations: number;
  readonly batches: number;
  readonly timeoutMs: number;
  /** As in `RunRequest`. */
  readonly endAfterMs: number;
  readonly stress: StressRequest;
}

export interface PerpetualReply {
  /** Choices of an iteration of each thread that prove the test's outcome, each iteration in one at most. */
  readonly witnesses: number;
  readonly threads: readonly ThreadReply[];
  readonly iterations: number;
  readonly runNs: number;
  readonly wallNs: number;
  readonly stealNs: number | undefined;
  readonly timedOut: boolean;
}

export interface PricedThreadRequest extends ThreadRequest {
  /** Where in its code the function begins. */
  readonly entryBytes: number;
}

/** Programs that take turns, and how often: native/price_request.h. */
export interface PriceRequest {
  readonly programs: readonly {
    readonly threads: readonly PricedThreadRequest[];
    readonly initial: readonly InitialWriteRequest[];
  }[];
  readonly memoryBytes: number;
  readonly spacingBytes: number;
  /** Iterations in a pass. */
  readonly cells: number;
  /** Iterations between two readings of the clock. */
  readonly group: number;
  /** Timed ones in a turn. */
  readonly passes: number;
  readonly rounds: number;
  readonly timeoutMs: number;
}

export interface PriceReply {
  /** Of a turn, in ticks of the time base, or nanoseconds where there is none: by round, program and thread. */
  readonly ticks: Float64Array;
  /** Likewise of one pass; empty where they cannot be counted. */
  readonly cycles: Float64Array;
  readonly cyclesProblem: string | undefined;
  readonly threads: readonly ThreadReply[];
  readonly stuck: { readonly program: number; readonly thread: number; readonly status: number } | undefined;
  readonly timedOut: boolean;
}

/** What the kernel and the CPU tell a process, which files do not. */
export interface MachineFacts {
  readonly allowedCpus: readonly number[];
  readonly pageSizeBytes: number;
  readonly cacheLineBytes: number;
  readonly canPin: boolean;
  /** Why pinning does not hold, or undefined. */
  readonly pinningProblem: string | undefined;
  readonly timeBase: {
    readonly name: string;
    /** Measured against the monotonic clock; 0 where it stands still. */
    readonly ticksPerSecond: number;
    readonly problem: string | undefined;
  };
  /** x86 CPUID leaf 0x40000000's signature, or an empty string. */
  readonly hypervisorSignature: string;
  /** The variants of its architecture's target that this CPU can run, best first; empty where there is one target. */
  readonly codeVariants: readonly string[];
}

export interface PingPongRequest {
  readonly firstCpu: number;
  readonly secondCpu: number;
  readonly roundTrips: number;
}

export interface Addon {
  run(request: RunRequest): Promise<RunReply>;
  runPerpetual(request: PerpetualRequest): Promise<PerpetualReply>;
  price(request: PriceRequest): Promise<PriceReply>;
  machineFacts(): Promise<MachineFacts>;
  /** Median nanoseconds for a cache line to go from one CPU to the other and back. */
  pingPong(request: PingPongRequest): Promise<number>;
}

/**
 * Loads build/Release/fencepost.node, else the prebuilt addon for this platform. Throws, saying what to
 * do, where there is neither.
 */
export function loadAddon(): Addon {
  const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
  const load = createRequire(import.meta.url)('node-gyp-build') as (folder: string) => Addon;
  try {
    return load(packageFolder);
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    const platform = nodePlatform();
    throw new Error(
      `no addon for ${platform} (${reason}). Build it with "npm run build": that needs python3, make and a C++17 compiler`,
      { cause: error },
    );
  }
}
