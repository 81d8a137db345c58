import type { ComparedRow, Comparison } from '../evidence/comparison.ts';
import { layOut, rowLines, wrap, type Column as TextColumn } from './columns.ts';
import {
  columnCaveats,
  columnScore,
  columnFacts,
  comparisonNotes,
  headline,
  rateWord,
  ratioWithCounts,
  rowName,
  sectionsOf,
  shortRatioWord,
  verdictWord,
} from './comparison-words.ts';
import { printable } from './printable.ts';
import { shortCount } from './quantity.ts';

const indent = '  ';

const details: readonly TextColumn[] = [
  { title: '', align: 'left' },
  { title: 'verdict', align: 'left' },
  { title: 'rate', align: 'left' },
  { title: 'iterations', align: 'right', dispensable: 1 },
  { title: 'ratio', align: 'left', grow: true },
];

/** A comparison for a terminal: columns have letters, rows that differ a line a column, the rest a matrix. */
export function comparisonText(comparison: Comparison, width: number): string {
  const { columns } = comparison;
  const sections = sectionsOf(comparison).flatMap(({ title, plain, rows }) => [
    '',
    `${title} (${rows.length})`,
    '',
    ...(plain ? matrix(rows, comparison, width) : rowsInDetail(rows, comparison, width)),
  ]);
  const legend = columns.flatMap((column, index) => {
    const letter = letterOf(index);
    return [
      ...wrap(`${letter}: ${printable(column.name)}`, width),
      ...[columnFacts(column), ...columnCaveats(column), columnScore(column) ?? []]
        .flat()
        .flatMap((sentence) => wrap(sentence, width - indent.length))
        .map((line) => indent + line),
    ];
  });
  const notes = comparisonNotes(comparison).flatMap((note) => wrap(note, width));
  return [...wrap(headline(comparison), width), ...sections, '', ...legend, '', ...notes].join('\n');
}

function rowsInDetail(
  rows: readonly ComparedRow[],
  { columns }: Comparison,
  width: number,
): readonly string[] {
  const cells = rows.map((row) =>
    row.cells.flatMap((cell, index) => {
      const column = columns[index];
      if (cell === undefined || column === undefined) return [];
      return [
        [
          letterOf(index),
          verdictWord(cell, column),
          rateWord(cell),
          cell.iterations === 0 ? '' : shortCount(cell.iterations),
          index === row.reference ? '' : ratioWithCounts(cell, row),
        ],
      ];
    }),
  );
  const layout = layOut(details, cells.flat(), width - indent.length);
  const head = rowLines(
    layout,
    details.map(({ title }) => title),
  );
  return [
    ...head.map((line) => indent + line),
    ...rows.flatMap((row, index) => [
      ...wrap(rowName(row), width),
      ...(cells[index] ?? []).flatMap((line) => rowLines(layout, line)).map((line) => indent + line),
    ]),
  ];
}

const narrowestName = 24;
const gap = 2;

/** Verdict and rate alone; as many columns at once as there is room for. */
function matrix(rows: readonly ComparedRow[], { columns }: Comparison, width: number): readonly string[] {
  const words = columns.map((column, index) => ({
    letter: letterOf(index),
    cells: rows.map((row) => {
      const cell = row.cells[index];
      if (cell === undefined) return '';
      const rate = cell.rate === undefined ? '' : (rateWord(cell).split(' ')[0] ?? '');
      return [verdictWord(cell, column), rate, shortRatioWord(cell)].filter((word) => word !== '').join(' ');
    }),
  }));
  const widest = words.flatMap(({ cells }) => cells).reduce((most, cell) => Math.max(most, cell.length), 1);
  const atOnce = Math.max(1, Math.floor((width - narrowestName) / (widest + gap)));
  const starts = Array.from({ length: Math.ceil(words.length / atOnce) }, (_, index) => index * atOnce);
  return starts.flatMap((start) => {
    const shown = words.slice(start, start + atOnce);
    const lines = rows.map((row, index) => [rowName(row), ...shown.map(({ cells }) => cells[index] ?? '')]);
    const titles: readonly TextColumn[] = [
      { title: 'test and strategy', align: 'left', grow: true },
      ...shown.map(({ letter }): TextColumn => ({ title: letter, align: 'left' })),
    ];
    const layout = layOut(titles, lines, width);
    const head = rowLines(
      layout,
      titles.map(({ title }) => title),
    );
    return [...(start === 0 ? [] : ['']), ...head, ...lines.flatMap((line) => rowLines(layout, line))];
  });
}

/** A, B, … Z, AA, AB, … */
function letterOf(index: number): string {
  const before = Math.floor(index / 26);
  return (before === 0 ? '' : letterOf(before - 1)) + String.fromCharCode(65 + (index % 26));
}
