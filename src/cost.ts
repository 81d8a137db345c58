/** `fencepost cost` as a list of calls: tests are read, timed in fresh processes, and their prices kept. */
import { readTests } from './language/test-files.ts';
import { meetHost, ranOn, startedRunner } from './host.ts';
import { pricesOf } from './pricing.ts';
import { resultsDocument } from './results/document.ts';
import { machineName } from './results/machine.ts';
import { prepareResultsFolder, sessionPaths } from './results/results-folder.ts';
import type { ResultsDocument, Tool } from './results/schema.ts';
import { writeResults } from './results/write.ts';
import { firstTwo, watchDistance } from './run/distance.ts';
import type { Runner } from './run/runner.ts';

/** What a user asks of it; every default is filled in. */
export interface CostRequest {
  /** Files, folders and glob patterns. */
  readonly files: readonly string[];
  /** Names of strategies, `ablation`, `all`. */
  readonly strategies: readonly string[];
  /** Fresh processes that time everything once: N of the intervals. */
  readonly launches: number;
  readonly cpus: readonly number[] | undefined;
  readonly variant: string | undefined;
  readonly seed: bigint;
  readonly resultsFolder: string;
  readonly tool: Tool;
  /** As typed, for the record. */
  readonly arguments: readonly string[];
}

export interface CostWatcher {
  readonly progress: (launch: number, test: string) => void;
  readonly notice: (sentence: string) => void;
  readonly stopped: AbortSignal;
}

/**
 * Times tests on this machine and keeps their prices: a results file that has them and no rows.
 * @throws LitmusSyntaxError, TestFileError, UnknownStrategyError, CpuSelectionError, ResultsFolderError, CannotRunError
 */
export async function costLitmus(
  request: CostRequest,
  { progress, notice, stopped }: CostWatcher,
): Promise<{ document: ResultsDocument; file: string }> {
  const tests = readTests(request.files).map((source) => ({
    source,
    role: 'asked' as const,
    strategies: request.strategies,
  }));
  prepareResultsFolder(request.resultsFolder);
  let runner: Runner = await startedRunner();
  try {
    const host = await meetHost(runner, request);
    const { machine, target, facts, place } = host;
    const startedAt = new Date();
    const begunMs = performance.now();
    const distance = watchDistance(machine.emulation === undefined ? firstTwo(place(2)) : undefined, () =>
      Math.round(performance.now() - begunMs),
    );
    const prices = await pricesOf({
      tests,
      target,
      facts,
      place,
      seed: request.seed,
      unit: 'launch',
      units: request.launches,
      runner: async (unit) => {
        if (unit > 0) {
          await runner.close();
          runner = await startedRunner();
        }
        await distance.look(runner);
        return runner;
      },
      progress,
      stopped,
    });
    for (const note of new Set(tests.flatMap(({ source }) => place(source.test.threads.length).notes))) {
      notice(note);
    }
    const session = {
      startedAt: startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      seed: request.seed.toString(),
      arguments: request.arguments,
      interrupted: stopped.aborted,
      ...distance.seen(),
    };
    const document = {
      ...resultsDocument(
        [],
        [],
        { opinions: new Map(), findings: [] },
        { ...ranOn(host, request.tool), session },
      ),
      ...(prices === undefined ? {} : { prices }),
    };
    const { results } = sessionPaths(request.resultsFolder, machineName(machine), startedAt);
    writeResults(results, document);
    return { document, file: results };
  } finally {
    await runner.close();
  }
}
