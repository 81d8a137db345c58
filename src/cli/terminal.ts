/** What commands share with the terminal they run in: its width and colours, and the signals it sends. */

/** How to print on standard output; 80 wide where it is no terminal. */
export function outputStyle(): { readonly width: number; readonly color: boolean } {
  return {
    width: process.stdout.columns ?? 80,
    color: process.stdout.isTTY && process.stdout.hasColors(),
  };
}

/**
 * Stops a long command at the first signal that asks for it; the second ends the process.
 * @param told is called when it stops.
 */
export function stoppedBySignals(told: () => void = () => {}): AbortSignal {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stopped.abort();
      told();
    });
  }
  // Ends a process by default (ulimit -f); with this, the write fails instead and the user is told.
  process.on('SIGXFSZ', () => {});
  return stopped.signal;
}
