/** A results file, journal or folder that cannot be read, written or believed: act, object, reason and remedy. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than allowed',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  EEXIST: 'it exists already',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many files are open',
};

/** `ENOSPC` and the like, of a system error. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** A system error in words. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return code === undefined ? String(error) : (reasons[code] ?? code);
}

/** A value from a file, made safe to print: no control characters, not too long, nothing nested. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  // JSON leaves DEL, C1 and direction marks as they are; a terminal would obey them.
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  const safe = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
  return safe.length <= longestQuote ? safe : `${safe.slice(0, longestQuote)}…`;
}

const longestQuote = 60;
