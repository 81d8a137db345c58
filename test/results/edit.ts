/** A path into a JSON value, from the outside in. */
export type Path = readonly (string | number)[];

/** `rows.0.test` as a path. */
export function pathOf(text: string): Path {
  return text.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

/** Paths to a JSON value and to every value inside it. */
export function pathsIn(value: unknown): Path[] {
  if (value === null || typeof value !== 'object') return [[]];
  const inside = Object.entries(value).flatMap(([key, item]) => {
    const step: Path = [Array.isArray(value) ? Number(key) : key];
    return pathsIn(item).map((path) => step.concat(path));
  });
  return [[], ...inside];
}

/** A copy of a JSON value with another value at a path; undefined there takes the field away. */
export function replacedAt(value: unknown, path: Path, item: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return item;
  if (Array.isArray(value)) {
    return value.map((one: unknown, index) => (index === key ? replacedAt(one, rest, item) : one));
  }
  const { [key]: before, ...others } = value as Record<string, unknown>;
  return rest.length === 0 && item === undefined
    ? others
    : { ...others, [key]: replacedAt(before, rest, item) };
}
