/** A tuning as a list of calls: controls are selected, searched for the plans under which they fire, and kept. */
import { architectureOfHost, CannotRunError, meetHost, startedRunner } from './host.ts';
import { strangersApart, withControls } from './judge/selection.ts';
import { readSuite, readTests } from './language/test-files.ts';
import type { RunRequest, Watcher } from './run-request.ts';
import { prepareResultsFolder } from './results/results-folder.ts';
import { tuningPath, type TunedFamily, type Tuning } from './results/tuning-file.ts';
import { familiesOf } from './tuning/control-families.ts';
import { firingOn } from './tuning/firing.ts';
import { tune, type LeftOut } from './tuning/tune.ts';
import { keepFamilies } from './tuning/tuning-for.ts';

/** What a user asks of a tuning; every default is filled in. */
export type MachineTuningRequest = Pick<RunRequest, 'files' | 'cpus' | 'seed' | 'resultsFolder' | 'tool'> & {
  readonly budgetMs: number;
};

export interface MachineTuning {
  /** What is now kept. */
  readonly tuning: Tuning;
  /** Of it what was found now. */
  readonly found: readonly TunedFamily[];
  readonly leftOut: readonly LeftOut[];
  /** Where it is kept. */
  readonly path: string;
}

/**
 * Looks for the plans under which the controls of tests fire most on this machine, and keeps them for runs.
 * @throws LitmusSyntaxError, TestFileError, CpuSelectionError, ResultsError, CannotRunError
 */
export async function tuneMachine(
  request: MachineTuningRequest,
  watcher: Pick<Watcher, 'notice' | 'stopped'> & {
    readonly tuning: (controls: string, done: number, of: number) => void;
  },
): Promise<MachineTuning> {
  const { resultsFolder, tool, seed, budgetMs } = request;
  const architecture = architectureOfHost();
  const asked = request.files.length === 0 ? readSuite() : readTests(request.files);
  const known = withControls(asked, strangersApart(asked, readSuite(), watcher.notice), [], architecture);
  prepareResultsFolder(resultsFolder);
  const runner = await startedRunner();
  try {
    const { machine, target, hasTimeBase, place, placeAs } = await meetHost(runner, request);
    if (machine.emulation !== undefined) {
      throw new CannotRunError(
        'Under an emulator there is nothing to tune: it shows what the emulator does.',
      );
    }
    const found: TunedFamily[] = [];
    const leftOut: LeftOut[] = [];
    for await (const family of tune({
      families: familiesOf(
        asked.map(({ test }) => test),
        known.map(({ source }) => source),
        architecture,
      ),
      fire: firingOn({ runner, target, place, placeAs, seed }),
      hasTimeBase,
      place,
      placeAs,
      clock: () => performance.now(),
      progress: ({ name }, done, of) => watcher.tuning(name, done, of),
      leftOut: (one) => leftOut.push(one),
      stopped: watcher.stopped,
      seed,
      budgetMs,
    })) {
      found.push(family);
    }
    const path = tuningPath(resultsFolder, machine);
    const tuning = keepFamilies(path, found, { machine, tool, notice: watcher.notice });
    return { tuning, found, leftOut, path };
  } finally {
    await runner.close();
  }
}
