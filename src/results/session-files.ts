import { existsSync } from 'node:fs';
import { journalBlock } from './document.ts';
import { continueJournal, openJournal, type Journal, type JournalHeader, type Resumed } from './journal.ts';
import { machineName } from './machine.ts';
import type { Prices } from './price-schema.ts';
import type { RecordedSession } from './recorded-session.ts';
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

/**
 * Goes on with the files of a session that stopped: with the journal that it left, or with one that is made
 * of its results, which it then replaces.
 * @param prices those found now; undefined where the session has its own, or there are none.
 * @throws ResultsError
 */
export function reopenSession(
  { path, paths, header, blocks }: RecordedSession,
  now: Resumed,
  prices: Prices | undefined,
): { readonly journal: Journal; readonly resultsPath: string } {
  if (path !== paths.journal) {
    const written = openJournal(paths.journal, header);
    for (const block of blocks) written.append(journalBlock(block));
    written.close();
  }
  return { journal: continueJournal(paths.journal, now, prices), resultsPath: paths.results };
}
