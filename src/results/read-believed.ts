import { believed, type Believed } from './believed.ts';
import { sha256 } from './digests.ts';
import { errataFor } from './errata.ts';
import { parseResults, readWhole } from './read.ts';

/**
 * Reads a results file, less what errata say of it.
 * @throws ResultsError as `readResults` does, and of a list of errata that cannot be read.
 */
export function readBelieved(path: string): Believed {
  return believedText(readWhole(path), path);
}

/** The results document in the text of a file, less what errata say of it. */
export function believedText(text: string, path: string): Believed {
  return believed(parseResults(text, path), sha256(text), errataFor(path));
}
