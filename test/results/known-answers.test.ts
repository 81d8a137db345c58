import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Answer } from '../../src/judge/opinion.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { answersFileName, keepAnswers, readAnswers } from '../../src/results/known-answers.ts';

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

test('answers are read back as they were kept', () => {
  keepAnswers(folder, lse, answers);
  expect(readAnswers(folder, lse)).toEqual(answers);
});

test('answers about the code of another target are not taken', () => {
  keepAnswers(folder, lse, answers);
  expect(readAnswers(folder, llsc)).toEqual(new Map());
});

test('answers that another program gave, or that are damaged, are asked for again', () => {
  expect(readAnswers(folder, lse)).toEqual(new Map());
  keepAnswers(folder, lse, answers);
  const path = join(folder, answersFileName);
  const text = readFileSync(path, 'utf8');
  for (const other of [
    text.replace(/"by":"./, '"by":"-'),
    text.slice(0, -10),
    text.replace('Never', 'Seldom'),
  ]) {
    expect(other).not.toBe(text);
    writeFileSync(path, other);
    expect(readAnswers(folder, lse)).toEqual(new Map());
  }
});

test('a folder that cannot be written to is told, and stops nothing', () => {
  const path = join(folder, 'none');
  expect(keepAnswers(path, lse, answers)).toBe(
    `Cannot write ${join(path, answersFileName)}: there is no such file or folder. The models will be asked again.`,
  );
});
