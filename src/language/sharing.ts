/** Gives for a value the first one that was equal to it, so that equal ones are there once. */
export type Share = <Value>(value: Value) => Value;

/**
 * Shares plain data in all its parts: of a thousand tests most statements are equal to some other, position
 * and all. Nobody may change what was shared. All of it stays as long as the function does.
 */
export function sharing(): Share {
  const numbers = new Map<unknown, number>();
  const texts = new Map<string, string>();
  const firsts = new Map<string, unknown>();
  const numberOf = (value: unknown): number => {
    const before = numbers.get(value);
    if (before !== undefined) return before;
    const number = numbers.size;
    numbers.set(value, number);
    return number;
  };
  const shareText = (text: string): string => {
    const before = texts.get(text);
    if (before !== undefined) return before;
    const copy = copyOf(text);
    texts.set(copy, copy);
    return copy;
  };
  const share = (value: unknown): unknown => {
    if (typeof value === 'string') return shareText(value);
    if (typeof value !== 'object' || value === null || numbers.has(value)) return value;
    const form = formOf(value);
    if (form === undefined) return value;
    const parts = form.parts.map(share);
    // Numbers in place of the parts, which may have any characters in them.
    const key = `${form.name} ${parts.map(numberOf).join(' ')}`;
    const before = firsts.get(key);
    if (before !== undefined) return before;
    const made = form.madeOf(parts);
    firsts.set(key, made);
    return made;
  };
  return (value) => share(value) as typeof value;
}

/** A text that was cut out of a longer one keeps all of that in memory. */
function copyOf(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}

/** A value's parts, and how it is made of them. */
interface Form {
  readonly name: string;
  readonly parts: readonly unknown[];
  readonly madeOf: (parts: readonly unknown[]) => unknown;
}

/** Undefined of what is not plain data. */
function formOf(value: object): Form | undefined {
  const same = () => value;
  if (Array.isArray(value)) return { name: 'array', parts: value, madeOf: (parts) => parts };
  if (value instanceof Map) return { name: 'map', parts: [...value].flat(), madeOf: same };
  if (value instanceof Set) return { name: 'set', parts: [...value], madeOf: same };
  if (value instanceof Uint8Array)
    return { name: 'bytes', parts: [Buffer.from(value).toString('latin1')], madeOf: same };
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const keys = Object.keys(value);
  return {
    name: 'object',
    parts: [...keys, ...Object.values(value)],
    // A copy, and not an object made anew, has no more room than it needs.
    madeOf: (parts) =>
      Object.assign(
        { ...value },
        Object.fromEntries(keys.map((key, index) => [key, parts[keys.length + index]])),
      ),
  };
}
