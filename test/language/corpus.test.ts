import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { printLitmus } from '../../src/language/printer.ts';
import { withoutPositions } from './without-positions.ts';

const corpus = process.env['LITMUS_CORPUS'];
const reason = corpus === undefined ? ' (skipped: LITMUS_CORPUS is not set)' : '';
const files = corpus === undefined ? [] : globSync('**/*.litmus', { cwd: corpus });

describe.skipIf(corpus === undefined)(`the files of the corpus${reason}`, () => {
  test('are there', () => {
    expect(files).not.toHaveLength(0);
  });

  test.each(files)('%s reads, and prints back to the same test', (file) => {
    const parsed = parseLitmus(readFileSync(join(corpus ?? '', file), 'utf8'), file);
    const printed = printLitmus(parsed);
    const again = parseLitmus(printed, file);
    expect(withoutPositions(again)).toEqual(withoutPositions(parsed));
    expect(printLitmus(again)).toBe(printed);
  });
});
