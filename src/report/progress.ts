import type { PlannedTest } from '../plan/experiment.ts';
import { controlsFirst, runsOf } from '../plan/schedule.ts';
import type { ScheduleTerms } from '../plan/schedule-terms.ts';
import type { BlockRecord } from '../run/blocks.ts';
import { shortCount, shortDuration } from './quantity.ts';

/** Where a run has got to. */
export interface Progress {
  readonly testsDone: number;
  readonly tests: number;
  readonly test: string;
  /** From 1. */
  readonly launch: number;
  readonly launches: number;
  readonly iterationsPerSecond: number;
  /** Undefined while it cannot be told. */
  readonly msLeft: number | undefined;
}

/**
 * Tells, after each block of an experiment, where it has got to.
 * @param earlier blocks of the session that is gone on with.
 */
export function progressOf(
  experiment: readonly PlannedTest[],
  terms: ScheduleTerms,
  earlier: readonly Pick<BlockRecord, 'iterations'>[] = [],
): (record: Pick<BlockRecord, 'test' | 'launch' | 'iterations' | 'endedMs'>) => Progress {
  const variants = experiment.reduce((sum, planned) => sum + (runsOf(planned)[0]?.length ?? 0), 0);
  const places = new Map(controlsFirst(experiment).map(({ test }, index) => [test.name, index]));
  let iterations = earlier.reduce((sum, block) => sum + block.iterations, 0);
  let blocks = earlier.length;
  return ({ test, launch, iterations: ofBlock, endedMs }) => {
    iterations += ofBlock;
    blocks += 1;
    return {
      testsDone: places.get(test) ?? 0,
      tests: experiment.length,
      test,
      launch: launch + 1,
      launches: Math.max(terms.launches, launch + 1),
      iterationsPerSecond: iterations / (endedMs / 1000),
      msLeft:
        terms.kind === 'time'
          ? Math.max(0, terms.budgetMs - endedMs)
          : msLeftAt(
              terms.kind === 'recorded' ? blocks / terms.blocks : iterations / (terms.perStrategy * variants),
              endedMs,
            ),
    };
  };
}

/** A share of the work that tells how long the rest will take. */
const tellingShare = 0.05;

function msLeftAt(done: number, elapsedMs: number): number | undefined {
  return done < tellingShare ? undefined : Math.max(0, elapsedMs / done - elapsedMs);
}

/** `[12/62, launch 2 of 5] SB+mbs · 41.2M iterations/s · 38 s left` */
export function progressText(progress: Progress): string {
  const { testsDone, tests, test, launch, launches, iterationsPerSecond, msLeft } = progress;
  const ofLaunches = launches > 1 ? `, launch ${launch} of ${launches}` : '';
  const left = msLeft === undefined ? [] : [`${shortDuration(msLeft)} left`];
  return [
    `[${testsDone}/${tests}${ofLaunches}] ${test}`,
    `${shortCount(iterationsPerSecond)} iterations/s`,
    ...left,
  ].join(' · ');
}

const redrawMs = 100;
const plainLineMs = 5000;

/** Keeps one line up to date on a terminal; elsewhere prints a plain line now and then. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #last = performance.now() - plainLineMs;
  #shown = false;
  /** Whether a block was shown: the first is shown at once. */
  #running = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(progress: Progress): void {
    if (!this.#running) this.#last = Number.NEGATIVE_INFINITY;
    this.#running = true;
    this.#showText(() => progressText(progress));
  }

  /** Before the run: how many of the questions to the models are answered. */
  showQuestion(done: number, of: number): void {
    this.#showText(() => `asking the memory models: ${done} of ${of} answered`);
  }

  /** What goes on in one go, and holds everything else up: on a terminal alone. */
  showBusy(text: string): void {
    if (this.#stream.isTTY) this.#draw(text);
  }

  /** Anything else that goes on. */
  showText(text: string): void {
    this.#showText(() => text);
  }

  /** While tests are timed: how many times everything was. */
  showTiming(done: number, of: number, test: string): void {
    this.#showText(() => `timing: ${done} of ${of} launches done · ${test}`);
  }

  #showText(makeText: () => string): void {
    const now = performance.now();
    if (now - this.#last < (this.#stream.isTTY ? redrawMs : plainLineMs)) return;
    this.#last = now;
    const text = makeText();
    if (this.#stream.isTTY) this.#draw(text);
    else this.#stream.write(`${text}\n`);
  }

  #draw(text: string): void {
    this.#stream.write(`\r${text.slice(0, Math.max(10, this.#stream.columns - 1))}\u001B[K`);
    this.#shown = true;
  }

  /** A sentence that stays, above the line. */
  note(sentence: string): void {
    this.clear();
    this.#stream.write(`${sentence}\n`);
  }

  clear(): void {
    if (this.#shown) this.#stream.write('\r\u001B[K');
    this.#shown = false;
  }
}
