import { basename, dirname } from 'node:path';
import type { LeftOut } from '../results/believed.ts';
import type { MutationScore } from '../results/evidence-schema.ts';
import { machineName } from '../results/machine.ts';
import type { RecordedFile } from '../results/recorded-files.ts';
import type { ResultsDocument } from '../results/schema.ts';
import { controlStates } from './control-states.ts';
import { mutationScore } from './sensitivity.ts';

/** How far the files of a comparison are kept apart: a column for each machine, and each folder or session of it. */
export const granularities = ['machine', 'folder', 'session'] as const;
export type Granularity = (typeof granularities)[number];

/** What stands between the tests and bare hardware; nothing is known of another tool's log. */
export type Standing = 'bare' | 'virtual' | 'emulated' | 'unknown';

/** One column of a comparison: a machine, as it was in one session or in several. */
export interface Column {
  /** Unique in a comparison. */
  readonly name: string;
  readonly standing: Standing;
  readonly sessions: readonly RecordedFile[];
}

/** The documents of a column, of which another tool's log has none. */
export function documentsOf({ sessions }: Pick<Column, 'sessions'>): readonly ResultsDocument[] {
  return sessions.flatMap((session) => (session.kind === 'results' ? [session.document] : []));
}

/** What errata took out of a column, each erratum once. */
export function leftOutOf({ sessions }: Pick<Column, 'sessions'>): readonly LeftOut[] {
  const cells = new Map<string, LeftOut>();
  for (const session of sessions) {
    for (const one of session.kind === 'results' ? session.leftOut : []) {
      const key = JSON.stringify(one.erratum);
      cells.set(key, { ...one, cells: one.cells + (cells.get(key)?.cells ?? 0) });
    }
  }
  return [...cells.values()];
}

/** How much weakness a column's sessions could catch; undefined where no control vouches for anything. */
export function scoreOf(column: Pick<Column, 'sessions'>): MutationScore | undefined {
  const reports = documentsOf(column).flatMap(({ rows }) => controlStates(rows));
  return reports.length === 0 ? undefined : mutationScore(reports);
}

/**
 * Files as columns, in the order of the first file of each.
 * @param by without it, the first of machine, folder and session that gives more than one.
 */
export function columnsOf(
  files: readonly RecordedFile[],
  by?: Granularity,
): { readonly by: Granularity; readonly columns: readonly Column[] } {
  const chosen = by ?? granularities.find((one) => grouped(files, one).size > 1) ?? 'machine';
  const columns = [...grouped(files, chosen)].map(([name, sessions]) => ({
    name,
    standing: standingOf(sessions[0]),
    sessions,
  }));
  return { by: chosen, columns };
}

function grouped(files: readonly RecordedFile[], by: Granularity): Map<string, RecordedFile[]> {
  const names = namesOf(files, by);
  const groups = new Map<string, RecordedFile[]>();
  for (const [index, file] of files.entries()) {
    const name = names[index] ?? file.file;
    groups.set(name, [...(groups.get(name) ?? []), file]);
  }
  return groups;
}

function namesOf(files: readonly RecordedFile[], by: Granularity): readonly string[] {
  const bases = files.map(({ file }) => basename(file).replace(/\.(?:json|log|txt)$/, ''));
  const own = bases.map((base, index) =>
    bases.filter((other) => other === base).length === 1 ? base : (files[index]?.file ?? base),
  );
  return files.map((file, index) => {
    if (file.kind === 'litmus7' || by === 'session') return own[index] ?? file.file;
    const { machine, target } = file.document;
    const name = [machineName(machine), target.variant].filter((part) => part !== undefined).join(' ');
    return by === 'machine' ? name : `${name} in ${dirname(file.file)}`;
  });
}

function standingOf(file: RecordedFile | undefined): Standing {
  if (file?.kind !== 'results') return 'unknown';
  const { emulation, hypervisor } = file.document.machine;
  if (emulation !== undefined) return 'emulated';
  return hypervisor === undefined ? 'bare' : 'virtual';
}
