/** What a user asked of CPUs cannot be done; the message says why, and what to do instead. */
export class CpuSelectionError extends Error {
  override readonly name = 'CpuSelectionError';
}

/** Above any CPU number Linux can have (NR_CPUS is at most 8192): keeps `0-4000000000` from filling the memory. */
const greatestCpu = 65535;

/**
 * Reads the kernel's CPU list notation, `0-3,8` (Documentation/admin-guide/cputopology.rst), keeping
 * the order in which it is written.
 * @throws CpuSelectionError naming the part that is wrong.
 */
export function parseCpuList(text: string): number[] {
  if (text.trim() === '')
    throw new CpuSelectionError('The CPU list is empty: write numbers and ranges, as in 0-3,8.');
  const cpus = new Set<number>();
  for (const part of text.split(',').map((piece) => piece.trim())) {
    for (const cpu of parsePart(part, text.trim())) {
      if (cpus.has(cpu)) throw new CpuSelectionError(`CPU ${cpu} is named twice in "${text.trim()}".`);
      cpus.add(cpu);
    }
  }
  return [...cpus];
}

function parsePart(part: string, whole: string): number[] {
  if (part === '') {
    throw new CpuSelectionError(`"${whole}" has an empty part: write numbers and ranges, as in 0-3,8.`);
  }
  const match = /^(\d+)(?:-(\d+))?$/.exec(part);
  if (match === null) {
    throw new CpuSelectionError(`"${part}" is neither a CPU number nor a range: write them as in 0-3,8.`);
  }
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  if (last < first) throw new CpuSelectionError(`The range ${part} runs backwards: write ${last}-${first}.`);
  if (last > greatestCpu) {
    throw new CpuSelectionError(
      `CPU ${match[2] ?? match[1]} is beyond the greatest possible, ${greatestCpu}.`,
    );
  }
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Prints CPUs in ascending order in the kernel's notation: `[8, 2, 1, 0]` gives `0-2,8`. */
export function formatCpuList(cpus: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const cpu of [...new Set(cpus)].toSorted((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range !== undefined && cpu === range.last + 1) range.last = cpu;
    else ranges.push({ first: cpu, last: cpu });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
