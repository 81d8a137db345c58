/** A test or a part of one, with every `at` taken out: what a test means does not hang on where it stood. */
export function withoutPositions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPositions);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'at');
  return Object.fromEntries(entries.map(([key, part]) => [key, withoutPositions(part)]));
}
