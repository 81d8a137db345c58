import { architectures, type Architecture } from '../../architecture.ts';
import type { LitmusTest } from '../../language/litmus-test.ts';
import { cellLayout, leastSpacing } from '../../lower/layout.ts';
import { lower, LoweringError } from '../../lower/lower.ts';
import { targetFor } from '../../lower/targets.ts';
import type { ListingData, TestText } from './page-data.ts';

/** A test's text beside its code on every architecture. @param source the text of its file. */
export function testText(test: LitmusTest, source: string): TestText {
  return {
    lines: source.trimEnd().split(/\r?\n/),
    listings: architectures.map((architecture) => listing(test, architecture)),
  };
}

function listing(test: LitmusTest, architecture: Architecture): ListingData {
  const target = targetFor(architecture);
  if (target === undefined) return { architecture, problem: 'no code is generated for it', threads: [] };
  try {
    const layout = cellLayout(test, 'packed', leastSpacing(test, 'packed'), 1);
    const { threads } = lower(test, target, layout);
    return {
      architecture,
      problem: undefined,
      threads: threads.map(({ listing: lines }) =>
        lines
          .filter(({ role }) => role === 'body')
          .map(({ sourceLine, text }) => [sourceLine ?? null, text] as const),
      ),
    };
  } catch (error) {
    if (!(error instanceof LoweringError)) throw error;
    return { architecture, problem: error.message, threads: [] };
  }
}
