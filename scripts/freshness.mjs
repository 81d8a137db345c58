import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * When something at or under these paths last changed, in milliseconds since 1970; 0 where there is
 * nothing. Folders count: deleting or renaming a file changes its folder.
 */
export function lastChange(...paths) {
  return Math.max(0, ...paths.map(lastChangeAt));
}

function lastChangeAt(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, lastChange(...readdirSync(path).map((name) => join(path, name))));
}
