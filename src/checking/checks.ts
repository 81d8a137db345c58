/** A test under a model, as a list of calls: it is read, varied by strategies, and checked as C or as machine code. */

import { architectures, isArchitecture, type Architecture } from '../architecture.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import { parseLitmus } from '../language/parser.ts';
import { suggestion } from '../language/nearest.ts';
import { LitmusSyntaxError } from '../language/syntax-error.ts';
import { readTestFile, TestFileError } from '../language/test-files.ts';
import { programOf } from '../lower/events.ts';
import { LoweringError } from '../lower/lower.ts';
import { targetFor } from '../lower/targets.ts';
import { CatError } from '../model/cat/cat-error.ts';
import type { LinkedModel } from '../model/cat/linked.ts';
import { checkProgram, CheckTimeout, type CheckLimits, type CheckResult } from '../model/check.ts';
import { kernelProgram } from '../model/kernel-program.ts';
import { readKernelModel } from '../model/kernel-tree.ts';
import { ModelError } from '../model/model-error.ts';
import {
  architectureModel,
  architectureModelNames,
  kernelModelNames,
  ownKernelModel,
} from '../model/models.ts';
import type { Program } from '../model/program.ts';
import { explain } from '../model/refusal.ts';
import type { CheckOutcome, CheckRow, Decided } from '../report/check.ts';
import { variantsOf, type Refusal, type Variant } from '../strategy/strategies.ts';

/** What a user asks of a check; every default is filled in. */
export interface CheckRequest {
  /** Own models by name, or paths of a kernel's. */
  readonly models: readonly string[];
  readonly strategies: readonly string[];
  /** For one test under one model; explanations have as much again. */
  readonly timeoutMs: number;
  readonly explain: boolean;
}

/** A model that does not exist. */
export class UnknownModelError extends Error {
  override readonly name = 'UnknownModelError';
}

/** A model with what a test is to it. */
export interface NamedModel {
  readonly name: string;
  readonly linked: LinkedModel;
  /** @throws ModelError, LoweringError */
  readonly programOf: (test: LitmusTest) => Program;
  /** Whether a file's `Result:` speaks of this model. */
  readonly isOfResult: boolean;
}

export const ownModelNames: readonly string[] = [
  ...kernelModelNames,
  ...architectures.map((architecture) => architectureModelNames[architecture]),
];

/**
 * A model by the name that a user gives it.
 * @throws UnknownModelError, ModelFileError, CatError
 */
export function modelNamed(name: string): NamedModel {
  const kernel = kernelModelNames.find((own) => own === name);
  if (kernel !== undefined) {
    const { linked, macros } = ownKernelModel(kernel);
    return { name, linked, programOf: (test) => kernelProgram(test, macros), isOfResult: kernel === 'lkmm' };
  }
  const architecture = architectureNamed(name);
  if (architecture !== undefined) return ofArchitecture(architecture);
  if (!/[/.]/.test(name)) {
    throw new UnknownModelError(
      `There is no model "${name}"${suggestion(name, ownModelNames) || '.'} Choose among ${ownModelNames.join(', ')}, or give the path of a kernel's tools/memory-model or of a .cat file.`,
    );
  }
  const { linked, macros } = readKernelModel(name);
  return { name, linked, programOf: (test) => kernelProgram(test, macros), isOfResult: true };
}

function architectureNamed(name: string): Architecture | undefined {
  return isArchitecture(name)
    ? name
    : architectures.find((architecture) => architectureModelNames[architecture] === name);
}

function ofArchitecture(architecture: Architecture): NamedModel {
  const target = targetFor(architecture);
  if (target === undefined) throw new Error(`${architecture} has no target`);
  return {
    name: architectureModelNames[architecture],
    linked: architectureModel(architecture),
    programOf: (test) => programOf(test, target),
    isOfResult: false,
  };
}

/** One check that is to be done. */
export interface Check {
  readonly variant: Variant;
  readonly model: NamedModel;
}

