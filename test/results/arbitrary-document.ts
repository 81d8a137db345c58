import * as fc from 'fast-check';
import { planDigest } from '../../src/results/digests.ts';
import { resultsSchema, type ResultsDocument, type Row, type Run } from '../../src/results/schema.ts';

/** Documents that the schema admits and whose numbers add up. */
export const arbitraryDocument: fc.Arbitrary<ResultsDocument> = admittedBy(
  resultsSchema as unknown as JsonSchema,
).map((value) => addUp(value as ResultsDocument));

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly anyOf?: readonly JsonSchema[];
}

/** Any value that a schema of the kinds used here admits. */
function admittedBy(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(admittedBy));
  if (schema.patternProperties !== undefined) {
    const [[pattern, value]] = Object.entries(schema.patternProperties) as [[string, JsonSchema]];
    const key = fc
      .oneof(fc.constantFrom('x', 'vendor'), fc.stringMatching(/^(\d:)?[a-z]+(\[\d\])?$/))
      .filter((name) => new RegExp(pattern).test(name));
    return fc.dictionary(key, admittedBy(value), { maxKeys: 3, noNullPrototype: true });
  }
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {});
      return fc.record(Object.fromEntries(properties.map(([key, value]) => [key, admittedBy(value)])), {
        requiredKeys: [...(schema.required ?? [])],
        noNullPrototype: true,
      });
    }
    case 'array':
      return fc.array(admittedBy(schema.items as JsonSchema), {
        minLength: schema.minItems ?? 0,
        maxLength: schema.maxItems ?? 3,
      });
    case 'string':
      return schema.pattern === undefined
        ? fc.string({ unit: 'binary', maxLength: 12 })
        : fc.stringMatching(new RegExp(schema.pattern));
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: 1_000_000_000 });
    case 'number':
      return fc.double({
        min: schema.minimum ?? 0,
        max: schema.maximum ?? Number.MAX_VALUE,
        noNaN: true,
      });
    case 'boolean':
      return fc.boolean();
    default:
      throw new Error(`no values are known for ${JSON.stringify(schema)}`);
  }
}

function addUp(document: ResultsDocument): ResultsDocument {
  const plans = document.plans.map(({ digest, ...plan }, index) => ({
    ...plan,
    name: `${index} ${plan.name}`,
    ...(digest === undefined ? {} : { digest: planDigest(plan) }),
  }));
  const plan = plans[0]?.name;
  return { ...document, plans, rows: document.rows.map((row) => addUpRow(row, plan)) };
}

function addUpRow(row: Row, plan: string | undefined): Row {
  const runs = plan === undefined ? [] : row.runs.map((run) => addUpRun({ ...run, plan }));
  const valid = runs.filter(({ invalid }) => invalid === undefined);
  const iterations = sum(valid.map((run) => run.iterations));
  const witnesses = sum(valid.map((run) => run.witnesses));
  return {
    ...row,
    runs,
    iterations,
    witnesses,
    observation: witnesses === 0 ? 'Never' : witnesses === iterations ? 'Always' : 'Sometimes',
    controls: plan === undefined ? [] : row.controls.map((control) => ({ ...control, plan })),
  };
}

function addUpRun(run: Run): Run {
  const counted = sum([...run.outcomes.map(({ count }) => count), run.other ?? 0]);
  const filtered = Math.floor(counted / 4);
  const iterations = run.blocks.length === 0 ? 0 : counted - filtered;
  const witnesses = Math.floor(iterations / 3);
  return {
    ...run,
    iterations,
    filtered: counted - iterations,
    witnesses,
    blocks: run.blocks.map((block, index) =>
      index === 0 ? { ...block, iterations, witnesses } : { ...block, iterations: 0, witnesses: 0 },
    ),
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
