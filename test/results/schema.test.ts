import { expect, test } from 'vitest';
import { errataSchema } from '../../src/results/errata.ts';
import { resultsSchema } from '../../src/results/schema.ts';
import { problemOf } from '../../src/results/document-check.ts';
import { pathOf, replacedAt } from './edit.ts';
import { sampleDocument } from './sample-document.ts';

test.each([
  ['results', resultsSchema],
  ['errata', errataSchema],
])(
  'the published JSON Schema of %s is the one they are read by (renew it with "vitest -u")',
  async (name, schema) => {
    const published = new URL(`../../results/fencepost-${name}.schema.json`, import.meta.url).pathname;
    await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(published);
  },
);

test('every object of the schema refuses fields it does not know', () => {
  const objects: string[] = [];
  const loose: string[] = [];
  const visit = (schema: unknown, path: string) => {
    if (schema === null || typeof schema !== 'object') return;
    const { type, additionalProperties } = schema as { type?: unknown; additionalProperties?: unknown };
    if (type === 'object') objects.push(path);
    if (type === 'object' && additionalProperties !== false) loose.push(path);
    for (const [key, value] of Object.entries(schema)) visit(value, `${path}/${key}`);
  };
  visit(resultsSchema, '');
  expect(loose).toEqual([]);
  expect(objects.length).toBeGreaterThan(15);
});

test('a session as it is kept is a valid document', () => {
  expect(problemOf(sampleDocument)).toBeUndefined();
});

const [firstRun] = sampleDocument.rows[0]?.runs ?? [];
const [firstPlan] = sampleDocument.plans;

test.each<[string, string, unknown, string]>([
  ['an unknown field', 'rows.0.verdit', 'seen', 'rows[0]: unknown field "verdit"'],
  ['a missing field', 'rows.1.test.digest', undefined, 'rows[1].test: the field "digest" is missing'],
  [
    'an unknown word',
    'rows.0.verdict',
    'proved',
    'rows[0].verdict: expected one of violation, seen, upheld, unseen, inconclusive, invalid, not-run, found "proved"',
  ],
  ['a text for a number', 'plans.0.group', '16', 'plans[0].group: expected integer, found "16"'],
  ['a list for an object', 'session', [], 'session: expected object, found an array'],
  ['null', 'machine.cpu.model', null, 'machine.cpu.model: expected string, found null'],
  ['a negative count', 'rows.0.witnesses', -1, 'rows[0].witnesses: must be >= 0, found -1'],
  [
    'a number beyond 2^53',
    'rows.0.iterations',
    2 ** 60,
    'rows[0].iterations: must be <= 9007199254740991, found 1152921504606847000',
  ],
  [
    'a seed that is no number',
    'session.seed',
    'random',
    'session.seed: must match pattern "^\\d+$", found "random"',
  ],
  [
    'an observable called __proto__',
    'rows.0.runs.0.outcomes.0.values',
    JSON.parse('{"__proto__": "1"}'),
    'rows[0].runs[0].outcomes[0].values: unknown field "__proto__"',
  ],
  ['two plans of one name', 'plans', [firstPlan, firstPlan], 'plans: two have the same name'],
  ['a run of no plan', 'rows.2.runs.0.plan', 'x', 'rows[2].runs[0].plan: no plan is named "x"'],
  ['a control of no plan', 'rows.2.controls.0.plan', 'x', 'rows[2].controls[0].plan: no plan is named "x"'],
  [
    'a lost outcome',
    'rows.0.runs.0.outcomes',
    firstRun?.outcomes.slice(0, 1),
    'rows[0].runs[0].outcomes: 8192, but its outcomes add up to 1000',
  ],
  [
    'a lost block',
    'rows.0.runs.0.blocks',
    firstRun?.blocks.slice(0, 1),
    'rows[0].runs[0].iterations: 8192, but its blocks add up to 4096',
  ],
  [
    'a witness too many in a block',
    'rows.0.runs.0.blocks.0.witnesses',
    601,
    'rows[0].runs[0].witnesses: 1000, but its blocks add up to 1001',
  ],
  ['more witnesses than iterations', 'rows.1.witnesses', 9000, 'rows[1].witnesses: more than the iterations'],
  [
    'an observation that the counts deny',
    'rows.0.observation',
    'Never',
    'rows[0].observation: Never, but the counts say Sometimes',
  ],
  [
    'iterations that no run had',
    'rows.2.iterations',
    5000,
    'rows[2].iterations: 5000, but the valid runs add up to 4096',
  ],
])('%s is found', (_, path, value, problem) => {
  const edited = replacedAt(sampleDocument, pathOf(path), value);
  expect(problemOf(edited)).toBe(problem);
});

test('counts of an invalid run need not add up', () => {
  const edited = replacedAt(sampleDocument, pathOf('rows.2.runs.1.iterations'), 12);
  expect(problemOf(edited)).toBeUndefined();
});
