import { exitCodes } from './exit-codes.ts';

/** A command line that says too little or too much. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Errors whose message is written for the user, and how the program ends on them. */
const exitCodeByName: Readonly<Record<string, number>> = {
  UsageError: exitCodes.wrongUsage,
  YError: exitCodes.wrongUsage,
  LitmusSyntaxError: exitCodes.wrongUsage,
  TestFileError: exitCodes.wrongUsage,
  UnknownStrategyError: exitCodes.wrongUsage,
  CycleError: exitCodes.wrongUsage,
  CatError: exitCodes.wrongUsage,
  ModelFileError: exitCodes.wrongUsage,
  UnknownModelError: exitCodes.wrongUsage,
  CpuSelectionError: exitCodes.wrongUsage,
  RecordedFileError: exitCodes.wrongUsage,
  ResultsError: exitCodes.couldNotRun,
  LoweringError: exitCodes.couldNotRun,
  CannotRunError: exitCodes.couldNotRun,
  PageAssetsError: exitCodes.couldNotRun,
};

/** What to print of an error and how to end: a message for what users cause, a stack for what we did. */
export function endingOf(error: unknown): { readonly text: string; readonly exitCode: number } {
  if (!(error instanceof Error))
    return { text: `fencepost: ${String(error)}`, exitCode: exitCodes.couldNotRun };
  const exitCode = exitCodeByName[error.name];
  if (exitCode === undefined) {
    return {
      text: `fencepost: a mistake of its own, please report it:\n${error.stack ?? error.message}`,
      exitCode: exitCodes.couldNotRun,
    };
  }
  const hint = error.name === 'UsageError' || error.name === 'YError' ? '\nSee "fencepost --help".' : '';
  return { text: `fencepost: ${error.message}${hint}`, exitCode };
}
