import { readJournal } from './journal.ts';
import { ResultsError } from './results-error.ts';
import { journalsIn } from './results-folder.ts';

/** A sentence for each journal in a folder that a session left when it was killed. */
export function leftOverIn(folder: string, resumed?: string): readonly string[] {
  return journalsIn(folder)
    .filter((journal) => journal !== resumed)
    .flatMap((journal) => {
      const found = sessionOf(journal);
      if (typeof found === 'string') return [found];
      if (isRunning(found.processId)) return [];
      const blocks = `${found.blocks.length} ${found.blocks.length === 1 ? 'block' : 'blocks'}`;
      return [`A session ended early after ${blocks}: ${resumeSentence(journal)}`];
    });
}

/** How to go on from a journal. */
export function resumeSentence(journal: string): string {
  return `"fencepost run --resume ${journal}" goes on from there.`;
}

function sessionOf(journal: string) {
  try {
    return readJournal(journal);
  } catch (error) {
    if (error instanceof ResultsError) return error.message;
    throw error;
  }
}

/** Whether the process that wrote a journal is still there; one of another user is. */
export function isRunning(processId: number | undefined): boolean {
  if (processId === undefined) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
