import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { suiteFolder } from '../language/test-files.ts';
import { otherChoices } from '../plan/placement.ts';
import type { MachineIdentity } from '../results/machine-schema.ts';
import { RecordedFileError } from '../results/recorded-files.ts';
import { ResultsError } from '../results/results-error.ts';
import type { Tool } from '../results/schema.ts';
import {
  emptyTuning,
  placesOf,
  readTuning,
  tuningPath,
  withFamilies,
  writeTuning,
  type Tuning,
} from '../results/tuning-file.ts';
import type { TunedFamily } from '../results/tuning-file.ts';
import { leastFamilyMs, tune, type TuneRequest } from './tune.ts';
import { bestAt, entriesAt, tunedPlans, type TunedPlans } from './tuned-plans.ts';

/** `none`: the portable plans alone. `automatic`: what is kept for this machine. Else a file. */
export type TuningChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'automatic' }
  | { readonly kind: 'file'; readonly path: string };

export interface TuningRequest extends Omit<TuneRequest, 'budgetMs' | 'progress'> {
  readonly choice: TuningChoice;
  readonly machine: MachineIdentity;
  readonly tool: Tool;
  readonly resultsFolder: string;
  /** What a run may spend on families it has not met; undefined: nothing. */
  readonly budgetMs: number | undefined;
  readonly notice: (sentence: string) => void;
}

/** Of a run's time, what may go into tuning. */
export const tuningShare = 0.1;

const noPlans: TunedPlans = () => [];

/** Where tunings that are evidence are kept, a folder per machine. */
const committedFolder = join(suiteFolder, '..', 'results');

/**
 * The tuned plans of a run: those kept for this machine and, where a run has time for it, those found now
 * for controls that it has not met, which are kept for the next. Says what it took, and what it could not.
 * @throws RecordedFileError where a file was named that is not this machine's tuning: nothing stands in for it.
 */
export async function tuningFor(request: TuningRequest): Promise<TunedPlans> {
  const { choice, machine, families } = request;
  if (choice.kind === 'none') return noPlans;
  if (choice.kind === 'file') return plansIn(namedTuning(choice.path, machine), request);
  // What an emulator makes fast is no matter of this machine.
  if (families.length === 0 || machine.emulation !== undefined) return noPlans;
  const kept = keptTuning(request);
  return plansIn(withFamilies(kept, await tuneNow(request, kept)), request);
}

/** The plans that a tuning has for these controls, and a sentence about them. */
function plansIn(tuning: Tuning, { choice, families, place, placeAs, notice }: TuningRequest): TunedPlans {
  const inUse = families
    .map((family) =>
      bestAt(tuning, family, place(family.threads).class).filter(
        ({ placement }) => placement === undefined || placeAs(family.threads, placement) !== undefined,
      ),
    )
    .filter((plans) => plans.length > 0);
  if (inUse.length === 0) {
    if (choice.kind === 'file')
      notice(
        `${choice.path} has no plan of their own for the controls of these tests: they run under the portable ones.`,
      );
  } else {
    const elsewhere = new Set(inUse.flat().flatMap(({ placement }) => placement ?? []));
    const places = elsewhere.size === 0 ? '' : ` (some with threads placed as ${[...elsewhere].join(', ')})`;
    notice(
      `Tuned for this machine: ${inUse.length} of ${families.length} groups of controls have a plan of their own${places}, beside the portable ones (--tuning none does without).`,
    );
  }
  return tunedPlans(tuning, families);
}

/** A search that found nothing better in so long, or among so many, is over; before that, the next run goes on with it. */
const settledMs = 3000;
const settledPlans = 60;

function isSettled({ best, spentMs, tried }: TunedFamily): boolean {
  return best !== undefined || spentMs >= settledMs || tried.length >= settledPlans;
}

/** @throws RecordedFileError */
function namedTuning(path: string, machine: MachineIdentity): Tuning {
  try {
    return readTuning(path, machine);
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    throw new RecordedFileError(`--tuning: ${error.message}`);
  }
}

/** What is kept of earlier tunings: this machine's committed and fresh ones. */
function keptTuning({ machine, tool, resultsFolder, notice }: TuningRequest): Tuning {
  const paths = [...new Set([committedFolder, resultsFolder])]
    .map((folder) => tuningPath(folder, machine))
    .filter((path) => existsSync(path));
  return paths.reduce(
    (tuning, path) => {
      try {
        return withFamilies(tuning, readTuning(path, machine).families);
      } catch (error) {
        if (!(error instanceof ResultsError)) throw error;
        notice(`Tuning not used: ${error.message} The portable plans stand in.`);
        return tuning;
      }
    },
    emptyTuning(machine, tool),
  );
}

async function tuneNow(request: TuningRequest, kept: Tuning): Promise<Tuning['families']> {
  const { budgetMs, machine, resultsFolder, notice, place, placeAs } = request;
  const families = request.families.filter((family) => {
    const usual = place(family.threads);
    const choices = otherChoices(family.threads, usual, placeAs);
    const isSearched = (entry: TunedFamily) =>
      isSettled(entry) && choices.every((choice) => entry.placements?.includes(choice));
    const known = entriesAt(kept, family, usual.class).some(isSearched);
    return family.threads > 1 && !usual.oversubscribed && !known;
  });
  if (budgetMs === undefined || families.length === 0) return [];
  if (budgetMs < leastFamilyMs) return [];
  notice(
    `Looking for the plans under which ${families.length} groups of controls fire most on this machine: ${(budgetMs / 1000).toFixed(1)} s of the time ("fencepost tune" takes longer and finds more).`,
  );
  const found: Tuning['families'][number][] = [];
  for await (const family of tune({ ...request, families, budgetMs, progress: () => {} })) {
    const before = kept.families.find(
      (entry) => entry.digest === family.digest && placesOf(entry) === placesOf(family),
    );
    found.push({ ...family, spentMs: family.spentMs + (before?.spentMs ?? 0) });
  }
  if (found.length === 0) return [];
  const path = tuningPath(resultsFolder, machine);
  keepFamilies(path, found, request);
  return found;
}

/** Adds families to the tuning in a file; what cannot be read there is set aside, not lost. */
export function keepFamilies(
  path: string,
  families: Tuning['families'],
  { machine, tool, notice }: Pick<TuningRequest, 'machine' | 'tool' | 'notice'>,
): Tuning {
  let before = emptyTuning(machine, tool);
  try {
    if (existsSync(path)) before = readTuning(path, machine);
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    const aside = `${path}.unread`;
    renameSync(path, aside);
    notice(`${error.message} It is kept as ${aside}.`);
  }
  const tuning = withFamilies({ ...before, tool }, families);
  writeTuning(path, tuning);
  return tuning;
}
