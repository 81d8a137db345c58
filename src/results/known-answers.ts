/** What the models answered in earlier runs, so that later ones have their time for running. */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/schema';
import type { Opinion } from '../judge/opinion.ts';
import type { KnownAnswers } from '../judge/opinions.ts';
import { sharing } from '../language/sharing.ts';
import type { Target } from '../lower/target.ts';
import { reasonOf } from './results-error.ts';
import { strictObject } from './schema-parts.ts';
import { writeWhole } from './write.ts';

/** JSON, but no results: nothing that reads a folder of them is to take it for some. */
export const answersFileName = 'answers.cache';

/** Some megabytes; the oldest go first. */
const mostAnswers = 10_000;

const opinionSchema = strictObject({
  model: Type.String(),
  observation: Type.Enum(['Never', 'Sometimes', 'Always']),
  allowed: Type.Array(Type.String()),
});

const answersSchema = strictObject({
  format: Type.Literal('fencepost-answers'),
  by: Type.String({ description: 'SHA-256 of what answered: our code and models, and the target.' }),
  answers: Type.Record(
    Type.String(),
    strictObject({ kernel: opinionSchema, architecture: Type.Optional(opinionSchema) }),
  ),
});

type KeptOpinion = Static<typeof opinionSchema>;

const compiled = Compile(answersSchema);

/** The answers that a results folder keeps, by question; `keep` puts down those that were added. */
export interface KeptAnswers {
  readonly answers: KnownAnswers;
  /** Returns a sentence where they could not be kept, which costs later runs time alone. */
  readonly keep: () => string | undefined;
}

/** Those for this target, given by this very program; none where nothing, or nothing readable, is kept. */
export function answersIn(folder: string, target: Target): KeptAnswers {
  const path = join(folder, answersFileName);
  const by = answererDigest(target);
  const answers = readAnswers(path, by);
  const before = answers.size;
  return { answers, keep: () => (answers.size === before ? undefined : writeAnswers(path, by, answers)) };
}

function readAnswers(path: string, by: string): KnownAnswers {
  if (!existsSync(path)) return new Map();
  try {
    const kept: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!compiled.Check(kept) || kept.by !== by) return new Map();
    const share = sharing();
    return new Map(
      Object.entries(kept.answers).map(([key, { kernel, architecture }]) => [
        key,
        share({
          kernel: opinionOf(kernel),
          ...(architecture === undefined ? {} : { architecture: opinionOf(architecture) }),
        }),
      ]),
    );
  } catch {
    // Nothing is lost but time: all is asked again.
    return new Map();
  }
}

function writeAnswers(path: string, by: string, answers: KnownAnswers): string | undefined {
  try {
    writeWhole(path, printed(by, answers));
    return undefined;
  } catch (error) {
    return `Cannot write ${path}: ${reasonOf(error)}. The models will be asked again.`;
  }
}

function* printed(by: string, answers: KnownAnswers): Generator<string> {
  yield `{"format":"fencepost-answers","by":${JSON.stringify(by)},"answers":{`;
  for (const [place, [key, { kernel, architecture }]] of [...answers].slice(-mostAnswers).entries()) {
    const kept = {
      kernel: keptOpinion(kernel),
      ...(architecture === undefined ? {} : { architecture: keptOpinion(architecture) }),
    };
    yield `${place === 0 ? '' : ','}${JSON.stringify(key)}:${JSON.stringify(kept)}`;
  }
  yield '}}\n';
}

function opinionOf({ model, observation, allowed }: KeptOpinion): Opinion {
  return { model, observation, problem: undefined, allowed: new Set(allowed) };
}

function keptOpinion({ model, observation, allowed }: Opinion) {
  return { model, observation, allowed: [...(allowed ?? [])] };
}

/** A change to any file that takes part in an answer makes another answerer. */
function answererDigest({ architecture, variant }: Target): string {
  const code = fileURLToPath(new URL('..', import.meta.url));
  const models = fileURLToPath(new URL('../../src/model/models/', import.meta.url));
  const digest = createHash('sha256').update(JSON.stringify([architecture, variant]));
  for (const [folder, pattern] of [
    [code, '{language,strategy,lower,model}/**/*.{js,ts}'],
    [models, '*.cat'],
  ] as const) {
    for (const file of globSync(pattern, { cwd: folder }).toSorted())
      digest.update(file).update(readFileSync(join(folder, file)));
  }
  return digest.digest('hex');
}
