import type { Cycle } from './cycle.ts';
import type { ProgramOrder } from './edges.ts';

/**
 * A test's name as diy7 makes it: its family's, then what stands between the accesses of each thread
 * (`MP+wmb+rmb`), once with an s where that is the same for all (`SB+mbs`), and not at all where it is
 * nothing (`SB`). Edges of one thread are joined by `-` (`SB+posR-pos`).
 */
export function cycleName(family: string, cycle: Cycle): string {
  const suffixes = cycle.flatMap(({ edges }) => (edges.length === 0 ? [] : [threadSuffix(edges)]));
  const [first = ''] = suffixes;
  if (suffixes.some((suffix) => suffix !== first)) return [family, ...suffixes].join('+');
  if (first === 'po' || (first === 'pos' && suffixes.length === 1)) return family;
  return `${family}+${first}${suffixes.length === 1 ? '' : 's'}`;
}

/** The access between two edges is named where neither of them tells its kind. */
function threadSuffix(edges: readonly ProgramOrder[]): string {
  return edges
    .map((edge, index) => {
      const next = edges[index + 1];
      const untold = next !== undefined && !tellsTarget(edge) && !tellsSource(next);
      return `${edge.ordering.suffix}${edge.location === 'same' ? 's' : ''}${untold ? edge.to : ''}`;
    })
    .join('-');
}

function tellsTarget({ ordering: { by } }: ProgramOrder): boolean {
  return by.kind === 'accesses' && by.release;
}

function tellsSource({ ordering: { by } }: ProgramOrder): boolean {
  return by.kind === 'dependency' || (by.kind === 'accesses' && by.acquire);
}
