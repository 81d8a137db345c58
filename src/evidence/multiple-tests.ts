/**
 * p-values of tests that are read together, each multiplied up so that one below 0.05 still means what it
 * says. Both keep the order of what they are given.
 */

/**
 * Holm's correction (Scandinavian Journal of Statistics 6, 1979): below 0.05 for any true null hypothesis
 * in at most 5 % of families, whatever the tests have to do with each other. For a claim about one cell.
 */
export function holm(probabilities: readonly number[]): readonly number[] {
  const adjusted = Array.from(probabilities, () => 1);
  let highest = 0;
  for (const [rank, index] of ascending(probabilities).entries()) {
    highest = Math.max(highest, Math.min(1, (probabilities.length - rank) * (probabilities[index] ?? 1)));
    adjusted[index] = highest;
  }
  return adjusted;
}

/**
 * Benjamini and Hochberg's correction (Journal of the Royal Statistical Society B 57, 1995): of those
 * below 0.05, at most 5 % are false on the average. For picking out of many cells those worth a look.
 */
export function benjaminiHochberg(probabilities: readonly number[]): readonly number[] {
  const adjusted = Array.from(probabilities, () => 1);
  let lowest = 1;
  for (const [fromEnd, index] of ascending(probabilities).toReversed().entries()) {
    const rank = probabilities.length - fromEnd;
    lowest = Math.min(lowest, (probabilities.length / rank) * (probabilities[index] ?? 1));
    adjusted[index] = lowest;
  }
  return adjusted;
}

/** Their indices, from the least to the greatest. */
function ascending(values: readonly number[]): readonly number[] {
  return values
    .map((value, index) => ({ value, index }))
    .toSorted((left, right) => left.value - right.value)
    .map(({ index }) => index);
}
