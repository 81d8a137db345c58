/**
 * The name by which other tools, and their logs, know a test under a strategy. Not with `+`, for MP under atomics
 * is not the test MP+atomics; nor with `@`, for klitmus7 makes C names of these.
 */
export function klitmusName(test: string, strategy: string): string {
  return strategy === 'kernel' ? test : `${test}--${strategy.replace('@', '-')}`;
}
