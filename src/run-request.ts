/** What a run is asked for, and what it tells meanwhile. */
import type { PlacementChoice } from './plan/affinity.ts';
import type { EngineName } from './plan/run-plan.ts';
import type { Amount } from './plan/schedule-terms.ts';
import type { Progress } from './report/progress.ts';
import type { Tool } from './results/schema.ts';
import type { TuningChoice } from './tuning/tuning-for.ts';

/** What a user asks of a run; every default is filled in. */
export interface RunRequest {
  /** Files, folders and glob patterns; empty: the suite. */
  readonly files: readonly string[];
  /** Names of strategies, `ablation` for each barrier dropped alone, `all`; empty: all, but controls as written. */
  readonly strategies: readonly string[];
  readonly amount: Amount;
  /** To go on where an earlier session stopped, or to repeat its blocks: all but `files` is then as it was. */
  readonly earlier: { readonly act: 'resume' | 'replay'; readonly file: string } | undefined;
  /** By `performance.now()`: whatever the run does after it counts as its time. */
  readonly beganMs: number;
  readonly cpus: readonly number[] | undefined;
  /** How far apart the threads of a test lie; `all`: in each way the machine has; undefined: as near as can be. */
  readonly placement: PlacementChoice | 'all' | undefined;
  /** Run under these engines alone; empty: under the plans that are best for each test. */
  readonly engines: readonly EngineName[];
  readonly tuning: TuningChoice;
  /** Which of the architecture's targets; undefined: the best that the CPU can run. */
  readonly variant: string | undefined;
  /** For all questions to the models together; undefined: a share of the run's time. */
  readonly modelTimeMs: number | undefined;
  readonly seed: bigint;
  readonly resultsFolder: string;
  readonly tool: Tool;
  /** As typed, for the record. */
  readonly arguments: readonly string[];
}

/** What a run is at, in this order; a short one asks again, behind its tests, for what was not answered meanwhile. */
export type Stage = 'read' | 'start' | 'plan' | 'price' | 'ask' | 'run' | 'judge' | 'write';

export interface Watcher {
  /** A stage begins. */
  readonly stage?: (stage: Stage) => void;
  readonly progress: (progress: Progress) => void;
  /** How many of the questions to the models are answered. */
  readonly asking: (done: number, of: number) => void;
  /** A sentence the user should read while the run goes on. */
  readonly notice: (sentence: string) => void;
  readonly stopped: AbortSignal;
}
