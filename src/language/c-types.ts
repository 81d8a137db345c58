import type { CType } from './litmus-test.ts';
import type { PointeeFamily } from './primitives.ts';

/** What a type of a litmus test is worth: bytes, sign, and which primitives are meant for it. */
export interface TypeFacts {
  readonly width: 4 | 8;
  readonly signed: boolean;
  readonly family: PointeeFamily;
}

const plain = (width: 4 | 8, signed: boolean): TypeFacts => ({ width, signed, family: 'plain' });

/** The types without `*`, by their canonical spelling; all five architectures are LP64. */
export const baseTypes: Readonly<Record<string, TypeFacts>> = {
  int: plain(4, true),
  'unsigned int': plain(4, false),
  long: plain(8, true),
  'unsigned long': plain(8, false),
  'long long': plain(8, true),
  'unsigned long long': plain(8, false),
  s32: plain(4, true),
  u32: plain(4, false),
  s64: plain(8, true),
  u64: plain(8, false),
  __s32: plain(4, true),
  __u32: plain(4, false),
  __s64: plain(8, true),
  __u64: plain(8, false),
  int32_t: plain(4, true),
  uint32_t: plain(4, false),
  int64_t: plain(8, true),
  uint64_t: plain(8, false),
  intptr_t: plain(8, true),
  uintptr_t: plain(8, false),
  ssize_t: plain(8, true),
  size_t: plain(8, false),
  atomic_t: { width: 4, signed: true, family: 'atomic' },
  atomic_long_t: { width: 8, signed: true, family: 'atomic' },
  atomic64_t: { width: 8, signed: true, family: 'atomic' },
  spinlock_t: { width: 4, signed: true, family: 'lock' },
  'struct srcu_struct': { width: 8, signed: true, family: 'srcu' },
};

/** The words that begin or make up a type's name, `struct` and `void` aside. */
export const typeWords: readonly string[] = [
  'signed',
  'unsigned',
  ...Object.keys(baseTypes).filter((name) => !name.includes(' ')),
];

/**
 * The canonical spelling of a base type written as these words (`long unsigned int` is
 * `unsigned long`), or undefined where they make no type.
 */
export function canonicalBase(words: readonly string[]): string | undefined {
  const [only] = words;
  if (words.length === 1 && only !== undefined && only in baseTypes) return only;
  const count = (word: string) => words.filter((candidate) => candidate === word).length;
  const [ints, longs, signeds, unsigneds] = [count('int'), count('long'), count('signed'), count('unsigned')];
  const known = ints + longs + signeds + unsigneds === words.length;
  if (!known || ints > 1 || longs > 2 || signeds + unsigneds > 1 || words.length === 0) return undefined;
  const magnitude = longs === 0 ? 'int' : Array.from({ length: longs }, () => 'long').join(' ');
  return unsigneds === 1 ? `unsigned ${magnitude}` : magnitude;
}

export const int: CType = { base: 'int', pointers: 0 };
export const long: CType = { base: 'long', pointers: 0 };

/** `void` itself, which has no values. */
export function isVoid(type: CType): boolean {
  return type.base === 'void' && type.pointers === 0;
}

export function pointerTo(type: CType): CType {
  return { base: type.base, pointers: type.pointers + 1 };
}

/**
 * What a pointer of this type points at. herd7 lets an integer hold an address: then the location
 * is of the same type.
 */
export function pointee(type: CType): CType {
  return type.pointers === 0 ? type : { base: type.base, pointers: type.pointers - 1 };
}

/** Bytes of a value of this type, which is also what its location takes: 4 or 8. */
export function widthOf(type: CType): 4 | 8 {
  return type.pointers > 0 ? 8 : factsOf(type).width;
}

/** Whether a value of this type is widened, divided, shifted right and compared as a signed number. */
export function isSigned(type: CType): boolean {
  return type.pointers === 0 && factsOf(type).signed;
}

/** Which primitives are meant for a location of this type. */
export function familyOf(type: CType): PointeeFamily {
  return type.pointers > 0 ? 'plain' : factsOf(type).family;
}

/** The type of the value in a location of this type: an `atomic_t` holds an int, an `atomic64_t` a long. */
export function valueType(location: CType): CType {
  if (familyOf(location) === 'plain') return location;
  return widthOf(location) === 8 ? long : int;
}

export function typeText(type: CType): string {
  return type.pointers === 0 ? type.base : `${type.base} ${'*'.repeat(type.pointers)}`;
}

function factsOf(type: CType): TypeFacts {
  const facts = baseTypes[type.base];
  if (facts === undefined) throw new Error(`no such type: ${typeText(type)}`);
  return facts;
}
