/**
 * The addon's interface, mirrored from native/run_request.h. Loaded in the child process only
 * (child.ts); the parent imports the types.
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

export const rendezvousNames = ['spin', 'deadline'] as const;
export type RendezvousName = (typeof rendezvousNames)[number];

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
  /** Iterations between two rendezvous. */
  readonly group: number;
  readonly rendezvous: RendezvousName;
  readonly startDelayTicks: number;
  readonly seed: bigint;
  readonly timeoutMs: number;
}

/** A pointer's value is relative to its cell; a number (NULL, say) in a pointer is reported with `notAddressBit` set. */
export const notAddressBit = 1n << 62n;

export interface RunReply {
  /** Outcome after outcome, each as many values as were observed. */
  readonly values: BigInt64Array;
  readonly counts: Float64Array;
  readonly threads: readonly {
    readonly cpu: number;
    readonly strayedBatches: number;
    readonly involuntarySwitches: number;
  }[];
  readonly iterations: number;
  readonly runNs: number;
  readonly wallNs: number;
  readonly stuck: { readonly thread: number; readonly status: number } | undefined;
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
    /** Measured against the monotonic clock; 0 where there is no usable time base. */
    readonly ticksPerSecond: number;
    readonly problem: string | undefined;
  };
  /** x86 CPUID leaf 0x40000000's signature, or an empty string. */
  readonly hypervisorSignature: string;
}

export interface Addon {
  run(request: RunRequest): Promise<RunReply>;
  machineFacts(): MachineFacts;
  /** Median nanoseconds for a cache line to go from one CPU to the other and back. */
  pingPong(firstCpu: number, secondCpu: number, roundTrips: number): Promise<number>;
}
