import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Answer } from '../../src/judge/opinion.ts';
import type { Target } from '../../src/lower/target.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { answersFileName, answersIn } from '../../src/results/known-answers.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-answers-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const [lse, llsc] = [targetFor('arm64', 'lse'), targetFor('arm64', 'llsc')];
if (lse === undefined || llsc === undefined) throw new Error('no target');

const opinion = (model: string, allowed: readonly string[]) => ({
  model,
  observation: 'Never' as const,
  problem: undefined,
  allowed: new Set(allowed),
});
const answers = new Map<string, Answer>([
  ['a', { kernel: opinion('LKMM', ['[]', '[["x","1"]]']), architecture: opinion('arm64', ['[]']) }],
  ['b', { kernel: opinion('LKMM', []) }],
]);

function keptIn(where: string, target: Target): string | undefined {
  const kept = answersIn(where, target);
  for (const [key, answer] of answers) kept.answers.set(key, answer);
  return kept.keep();
}

test('answers are read back as they were kept', () => {
  keptIn(folder, lse);
  expect(answersIn(folder, lse).answers).toEqual(answers);
});

test('answers about the code of another target are not taken', () => {
  keptIn(folder, lse);
  expect(answersIn(folder, llsc).answers).toEqual(new Map());
});

test('answers that another program gave, or that are damaged, are asked for again', () => {
  expect(answersIn(folder, lse).answers).toEqual(new Map());
  keptIn(folder, lse);
  const path = join(folder, answersFileName);
  const text = readFileSync(path, 'utf8');
  for (const other of [
    text.replace(/"by":"./, '"by":"-'),
    text.slice(0, -10),
    text.replace('Never', 'Seldom'),
  ]) {
    expect(other).not.toBe(text);
    writeFileSync(path, other);
    expect(answersIn(folder, lse).answers).toEqual(new Map());
  }
});

test('a folder that cannot be written to is told, and stops nothing', () => {
  const path = join(folder, 'none');
  expect(keptIn(path, lse)).toBe(
    `Cannot write ${join(path, answersFileName)}: there is no such file or folder. The models will be asked again.`,
  );
});
