import type { ControlReport } from '../judge/verdict.ts';
import type { Entry } from './comparison-rows.ts';

/** A control beside a test under one plan, in all sessions of a cell. */
export interface CellControl {
  readonly name: string;
  /** As the first session that has it names it. */
  readonly plan: string;
  readonly sightings: number;
  /** N. */
  readonly iterations: number;
  /** What became of it, session by session. */
  readonly states: readonly ControlReport['state'][];
}

/** The controls of all entries, those of the same plan (its parameters and placement) together. */
export function controlsOver(entries: readonly Entry[]): readonly CellControl[] {
  const controls = new Map<string, CellControl>();
  for (const entry of entries) {
    if (entry.kind !== 'results') continue;
    for (const { name, plan, state, sightings, iterations } of entry.row.controls) {
      const key = JSON.stringify([name, entry.planKeys.get(plan) ?? plan]);
      const known = controls.get(key);
      controls.set(key, {
        name,
        plan: known?.plan ?? plan,
        sightings: sightings + (known?.sightings ?? 0),
        iterations: iterations + (known?.iterations ?? 0),
        states: [...(known?.states ?? []), state],
      });
    }
  }
  return [...controls.values()];
}
