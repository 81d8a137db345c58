import stringWidth from 'string-width';

/** A column: `grow` columns share what is left of the width; the rest are as wide as their widest cell. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly grow?: boolean;
  /** Columns of a higher number are left out first where the terminal is too narrow. */
  readonly dispensable?: number;
}

const gap = 2;
const narrowestGrowing = 12;

/** The columns that fit in a terminal, with their widths. */
export interface ColumnLayout {
  readonly columns: readonly { readonly column: Column; readonly index: number; readonly width: number }[];
}

/** Chooses which columns are shown and how wide, for a terminal of `width` cells. */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): ColumnLayout {
  let shown = columns.map((column, index) => ({ column, index, natural: naturalWidth(column, index, rows) }));
  const least = () =>
    shown.reduce(
      (sum, { column, natural }) => sum + (column.grow ? Math.min(natural, narrowestGrowing) : natural),
      gap * (shown.length - 1),
    );
  while (least() > width) {
    const next = Math.max(...shown.map(({ column }) => column.dispensable ?? 0));
    if (next === 0) break;
    shown = shown.filter(({ column }) => (column.dispensable ?? 0) !== next);
  }
  const fixed = shown.reduce((sum, { column, natural }) => sum + (column.grow ? 0 : natural), 0);
  const growing = shown.filter(({ column }) => column.grow).length;
  const room = Math.floor((width - fixed - gap * (shown.length - 1)) / Math.max(1, growing));
  return {
    columns: shown.map(({ column, index, natural }) => ({
      column,
      index,
      width: column.grow ? Math.min(natural, Math.max(narrowestGrowing, room)) : natural,
    })),
  };
}

function naturalWidth(column: Column, index: number, rows: readonly (readonly string[])[]): number {
  const lines = rows.flatMap((row) => (row[index] ?? '').split('\n'));
  return lines.reduce((widest, line) => Math.max(widest, stringWidth(line)), stringWidth(column.title));
}

/** One row as lines of text: a cell may have several, and long lines of growing columns wrap at blanks. */
export function rowLines(
  { columns }: ColumnLayout,
  row: readonly string[],
  paint: (text: string, index: number) => string = (text) => text,
): string[] {
  const cells = columns.map(({ index, width }) =>
    (row[index] ?? '').split('\n').flatMap((line) => wrap(line, width)),
  );
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map(({ column, index, width }, place) => {
        const text = cells[place]?.[line] ?? '';
        const padding = ' '.repeat(Math.max(0, width - stringWidth(text)));
        return column.align === 'right' ? padding + paint(text, index) : paint(text, index) + padding;
      })
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

/** Wraps at blanks to lines of at most `width` cells; a longer word is cut, after a hyphen if it has one. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((long) => cut(long, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= width) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  return [...lines, line];
}

function cut(word: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (stringWidth(rest) > width) {
    const head = longestHead(rest, width);
    const piece = /^.+-/u.exec(head)?.[0] ?? head;
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}

/** The longest beginning of at most `width` cells, of one character at least. */
function longestHead(word: string, width: number): string {
  let head = '';
  for (const character of word) {
    if (stringWidth(head + character) > width && head !== '') break;
    head += character;
  }
  return head;
}
