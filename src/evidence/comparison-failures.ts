import type { ComparedCell, Comparison } from './comparison.ts';

/** What a comparison can be asked to fail on. */
export const failures = ['violation', 'difference', 'inconclusive'] as const;
export type Failure = (typeof failures)[number];

/** A cell that fails, and why. */
export interface FailedCell {
  readonly cell: ComparedCell;
  readonly failure: Failure;
  readonly sentence: string;
}

/**
 * The cells that fail on what is named. A violation fails on an emulator too, where it says that our own
 * code is wrong; the others ask for evidence. Of a difference it is the cell that differs from the
 * reference, and one whose code is refused.
 */
export function failuresOf({ rows, columns }: Comparison, failOn: readonly Failure[]): readonly FailedCell[] {
  return rows.flatMap((row) =>
    row.cells.flatMap((cell, index): FailedCell[] => {
      if (cell === undefined) return [];
      const evidence = columns[index]?.standing !== 'emulated';
      const reference = row.reference === undefined ? undefined : row.cells[row.reference];
      const sentences: Readonly<Record<Failure, string | undefined>> = {
        violation: cell.verdict === 'violation' ? `violation: ${cell.reason}` : undefined,
        difference: evidence && reference !== undefined ? differenceOf(cell, reference) : undefined,
        inconclusive:
          evidence && cell.verdict === 'inconclusive' ? `inconclusive: ${cell.reason}` : undefined,
      };
      const failure = failures.find((one) => failOn.includes(one) && sentences[one] !== undefined);
      return failure === undefined ? [] : [{ cell, failure, sentence: sentences[failure] ?? '' }];
    }),
  );
}

/** How a cell differs from the row's reference; undefined where it does not. */
function differenceOf(cell: ComparedCell, reference: ComparedCell): string | undefined {
  if (cell === reference) return undefined;
  if (cell.code === 'other') return 'its machine code differs';
  if (cell.code === 'several') return 'its machine code differs between sessions';
  if (!cell.compared) return undefined;
  const [verdict, other] = [cell.verdict, reference.verdict];
  if (verdict !== undefined && other !== undefined && verdict !== other) {
    return `${verdict}, not ${other} as in the first column`;
  }
  const [seen, otherSeen] = [cell.sightings > 0, reference.sightings > 0];
  if (seen !== otherSeen) return seen ? 'seen, but not in the first column' : 'seen in the first column only';
  return cell.ratio?.real === true ? 'its rate differs from that of the first column' : undefined;
}
