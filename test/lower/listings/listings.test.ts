import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../../src/language/parser.ts';
import { cellLayout, leastSpacing } from '../../../src/lower/layout.ts';
import { lower, LoweringError } from '../../../src/lower/lower.ts';
import type { ListedInstruction, ThreadCode } from '../../../src/lower/machine-code.ts';
import { lowerPerpetual } from '../../../src/lower/perpetual.ts';
import { targets } from '../../../src/lower/targets.ts';
import { findBinutils } from '../encodings/binutils.ts';
import { targetName } from '../target-name.ts';

/** Sources whose perpetual form has a golden file, too. */
const perpetual: ReadonlySet<string> = new Set(['store-buffering.litmus']);

/** What a listing shows of lowered code. */
interface Listed {
  readonly threads: readonly Pick<ThreadCode, 'bytes' | 'listing'>[];
}

const folder = new URL('.', import.meta.url).pathname;
const sources = readdirSync(folder)
  .filter((file) => file.endsWith('.litmus'))
  .map((file) => ({ file, text: readFileSync(folder + file, 'utf8') }));

describe.each(targets.map((target) => ({ target, name: targetName(target) })))(
  'listings for $name',
  ({ target, name }) => {
    const lowered = sources.map(({ file, text }) => {
      const parsed = parseLitmus(text, file);
      const layout = cellLayout(parsed, 'split', leastSpacing(parsed, 'split'), 64);
      return { file, text, code: () => orRefusal(() => lower(parsed, target, layout)) };
    });
    for (const { file, text } of sources.filter((source) => perpetual.has(source.file))) {
      const parsed = parseLitmus(text, file);
      const form = file.replace('.litmus', '-perpetual.litmus');
      lowered.push({ file: form, text, code: () => orRefusal(() => lowerPerpetual(parsed, target)) });
    }

    test.each(lowered)('$file becomes the code in its golden file', async ({ file, text, code }) => {
      const golden = file.replace('.litmus', `.${name.replace(' ', '-')}.txt`);
      const lines = text.split('\n');
      const made = code();
      await expect(typeof made === 'string' ? made : listingOf(made, lines)).toMatchFileSnapshot(golden);
    });

    const binutils = findBinutils(target.architecture);
    const problem = 'missing' in binutils ? binutils.missing : undefined;
    const reason = problem === undefined ? '' : ` (skipped: ${problem})`;

    test.skipIf(problem).each(lowered)(`$file reads the same to objdump${reason}`, ({ code }) => {
      if ('missing' in binutils) return;
      const made = code();
      for (const { bytes, listing } of typeof made === 'string' ? [] : made.threads) {
        const disassembled = [...binutils.disassemble(bytes, 0)];
        expect(disassembled).toEqual(listing.map(({ offset, text }) => [offset, text]));
      }
    });
  },
);

/** The code, or why this target has none. */
function orRefusal(lowering: () => Listed): Listed | string {
  try {
    return lowering();
  } catch (error) {
    if (error instanceof LoweringError) return `refused: ${error.message}\n`;
    throw error;
  }
}

function listingOf({ threads }: Listed, source: readonly string[]): string {
  return threads
    .map(({ listing }, index) => `P${index}\n${listing.map((line) => `${lineOf(line, source)}\n`).join('')}`)
    .join('\n');
}

function lineOf(
  { offset, bytes, text, role, sourceLine }: ListedInstruction,
  source: readonly string[],
): string {
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const origin = sourceLine === undefined ? role : `${sourceLine}: ${source[sourceLine - 1]?.trim()}`;
  return `${offset.toString(16).padStart(4)}: ${hex.padEnd(22)} ${text.padEnd(38)} ${origin}`;
}
