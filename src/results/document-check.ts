import { Compile, type Validator } from 'typebox/schema';
import { planDigest } from './digests.ts';
import { quoted } from './results-error.ts';
import { resultsSchema, type ResultsDocument, type Row, type Run } from './schema.ts';

const compiled = Compile(resultsSchema);

/** Why a value is no results document of this version, as `where: what`; undefined if it is one. */
export function problemOf(value: unknown): string | undefined {
  return schemaProblem(compiled, value) ?? inconsistency(value as ResultsDocument);
}

/** The first way in which a value breaks a schema, as `where: what was expected, what was found`. */
export function schemaProblem(validator: Validator, value: unknown): string | undefined {
  if (validator.Check(value)) return undefined;
  // "boolean" repeats what "additionalProperties" says of the object that holds the field.
  const [, errors] = validator.Errors(value);
  const error = errors.find(({ keyword }) => keyword !== 'boolean');
  if (error === undefined) return 'the document: not as the schema has it';
  const found = at(value, error.instancePath);
  const where = readablePath(error.instancePath);
  switch (error.keyword) {
    case 'additionalProperties':
      return `${where}: unknown field ${quoted(error.params.additionalProperties[0])}`;
    case 'required':
      return `${where}: the field ${quoted(error.params.requiredProperties[0])} is missing`;
    case 'enum':
      return `${where}: expected one of ${error.params.allowedValues.join(', ')}, found ${quoted(found)}`;
    case 'const':
      return `${where}: expected ${quoted(error.params.allowedValue)}, found ${quoted(found)}`;
    case 'type':
      return `${where}: expected ${[error.params.type].flat().join(' or ')}, found ${quoted(found)}`;
    default:
      return `${where}: ${error.message}, found ${quoted(found)}`;
  }
}

function segmentsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function at(value: unknown, pointer: string): unknown {
  return segmentsOf(pointer).reduce<unknown>(
    (inside, segment) =>
      inside !== null && typeof inside === 'object'
        ? (inside as Record<string, unknown>)[segment]
        : undefined,
    value,
  );
}

/** `/rows/3/test/name` as `rows[3].test.name`. */
function readablePath(pointer: string): string {
  const path = segmentsOf(pointer)
    .map((segment) =>
      /^\d+$/.test(segment) ? `[${segment}]` : /^\w+$/.test(segment) ? `.${segment}` : `[${quoted(segment)}]`,
    )
    .join('')
    .replace(/^\./, '');
  return path === '' ? 'the document' : path;
}

/** Where the numbers of a document do not add up; an edited file, or a fault of the writer. */
function inconsistency(document: ResultsDocument): string | undefined {
  const plans = new Set(document.plans.map(({ name }) => name));
  if (plans.size < document.plans.length) return 'plans: two have the same name';
  const changed = document.plans.findIndex(
    ({ digest, ...plan }) => digest !== undefined && digest !== planDigest(plan),
  );
  if (changed !== -1) return `plans[${changed}].digest: not that of the plan's parameters`;
  for (const [index, row] of document.rows.entries()) {
    const problem = rowInconsistency(row, plans);
    if (problem !== undefined) return `rows[${index}]${problem}`;
  }
  return undefined;
}

function rowInconsistency(row: Row, plans: ReadonlySet<string>): string | undefined {
  for (const [index, control] of row.controls.entries()) {
    if (!plans.has(control.plan)) return `.controls[${index}].plan: no plan is named ${quoted(control.plan)}`;
  }
  for (const [index, run] of row.runs.entries()) {
    const problem = plans.has(run.plan)
      ? runInconsistency(run)
      : `.plan: no plan is named ${quoted(run.plan)}`;
    if (problem !== undefined) return `.runs[${index}]${problem}`;
  }
  if (row.witnesses > row.iterations) return '.witnesses: more than the iterations';
  const often = row.witnesses === 0 ? 'Never' : row.witnesses === row.iterations ? 'Always' : 'Sometimes';
  if (row.observation !== often) return `.observation: ${row.observation}, but the counts say ${often}`;
  // A row that repeats the numbers of identical code has no runs of its own.
  if (row.sameCodeAs !== undefined && row.runs.length === 0) return undefined;
  const valid = row.runs.filter(({ invalid }) => invalid === undefined);
  return (
    mismatch(
      '.iterations',
      row.iterations,
      'the valid runs',
      valid.map(({ iterations }) => iterations),
    ) ??
    mismatch(
      '.witnesses',
      row.witnesses,
      'the valid runs',
      valid.map(({ witnesses }) => witnesses),
    )
  );
}

function runInconsistency(run: Run): string | undefined {
  if (run.invalid !== undefined) return undefined;
  if (run.witnesses > run.iterations) return '.witnesses: more than the iterations';
  return (
    mismatch('.outcomes', run.iterations + run.filtered, 'its outcomes', [
      ...run.outcomes.map(({ count }) => count),
      run.other ?? 0,
    ]) ??
    mismatch(
      '.iterations',
      run.iterations,
      'its blocks',
      run.blocks.map(({ iterations }) => iterations),
    ) ??
    mismatch(
      '.witnesses',
      run.witnesses,
      'its blocks',
      run.blocks.map(({ witnesses }) => witnesses),
    )
  );
}

function mismatch(
  where: string,
  stated: number,
  parts: string,
  counts: readonly number[],
): string | undefined {
  const sum = counts.reduce((total, count) => total + count, 0);
  return sum === stated ? undefined : `${where}: ${stated}, but ${parts} add up to ${sum}`;
}
