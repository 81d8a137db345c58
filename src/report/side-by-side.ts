import pc from 'picocolors';
import type { LitmusTest } from '../language/litmus-test.ts';
import { expressionsOf, forEachStatement } from '../language/walk.ts';
import type { MachineCode } from '../lower/machine-code.ts';
import { wrap } from './columns.ts';
import type { TableStyle } from './table.ts';

/** A variant's code on one architecture, or why there is none. */
export type SideBySideColumn =
  | { readonly title: string; readonly code: MachineCode }
  | { readonly title: string; readonly problem: string };

const gap = 2;
const nothing = '-';

/**
 * Each line of the test, and under it what every architecture makes of it, next to each other: the
 * picture that explains why a barrier costs nothing here and something there.
 */
export function sideBySideText(
  columns: readonly SideBySideColumn[],
  test: LitmusTest,
  source: string,
  style: TableStyle,
): string {
  const colors = pc.createColors(style.color);
  const lines = source.split(/\r?\n/);
  const width = Math.floor((style.width - gap * (columns.length - 1)) / columns.length);
  const row = (cells: readonly (readonly string[])[]) =>
    Array.from({ length: Math.max(...cells.map((cell) => cell.length)) }, (_, line) =>
      cells
        .map((cell) => (cell[line] ?? '').padEnd(width))
        .join(' '.repeat(gap))
        .trimEnd(),
    );
  const title = row(columns.map((column) => [column.title])).map((line) => colors.bold(line));
  const threads = test.threads.map(({ index, body }) => {
    const sourceLines = new Set<number>();
    forEachStatement(body, (statement) => {
      if (expressionsOf(statement).length > 0) sourceLines.add(statement.at.line);
    });
    const rows = [...sourceLines]
      .toSorted((left, right) => left - right)
      .flatMap((line) => {
        const cells = columns.map((column) => cellOf(column, index, line, width));
        const heading = colors.dim(`${line}: ${lines[line - 1]?.trim() ?? ''}`.slice(0, style.width));
        return [heading, ...row(cells)];
      });
    return [colors.bold(`P${index}`), ...title, ...rows].join('\n');
  });
  const problems = columns.flatMap((column) =>
    'problem' in column ? [`${column.title}: ${column.problem}`] : [],
  );
  return [...threads, ...problems].join('\n\n');
}

function cellOf(column: SideBySideColumn, thread: number, line: number, width: number): readonly string[] {
  if ('problem' in column) return ['?'];
  const listing = column.code.threads[thread]?.listing ?? [];
  const texts = listing
    .filter(({ role, sourceLine }) => role === 'body' && sourceLine === line)
    .flatMap(({ text }) => wrap(text, width));
  return texts.length === 0 ? [nothing] : texts;
}