/** A test's checks: its variants, each under every model. */
export interface TestChecks {
  readonly file: string;
  readonly source: string;
  readonly test: LitmusTest;
  readonly checks: readonly Check[];
  /** Strategies that do not apply. */
  readonly refused: readonly Refusal[];
}

/** @throws LitmusSyntaxError, TestFileError, UnknownStrategyError */
export function checksOf(
  file: string,
  strategies: readonly string[],
  models: readonly NamedModel[],
): TestChecks {
  const source = readTestFile(file);
  const test = parseLitmus(source, file);
  const { variants, refused } = variantsOf(test, strategies);
  const checks = variants.flatMap((variant) => models.map((model) => ({ variant, model })));
  return { file, source, test, checks, refused };
}

/** Does one check. What goes wrong is told in the row. */
export function checkRow(
  { file, source, test: written }: Pick<TestChecks, 'file' | 'source' | 'test'>,
  { variant: { strategy, test }, model }: Check,
  request: Pick<CheckRequest, 'timeoutMs' | 'explain'>,
): CheckRow {
  const about = { file, test: test.name, strategy, model: model.name, condition: test.condition };
  const outcome = outcomeOf(test, model, request, (result) =>
    strategy === 'kernel' && model.isOfResult ? contradicted(written, source, result) : undefined,
  );
  return { ...about, outcome };
}

function outcomeOf(
  test: LitmusTest,
  { linked, programOf: program }: NamedModel,
  request: Pick<CheckRequest, 'timeoutMs' | 'explain'>,
  contradiction: (result: CheckResult) => Decided['contradicted'],
): CheckOutcome {
  const limits: CheckLimits = { timeoutMs: request.timeoutMs };
  try {
    const asProgram = program(test);
    const result = checkProgram(test, asProgram, linked, limits);
    const { states, positive, negative, observation, met, flags, elapsedMs } = result;
    return {
      kind: 'decided',
      states,
      positive,
      negative,
      observation,
      met,
      flags,
      elapsedMs,
      explanation: request.explain ? explain(test, asProgram, linked, result, limits) : undefined,
      contradicted: contradiction(result),
    };
  } catch (error) {
    if (error instanceof CheckTimeout) {
      return { kind: 'timeout', timeoutMs: request.timeoutMs, executions: error.executions };
    }
    if (error instanceof ModelError) {
      return { kind: 'no-meaning', reason: `${error.message} (line ${error.at.line})` };
    }
    if (error instanceof LoweringError) return { kind: 'no-meaning', reason: error.message };
    if (error instanceof CatError) return { kind: 'model-error', message: error.message };
    return { kind: 'failed', message: `A mistake of fencepost's own, please report it: ${stackOf(error)}` };
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const observations: ReadonlySet<string> = new Set(['Never', 'Sometimes', 'Always']);

/**
 * What the file's `Result:` says where that is wrong. As the kernel's scripts have it, a data race that
 * the file owns up to (`Result: Sometimes DATARACE`) must be there, and forgives the rest.
 */
function contradicted(
  { header }: LitmusTest,
  source: string,
  { observation, flags }: CheckResult,
): Decided['contradicted'] {
  const lines = source.split(/\r?\n/);
  const index = lines.findIndex((text) => /^\W*Result:/.test(text));
  const line = index === -1 ? undefined : index + 1;
  const predictsRace = /\bDATARACE\b/.test(lines[index] ?? '');
  const races = flags.includes('data-race');
  if (predictsRace) return races ? undefined : { line, result: `${header.result ?? ''} DATARACE`.trim() };
  const { result } = header;
  if (result === undefined || !observations.has(result) || result === observation) return undefined;
  return { line, result };
}

/** Whether an error is in what the user wrote and not in the test that happens to be read. */
export const isUnreadable = (error: unknown): error is Error =>
  error instanceof LitmusSyntaxError || error instanceof TestFileError;
