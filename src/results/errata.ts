/** What is no longer to be believed of results that were published: lists that readers of results honour. */

import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/schema';
import { schemaProblem } from './document-check.ts';
import { readWhole } from './read.ts';
import { quoted, ResultsError } from './results-error.ts';
import { digest, instant, strictObject, type Plain } from './schema-parts.ts';

export const errataFormat = 'fencepost-errata';
export const errataVersion = 1;
/** The name of such a file. */
export const errataName = 'errata.json';

const erratumSchema = Type.Object(
  {
    date: Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}$',
      description: 'When it was found out: year, month, day.',
    }),
    reason: Type.String({
      pattern: '^[^\\p{Cc}]+$',
      maxLength: 1000,
      description: 'One sentence, without its full stop.',
    }),
    results: Type.Optional(digest('Of a results file as it is published (sha256sum).')),
    test: Type.Optional(digest("A row's test.digest: every strategy of it.")),
    variant: Type.Optional(digest("A row's variantDigest.")),
    code: Type.Optional(digest("A row's codeDigest.")),
    plan: Type.Optional(digest("A plan's digest: the runs under it.")),
    before: Type.Optional(instant('Only of sessions that started before.')),
  },
  {
    description: 'What has all of the digests that are named is not believed. One is named at least.',
    additionalProperties: false,
    anyOf: ['results', 'test', 'variant', 'code', 'plan'].map((name) => ({ required: [name] })),
  },
);

/** The errata document. Its JSON Schema is results/fencepost-errata.schema.json, written from here. */
export const errataSchema = Type.Object(
  {
    format: Type.Literal(errataFormat),
    version: Type.Literal(errataVersion),
    errata: Type.Array(erratumSchema),
  },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Fencepost errata',
    description: 'Results that are no longer to be believed, and why.',
    additionalProperties: false,
  },
);

export type Erratum = Plain<Static<typeof erratumSchema>>;

const compiled = Compile(strictObject(errataSchema.properties));

/**
 * The errata that a text lists.
 * @param name how errors call it.
 * @throws ResultsError naming the place in it and what was expected there.
 */
export function parseErrata(text: string, name: string): readonly Erratum[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ResultsError(`${name} is not a valid list of errata: it is not JSON, or was cut short.`);
  }
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== errataFormat) {
    throw new ResultsError(
      `${name} is not a list of errata: its "format" is ${quoted(format)}, not "${errataFormat}".`,
    );
  }
  if (typeof version === 'number' && version > errataVersion) {
    throw new ResultsError(
      `${name} has version ${version} of the errata format; this Fencepost reads up to version ${errataVersion}: use a newer one.`,
    );
  }
  const problem = schemaProblem(compiled, value);
  if (problem !== undefined) throw new ResultsError(`${name} is not a valid list of errata: ${problem}.`);
  return (value as { errata: readonly Erratum[] }).errata;
}

/** The project's own list, as it came with this version of the tool. */
export const ownErrata = fileURLToPath(new URL(`../../results/${errataName}`, import.meta.url));

/**
 * The errata that apply to a results file: the project's own, and those beside the file and in the folder
 * above, where `results/<machine>/` has its list.
 * @throws ResultsError where one of the lists cannot be read: nothing is believed on the strength of a list
 *   that is damaged.
 */
export function errataFor(file: string, own = ownErrata): readonly Erratum[] {
  const folder = dirname(resolve(file));
  const lists = [own, join(folder, errataName), join(dirname(folder), errataName)].filter((list) =>
    existsSync(list),
  );
  return [...new Set(lists.map((list) => realpathSync(list)))].flatMap((list) =>
    parseErrata(readWhole(list), list),
  );
}
