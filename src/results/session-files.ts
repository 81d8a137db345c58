import { existsSync } from 'node:fs';
import { openJournal, type Journal, type JournalHeader } from './journal.ts';
import { machineName } from './machine.ts';
import { sessionPaths } from './results-folder.ts';

/** More sessions than ever begin in one folder in one second. */
const mostAttempts = 20;

/**
 * Names a session's files and starts its journal. Where another session of the same second was quicker,
 * the next name is tried.
 * @throws ResultsError
 */
export function openSession(
  folder: string,
  startedAt: Date,
  header: JournalHeader,
): { readonly journal: Journal; readonly resultsPath: string } {
  for (let attempt = 1; ; attempt++) {
    const paths = sessionPaths(folder, machineName(header.machine), startedAt);
    try {
      return { journal: openJournal(paths.journal, header), resultsPath: paths.results };
    } catch (error) {
      if (!existsSync(paths.journal) || attempt === mostAttempts) throw error;
    }
  }
}
