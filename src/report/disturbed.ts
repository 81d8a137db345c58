import type { Row } from '../results/schema.ts';
import { disturbances, disturbancesIn } from '../run/disturbance.ts';

/** How many of a session's blocks were disturbed, and by what; undefined where none was. */
export function disturbedText(rows: readonly Row[]): string | undefined {
  const blocks = rows.flatMap(({ runs }) => runs.flatMap((run) => run.blocks));
  const disturbed = blocks.flatMap((block) => block.disturbed ?? []);
  if (disturbed.length === 0) return undefined;
  const kinds = disturbances.flatMap((kind) => {
    const count = disturbed.filter((sentence) => disturbancesIn(sentence).includes(kind)).length;
    return count === 0 ? [] : [`${kind} ${count}`];
  });
  return (
    `${disturbed.length} of ${blocks.length} blocks were disturbed (${kinds.join(', ')}): ` +
    "their counts are kept, but rates are lower than the machine's."
  );
}
