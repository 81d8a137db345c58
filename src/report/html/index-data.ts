import { basename, dirname } from 'node:path';
import { rateToBeSeen, type Cell } from '../../evidence/comparison-cell.ts';
import { documentsOf } from '../../evidence/comparison-columns.ts';
import type { Overview } from '../../evidence/overview.ts';
import type { TestFile } from '../../language/test-files.ts';
import { columnCaveats } from '../comparison-words.ts';
import {
  verdictLetters,
  type CellColumns,
  type CellVerdict,
  type MachineData,
  type PageIndex,
} from './page-data.ts';

/** What the heat map shows. @param sources the test of each, where it is at hand. */
export function indexData(
  { columns, tests }: Overview,
  sources: readonly (TestFile | undefined)[],
): Omit<PageIndex, 'leftOut'> {
  return {
    machines: columns.map((column): MachineData => ({
      name: column.name,
      architecture: documentsOf(column)[0]?.machine.architecture,
      standing: column.standing,
      caveats: columnCaveats(column),
    })),
    tests: tests.map(({ label, role, file }, index) => ({
      name: label,
      question: sources[index]?.test.header.question,
      folder: folderOf(file ?? sources[index]?.file),
      control: role === 'control',
    })),
    rows: tests.flatMap(({ rows }, test) => rows.map(({ strategies }) => ({ test, strategies }))),
    cells: cellColumns(tests.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells))),
  };
}

function folderOf(file: string | undefined): string {
  const folder = file === undefined ? '' : basename(dirname(file));
  return folder === '.' ? '' : folder;
}

function cellColumns(cells: readonly (Cell | undefined)[]): CellColumns {
  const rated = cells.flatMap((cell) =>
    cell?.rate === undefined ? [] : [{ ...cell.rate, toBeSeen: rateToBeSeen(cell, cell.rate) }],
  );
  return {
    verdicts: cells.map((cell) => verdictLetters[verdictOf(cell)]).join(''),
    same: cells.map((cell) => (cell?.sameCodeAs === undefined ? '.' : '=')).join(''),
    rated: cells.map((cell) => (cell?.rate === undefined ? '0' : '1')).join(''),
    sightings: rated.map(({ sightings }) => sightings),
    iterations: rated.map(({ iterations }) => iterations),
    low: rated.map(({ low }) => threeDigits(low)),
    high: rated.map(({ sightings, high, toBeSeen }) => threeDigits(sightings === 0 ? toBeSeen : high)),
  };
}

function verdictOf(cell: Cell | undefined): CellVerdict {
  if (cell === undefined) return 'absent';
  if (cell.verdict !== undefined) return cell.verdict;
  return cell.rate === undefined ? 'not-run' : 'counted';
}

export function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}
