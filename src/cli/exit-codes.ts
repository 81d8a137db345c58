import type { ResultsDocument } from '../results/schema.ts';

export const exitCodes = {
  nothingContradicts: 0,
  contradiction: 1,
  wrongUsage: 2,
  couldNotRun: 3,
  interrupted: 130,
} as const;

/** How a run ends, for scripts: README, "Exit codes". Under emulation a forbidden outcome is reported, not failed on. */
export function exitCodeOf({ rows, session, machine, findings }: ResultsDocument): number {
  if (session.interrupted) return exitCodes.interrupted;
  if (findings.length > 0) return exitCodes.contradiction;
  const verdicts = new Set(rows.map(({ verdict }) => verdict));
  if (verdicts.has('violation') && machine.emulation === undefined) return exitCodes.contradiction;
  const runs = rows.flatMap((row) => row.runs);
  const asked = rows.filter(({ role }) => role === 'asked');
  const ran = new Set(rows.filter((row) => row.runs.length > 0).map(({ test }) => test.name));
  const askedInVain = asked.some(({ test }) => !ran.has(test.name));
  if (askedInVain || runs.some(({ invalid }) => invalid !== undefined)) return exitCodes.couldNotRun;
  return exitCodes.nothingContradicts;
}
