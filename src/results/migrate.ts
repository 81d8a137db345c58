/**
 * Brings results documents of earlier versions to the present one. What an earlier version did not
 * record is left empty, never made up.
 */

type Json = Readonly<Record<string, unknown>>;

/** The step from each version to the next. */
const steps: Readonly<Record<number, (document: Json) => Json>> = {
  /** Before the models were asked: no answers of theirs, and no findings. Start delays were told in ticks. */
  1: (document) => ({
    ...document,
    version: 2,
    findings: [],
    plans: listOf(document['plans']).map((plan) => withDelayInNs(plan, nsPerTickOf(document))),
    rows: listOf(document['rows']).map(withoutModels),
  }),
};

/** The document in the present version, if its own is an earlier one; anything else as it is. */
export function migrated(document: unknown, present: number): unknown {
  let current = document;
  for (;;) {
    const version = versionOf(current);
    const step = version === undefined || version >= present ? undefined : steps[version];
    if (step === undefined) return current;
    current = step(current as Json);
  }
}

function versionOf(document: unknown): number | undefined {
  const version = (document as { version?: unknown } | null)?.version;
  return typeof version === 'number' ? version : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Of the time base of the machine; 1, the order of it on x86, where its rate was not recorded. */
function nsPerTickOf({ machine }: Json): number {
  const { timeBase } = (machine ?? {}) as { timeBase?: { ticksPerSecond?: unknown } };
  const rate = timeBase?.ticksPerSecond;
  return typeof rate === 'number' && rate > 0 ? 1e9 / rate : 1;
}

function withDelayInNs(plan: unknown, nsPerTick: number): unknown {
  if (typeof plan !== 'object' || plan === null || !('startDelayTicks' in plan)) return plan;
  const { startDelayTicks, digest: _, ...rest } = plan as Json;
  return { ...rest, startDelayNs: Math.round(Number(startDelayTicks) * nsPerTick) };
}

function withoutModels(row: unknown): unknown {
  if (typeof row !== 'object' || row === null || !('expectation' in row)) return row;
  const { expectation } = row;
  if (typeof expectation !== 'object' || expectation === null) return row;
  return { ...row, expectation: { ...expectation, models: [] } };
}
