import { sightings } from '../judge/expectation.ts';
import { sightingsToFire, type ControlReport } from '../judge/verdict.ts';
import { ranInStead, rowIndex } from '../results/row-index.ts';
import type { Row } from '../results/schema.ts';

export type ControlState = Pick<ControlReport, 'name' | 'state'>;

/**
 * What became of each control that vouches for something in a session. It may have fired under a plan that no
 * test it vouches for has, such as in lanes: a weakness of its kind would have been seen there.
 */
export function controlStates(rows: readonly Row[]): readonly ControlState[] {
  const index = rowIndex(rows);
  const hasFired = (name: string): boolean => {
    const row = index.get(name);
    return (
      row !== undefined &&
      ranInStead(row, index)
        .runs.filter(({ invalid }) => invalid === undefined)
        .some((run) => sightings(row.expectation.event, run) >= sightingsToFire)
    );
  };
  return rows.flatMap(({ controls }) =>
    controls.map(({ name, state }) => ({ name, state: hasFired(name) ? 'fired' : state })),
  );
}
