/** The candidate that `word` most likely misspells, or undefined where none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const distance = editDistance(word, candidate);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** `; did you mean 'x'?`, or nothing. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const found = nearest(word, candidates);
  return found === undefined ? '' : `; did you mean '${found}'?`;
}

/** Levenshtein's distance (insertions, deletions, replacements), in lower case. */
function editDistance(left: string, right: string): number {
  const [from, to] = [left.toLowerCase(), right.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const character of from) {
    const [corner = 0, ...above] = row;
    let diagonal = corner;
    let before = corner + 1;
    row = [before];
    for (const [index, over] of above.entries()) {
      before = Math.min(diagonal + (to[index] === character ? 0 : 1), over + 1, before + 1);
      diagonal = over;
      row.push(before);
    }
  }
  return row.at(-1) ?? 0;
}
