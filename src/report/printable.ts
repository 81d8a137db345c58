/** A text from a file, safe to print: what a terminal would obey, or a reader not see, is written out. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** The same of a text of several lines, which keeps its lines and tabs. */
export function printableText(text: string): string {
  return text.replaceAll(/[^\t\n]+/g, printable);
}
