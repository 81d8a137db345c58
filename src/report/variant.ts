import { createTwoFilesPatch } from 'diff';
import type { LitmusTest } from '../language/litmus-test.ts';
import { printLitmus } from '../language/printer.ts';
import type { Variant, Variants } from '../strategy/strategies.ts';

/** Every strategy of a test with what it changes, and those that do not apply with the reason. */
export function variantsText(test: LitmusTest, { variants, refused }: Variants): string {
  return [
    ...variants.map((variant) => `${heading(variant)}\n${changes(test, variant)}`),
    ...refused.map(({ strategy, reason }) => `${strategy} does not apply: ${reason}`),
  ].join('\n\n');
}

/** A variant as a `.litmus` file that other tools read, with what was changed in its comment. */
export function variantText(test: LitmusTest, variant: Variant): string {
  const text = [heading(variant), ...changes(test, variant).split('\n')].map(inComment);
  const header = { ...variant.test.header, text: [...variant.test.header.text, '', ...text] };
  return printLitmus({ ...variant.test, header }).trimEnd();
}

function heading({ strategy, sentence, notes }: Variant): string {
  return [`${strategy}: ${sentence}`, ...notes].join('\n');
}

const contextLines = 1;

function changes(test: LitmusTest, variant: Variant): string {
  const bare = (of: LitmusTest) => printLitmus({ ...of, header: { ...of.header, result: undefined } });
  const patch = createTwoFilesPatch('', '', bare(test), bare(variant.test), '', '', {
    context: contextLines,
  });
  const lines = patch.split('\n').filter((line) => /^[-+ @]/.test(line) && !/^(---|\+\+\+)/.test(line));
  return lines.length === 0 ? '  (as written)' : lines.map((line) => `  ${line}`).join('\n');
}

/** `(*` would open a comment within the comment. */
function inComment(line: string): string {
  return line.replaceAll('(*', '( *').replaceAll('*)', '* )');
}
