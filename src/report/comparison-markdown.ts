import stringWidth from 'string-width';
import type { ComparedCell, ComparedRow, Comparison } from '../evidence/comparison.ts';
import type { Column } from '../evidence/comparison-columns.ts';
import {
  changeWord,
  columnCaveats,
  columnScore,
  columnFacts,
  comparisonNotes,
  headline,
  rateWord,
  ratioWithCounts,
  rowName,
  sectionsOf,
  standingWord,
  verdictWord,
} from './comparison-words.ts';
import { printable } from './printable.ts';
import { shortCount } from './quantity.ts';

/**
 * A comparison as GitHub's Markdown, for a pull request. Whatever comes from a file stands in a code
 * span, where neither HTML nor Markdown nor a name of a user means anything.
 */
export function comparisonMarkdown(comparison: Comparison): string {
  const { columns } = comparison;
  const head = ['test and strategy', ...columns.map(heading)];
  const sections = sectionsOf(comparison).flatMap(({ title, plain, rows }) => {
    const lines = table([head, ...rows.map((row) => rowCells(row, columns))]);
    // What does not differ is folded away.
    return plain && columns.length > 1
      ? ['', '<details>', `<summary>${title} (${rows.length})</summary>`, '', ...lines, '', '</details>']
      : ['', `### ${title} (${rows.length})`, '', ...lines];
  });
  const machines = columns.flatMap((column) => [
    `- ${code(printable(column.name))}: ${code(columnFacts(column))}`,
    ...[...columnCaveats(column), columnScore(column) ?? []]
      .flat()
      .map((sentence) => `  - ${code(sentence)}`),
  ]);
  const violations = comparison.rows.flatMap((row) =>
    row.cells.flatMap((cell, index) =>
      cell?.verdict === 'violation'
        ? [
            `- ${code(rowName(row))} on ${code(printable(columns[index]?.name ?? ''))}: violation: ${code(printable(cell.reason ?? ''))}`,
          ]
        : [],
    ),
  );
  const notes = comparisonNotes(comparison).map(
    (note) => `- ${isForeign(note) ? code(note) : note.replaceAll('<', '&lt;')}`,
  );
  return [`**${headline(comparison)}**`, ...sections, '', ...machines, ...violations, '', ...notes].join(
    '\n',
  );
}

/** Notes that quote a file: findings and names of tests. */
function isForeign(note: string): boolean {
  return /^(?:false Result|broken chain|Not one test|CPUs of )/.test(note);
}

function heading(column: Column): string {
  const mark = standingWord(column);
  return `${code(printable(column.name))}${mark === undefined ? '' : ` (${mark})`}`;
}

function rowCells(row: ComparedRow, columns: readonly Column[]): readonly string[] {
  return [
    code(rowName(row)),
    ...row.cells.map((cell, index) => {
      const column = columns[index];
      return cell === undefined || column === undefined ? '' : cellText(cell, column, row);
    }),
  ];
}

/** `seen 1000/8192, 0.12 [0.1, 0.15], 2.0x [1.8, 2.2] real` */
function cellText(cell: ComparedCell, column: Column, row: ComparedRow): string {
  const word = verdictWord(cell, column);
  const shown = word === 'violation' ? '**violation**' : word;
  if (cell.iterations === 0) return shown;
  const counts = `${shortCount(cell.sightings)}/${shortCount(cell.iterations)}`;
  return [
    `${shown} ${counts}`,
    rateWord(cell).replace('<', '&lt;'),
    [ratioWithCounts(cell, row).replace('>', '&gt;'), changeWord(cell).replace('>', '&gt;')]
      .filter((part) => part !== '')
      .join(' '),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** A code span: its fence is longer than any run of backticks inside. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const padding = /^`|`$/.test(text) ? ' ' : '';
  return `${fence}${padding}${text === '' ? ' ' : text}${padding}${fence}`;
}

/** Lines of a Markdown table whose columns also line up as plain text; a bar, even in a code span, would end a cell. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map((text) => text.replaceAll('|', String.raw`\u{7c}`)));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => stringWidth(row[column] ?? ''))),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text + ' '.repeat((widths[column] ?? 0) - stringWidth(text))).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(Math.max(3, width)))), ...body.map(line)];
}
