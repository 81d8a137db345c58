import type { LitmusTest } from '../language/litmus-test.ts';

/** What a strategy makes of a test, or why it has nothing to do there: a sentence for the user. */
export type Rewrite =
  | {
      readonly kind: 'variant';
      readonly test: LitmusTest;
      /** What the reader should know of this variant, a sentence each. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'not-applicable'; readonly reason: string };

/** A way to write the same test with other barriers. */
export interface Strategy {
  readonly name: string;
  /** What it does, for listings: one sentence without its full stop. */
  readonly sentence: string;
  readonly rewrite: (test: LitmusTest) => Rewrite;
}

export function variant(test: LitmusTest, notes: readonly string[] = []): Rewrite {
  return { kind: 'variant', test, notes };
}

export function notApplicable(reason: string): Rewrite {
  return { kind: 'not-applicable', reason };
}
