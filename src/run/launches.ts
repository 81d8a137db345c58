import { startRunner, type Runner } from './runner.ts';

/** The child processes of a run: each launch has a fresh one, whose memory and threads are placed anew. */
export interface Launches {
  /**
   * The launch's runner; that of an earlier launch is closed, and the next is started unless this is the last.
   * @throws Error where no child can be started.
   */
  runnerOf(launch: number, isLast: boolean): Promise<Runner>;
  /** Ends every child. A request in flight is answered with `crashed`. */
  close(): Promise<void>;
}

/**
 * Launches are run in ascending order. While one runs, the child of the next waits already, so that starting it takes no time.
 * @param first the runner of whatever launch comes first.
 */
export function launchesFrom(first: Runner): Launches {
  let runner = first;
  let current: number | undefined;
  let next: Promise<Runner> | undefined;
  return {
    runnerOf: async (launch, isLast) => {
      if (current !== undefined && launch !== current) {
        await runner.close();
        const prepared = next;
        next = undefined;
        // One that was killed while it waited costs a start, not the run.
        runner = await (prepared?.catch(startRunner) ?? startRunner());
      }
      current = launch;
      if (next === undefined && !isLast) {
        next = startRunner();
        next.catch(() => {}); // told to who asks for it
      }
      return runner;
    },
    close: async () => {
      await runner.close();
      await next?.then((prepared) => prepared.close()).catch(() => {});
    },
  };
}
