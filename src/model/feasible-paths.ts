/**
 * Leaves out paths that no execution can take: where everything that is ever written to a location is a
 * constant, as in a lock, a path must find one of those there that meets what it asks of its read.
 */

import { readsOf, type Path, type Program, type Value } from './program.ts';

export function withFeasiblePaths(program: Program): Program {
  const contents = knownContents(program);
  const threads = program.threads.map((paths) => paths.filter((path) => isFeasible(path, contents)));
  return { ...program, threads };
}

/** What a location may ever hold, by address, where that is known. */
type Contents = ReadonlyMap<bigint, ReadonlySet<bigint>>;

function knownContents({ locations, threads }: Program): Contents {
  const contents = new Map(locations.map(({ address, initial }) => [address, new Set([initial])]));
  const writes = threads.flatMap((paths) =>
    paths.flatMap(({ events }) => events.filter(({ kind }) => kind === 'write')),
  );
  for (const { address, value } of writes) {
    // It may be anywhere.
    if (address?.kind !== 'constant') return new Map();
    if (value?.kind === 'constant') contents.get(address.value)?.add(value.value);
    else contents.delete(address.value);
  }
  return contents;
}

function isFeasible({ events, conditions }: Path, contents: Contents): boolean {
  const byRead = new Map<number, Value[]>();
  for (const condition of conditions) {
    const [read, ...others] = readsOf(condition);
    if (read === undefined || others.length > 0) continue;
    byRead.set(read, [...(byRead.get(read) ?? []), condition]);
  }
  return [...byRead].every(([read, asked]) => {
    const event = events[read];
    const address = event?.kind === 'read' ? event.address : undefined;
    const possible = address?.kind === 'constant' ? contents.get(address.value) : undefined;
    return (
      possible === undefined ||
      [...possible].some((content) => asked.every((condition) => valueWith(condition, content) !== 0n))
    );
  });
}

/** A value that depends on one read only, where that returns `content`. */
function valueWith(value: Value, content: bigint): bigint {
  switch (value.kind) {
    case 'constant':
      return value.value;
    case 'read':
      return content;
    case 'computed':
      return value.compute(...value.inputs.map((input) => valueWith(input, content)));
  }
}
