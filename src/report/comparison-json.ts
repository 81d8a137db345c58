import type { Comparison } from '../evidence/comparison.ts';
import { documentsOf, leftOutOf, scoreOf, type Column } from '../evidence/comparison-columns.ts';

/**
 * A comparison for programs. Cells are in the order of the columns, null where a column does not have the
 * row; a number that is not known is left out. The layout changes only with `version`.
 */
export function comparisonJson(comparison: Comparison): string {
  const { by, columns, rows, otherVersions, distances } = comparison;
  const document = {
    format: 'fencepost-comparison',
    version: 1,
    by,
    columns: columns.map(columnJson),
    rows,
    otherVersions,
    distances,
  };
  return JSON.stringify(document, undefined, 1);
}

function columnJson(column: Column) {
  const [first] = documentsOf(column);
  return {
    name: column.name,
    standing: column.standing,
    architecture: first?.machine.architecture,
    variant: first?.target.variant,
    cpu: first?.machine.cpu.model,
    score: scoreOf(column),
    leftOut: leftOutOf(column),
    sessions: column.sessions.map((session) => ({
      file: session.file,
      kind: session.kind,
      ...(session.kind === 'results'
        ? { startedAt: session.document.session.startedAt, tool: session.document.tool }
        : {}),
    })),
  };
}
