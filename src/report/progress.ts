import { shortCount, shortDuration } from './quantity.ts';

/** Where a run has got to. */
export interface Progress {
  readonly testsDone: number;
  readonly tests: number;
  readonly test: string;
  readonly iterationsPerSecond: number;
  /** Undefined where the end is a number of iterations and no clock. */
  readonly msLeft: number | undefined;
}

/** `[12/62] SB+mbs · 41.2M iterations/s · 38 s left` */
export function progressText({ testsDone, tests, test, iterationsPerSecond, msLeft }: Progress): string {
  const left = msLeft === undefined ? [] : [`${shortDuration(msLeft)} left`];
  return [`[${testsDone}/${tests}] ${test}`, `${shortCount(iterationsPerSecond)} iterations/s`, ...left].join(
    ' · ',
  );
}

const redrawMs = 100;
const plainLineMs = 5000;

/** Keeps one line up to date on a terminal; elsewhere prints a plain line now and then. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #last = performance.now() - plainLineMs;
  #shown = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(progress: Progress): void {
    this.#showText(() => progressText(progress));
  }

  /** Before the run: how many of the questions to the models are answered. */
  showQuestion(done: number, of: number): void {
    this.#showText(() => `asking the memory models: ${done} of ${of} answered`);
  }

  #showText(makeText: () => string): void {
    const now = performance.now();
    if (now - this.#last < (this.#stream.isTTY ? redrawMs : plainLineMs)) return;
    this.#last = now;
    const text = makeText();
    if (this.#stream.isTTY) {
      this.#stream.write(`\r${text.slice(0, Math.max(10, this.#stream.columns - 1))}\u001B[K`);
      this.#shown = true;
    } else this.#stream.write(`${text}\n`);
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
