/**
 * The classic litmus tests as Programs, for tables of verdicts. A row reads
 *
 *     ['MP', 'DMB.ISHST', 'addr', 'forbidden']
 *
 * that is the name of a shape, then for each thread what lies between its accesses. The names of the
 * shapes and their cycles are those of J. Alglave, L. Maranget and M. Tautschnig, "Herding Cats",
 * TOPLAS 36(2), 2014, and of the diy tools.
 *
 * What lies between two accesses is parts joined by `+`:
 *
 *     po                nothing
 *     addr data ctrl    a dependency of the second on the first, whose value does not change by it; after a
 *                       ctrl, the rest of the thread depends on it, fences as well
 *     rmw               the two are one read-modify-write
 *     DMB.ISH           a name with a capital is a fence: an event in the sets F and DMB.ISH;
 *                       `Fence&RW&W` is one in F, Fence, RW and W
 *     ctrl+ISB          a control dependency, then a fence
 *
 * Sets of the accesses themselves stand in brackets at their place, as in cat:
 *
 *     'po [L]'  '[A] po'  '[L] DMB.ISH [A]'  '[X A] ctrl+ISB'
 *
 * and with `rmw` in them the access is one half of a read-modify-write: a write gets a read of the same
 * location before it, whose value nobody asks for, and a read gets a write behind it of the value that it
 * read. Both halves have the sets, or, with a bar, the read those before it and the write those behind:
 *
 *     '[rmw LOCK] po'  'po [rmw A | L]'
 *
 * A dependency on such an access is one on its read. Threads with more than two accesses have all of them in one text:
 *
 *     ['MP+rfi', 'DMB.ISH', 'ctrl po addr', 'allowed']       PPOCA
 *
 * There is a text for each thread, or one for each that has more than one access:
 *
 *     ['WRC', 'addr', 'addr', …]  =  ['WRC', '', 'addr', 'addr', …]
 */

import type { Observable, Proposition } from '../../src/language/litmus-test.ts';
import { computed, constant } from '../../src/model/program.ts';
import type { Path, PathEvent, Program, Value } from '../../src/model/program.ts';

/** Threads with what each read returns, then the final values of locations. All is 0 in the beginning. */
const shapes = {
  SB: 'Wx=1 Ry=0 | Wy=1 Rx=0',
  MP: 'Wx=1 Wy=1 | Ry=1 Rx=0',
  LB: 'Rx=1 Wy=1 | Ry=1 Wx=1',
  S: 'Wx=2 Wy=1 | Ry=1 Wx=1 | x=2',
  R: 'Wx=1 Wy=1 | Wy=2 Rx=0 | y=2',
  '2+2W': 'Wx=2 Wy=1 | Wy=2 Wx=1 | x=2 y=2',

  WRC: 'Wx=1 | Rx=1 Wy=1 | Ry=1 Rx=0',
  RWC: 'Wx=1 | Rx=1 Ry=0 | Wy=1 Rx=0',
  WWC: 'Wx=2 | Rx=2 Wy=1 | Ry=1 Wx=1 | x=2',
  'WRR+2W': 'Wx=2 | Rx=2 Ry=0 | Wy=1 Wx=1 | x=2',
  'WRW+WR': 'Wx=1 | Rx=1 Wy=1 | Wy=2 Rx=0 | y=2',
  'WRW+2W': 'Wx=2 | Rx=2 Wy=1 | Wy=2 Wx=1 | x=2 y=2',
  ISA2: 'Wx=1 Wy=1 | Ry=1 Wz=1 | Rz=1 Rx=0',
  'W+RWC': 'Wx=1 Wy=1 | Ry=1 Rz=0 | Wz=1 Rx=0',
  'Z6.0': 'Wx=1 Wy=1 | Ry=1 Wz=1 | Wz=2 Rx=0 | z=2',
  'Z6.1': 'Wx=2 Wy=1 | Wy=2 Wz=1 | Rz=1 Wx=1 | x=2 y=2',
  'Z6.2': 'Wx=2 Wy=1 | Ry=1 Wz=1 | Rz=1 Wx=1 | x=2',
  'Z6.3': 'Wx=1 Wy=1 | Wy=2 Wz=1 | Rz=1 Rx=0 | y=2',
  'Z6.4': 'Wx=1 Wy=1 | Wy=2 Rz=0 | Wz=1 Rx=0 | y=2',
  'Z6.5': 'Wx=1 Wy=1 | Wy=2 Wz=1 | Wz=2 Rx=0 | y=2 z=2',
  '3.SB': 'Wx=1 Ry=0 | Wy=1 Rz=0 | Wz=1 Rx=0',
  '3.LB': 'Rx=1 Wy=1 | Ry=1 Wz=1 | Rz=1 Wx=1',
  '3.2W': 'Wx=2 Wy=1 | Wy=2 Wz=1 | Wz=2 Wx=1 | x=2 y=2 z=2',
  IRIW: 'Wx=1 | Rx=1 Ry=0 | Wy=1 | Ry=1 Rx=0',

  CoRR: 'Wx=1 | Rx=1 Rx=0',
  CoWW: 'Wx=1 Wx=2 | x=1',
  CoRW1: 'Rx=1 Wx=1',
  CoRW2: 'Rx=2 Wx=1 | Wx=2 | x=2',
  CoWR: 'Wx=1 Rx=2 | Wx=2 | x=1',
  /** Another thread's write, and another's read-modify-write, between the halves of one. */
  'RMW+W': 'Rx=0 Wx=1 | Wx=2 | x=1',
  'RMW+RMW': 'Rx=0 Wx=1 | Rx=0 Wx=2',

  /** The reader's second read depends on a write of its own, which it reads early: PPOCA, PPOAA. */
  'MP+rfi': 'Wx=1 Wy=1 | Ry=1 Wz=1 Rz=1 Rx=0',
  /** An access of any kind to another location between the reader's two: MP+dmb+addr-po and its kin. */
  'MP+R': 'Wx=1 Wy=1 | Ry=1 Rz=0 Rx=0',
  'MP+W': 'Wx=1 Wy=1 | Ry=1 Wz=1 Rx=0',
  'S+R': 'Wx=2 Wy=1 | Ry=1 Rz=0 Wx=1 | x=2',
  'S+W': 'Wx=2 Wy=1 | Ry=1 Wz=1 Wx=1 | x=2',
  'LB+W': 'Rx=1 Wz=1 Wy=1 | Ry=1 Wa=1 Wx=1',
  'LB+R': 'Rx=1 Rz=0 Wy=1 | Ry=1 Ra=0 Wx=1',
  /** Two reads of one location between, from one write (RSW) or from two (RDW). */
  RSW: 'Wx=1 Wy=1 | Ry=1 Rz=0 Rz=0 Rx=0',
  RDW: 'Wx=1 Wy=1 | Ry=1 Rz=0 Rz=1 Rx=0 | Wz=1',
  'SB+rfi': 'Wx=1 Rx=1 Ry=0 | Wy=1 Ry=1 Rx=0',
  'S+rfi': 'Wx=2 Wy=1 | Ry=1 Wz=1 Rz=1 Wx=1 | x=2',
} as const;

export type ShapeName = keyof typeof shapes;

export interface ShapeTest {
  readonly program: Program;
  /** What the shape asks of a final state: `1:r0=1 /\ 1:r1=0`; a verdict says whether some execution has it. */
  readonly condition: Proposition;
}

/** A classic test; see above for the texts of the threads. @throws Error for a text that does not fit the shape */
export function classic(name: ShapeName, ...threads: readonly string[]): ShapeTest {
  return shape(shapes[name], ...threads);
}

/** The same of a shape that has no name, written as those above: `Wx=1 Wy=1 | Ry=1 Rx=0 | x=1`. */
export function shape(text: string, ...threads: readonly string[]): ShapeTest {
  const parts = text.split('|').map((part) => part.trim().split(/\s+/));
  const finals = /^[a-z]=/.test(parts.at(-1)![0]!) ? parts.pop()! : [];
  const accesses = parts.map((words) => words.map(accessOf));
  const texts = textOfEachThread(accesses, threads, text);
  const built = accesses.map((thread, index) =>
    pathOf(thread, readText(texts[index]!), `'${texts[index]!}'`),
  );

  const atoms = [
    ...built.flatMap(({ returned }, thread) =>
      returned.map((value, index) => atom({ kind: 'register', thread, name: `r${index}` }, value)),
    ),
    ...finals.map((final) => {
      const [name, value] = final.split('=') as [string, string];
      return atom({ kind: 'location', name, index: undefined }, BigInt(value));
    }),
  ];
  const names = [...new Set(accesses.flat().map(({ location }) => location))].toSorted();
  return {
    program: {
      name: `${text} : ${threads.join(' | ')}`,
      locations: names.map((name) => ({
        name,
        address: addressOf(name),
        initial: 0n,
        widthBytes: 4,
        signed: true,
      })),
      threads: built.map(({ path }) => [path]),
      observed: atoms.map(({ observable }) => observable),
    },
    condition: atoms.reduce<Proposition>(
      (left, right) => (left.kind === 'true' ? right : { kind: 'and', left, right }),
      { kind: 'true' },
    ),
  };
}

interface Access {
  readonly kind: 'read' | 'write';
  readonly location: string;
  readonly value: bigint;
}

function accessOf(word: string): Access {
  const match = /^([RW])([a-z])=(\d+)$/.exec(word);
  if (match === null) throw new Error(`'${word}' is no access: expected one such as Wx=1`);
  return { kind: match[1] === 'R' ? 'read' : 'write', location: match[2]!, value: BigInt(match[3]!) };
}

function textOfEachThread(
  accesses: readonly (readonly Access[])[],
  texts: readonly string[],
  shapeText: string,
): readonly string[] {
  if (texts.length === accesses.length) return texts;
  const many = accesses.filter((thread) => thread.length > 1).length;
  if (texts.length !== many) {
    throw new Error(`'${shapeText}' takes ${accesses.length} or ${many} threads, not ${texts.length}`);
  }
  const rest = [...texts];
  return accesses.map((thread) => (thread.length > 1 ? rest.shift()! : ''));
}

type Dependency = 'addr' | 'data' | 'ctrl' | 'rmw';

interface Edge {
  readonly dependencies: ReadonlySet<Dependency>;
  /** The sets of each fence. */
  readonly fences: readonly (readonly string[])[];
}

interface Annotation {
  readonly rmw: boolean;
  readonly read: readonly string[];
  readonly write: readonly string[];
}

interface ThreadText {
  readonly edges: readonly Edge[];
  /** By the index of the access. */
  readonly annotations: ReadonlyMap<number, Annotation>;
}

function readText(text: string): ThreadText {
  const edges: Edge[] = [];
  const annotations = new Map<number, Annotation>();
  for (const [word] of text.matchAll(/\[[^\]]*\]|[^\s[]+/g)) {
    if (word.startsWith('[')) annotations.set(edges.length, annotationOf(word.slice(1, -1)));
    else edges.push(edgeOf(word));
  }
  return { edges, annotations };
}

function annotationOf(inside: string): Annotation {
  const [before, behind] = inside.split('|').map((side) => side.split(/\s+/).filter((word) => word !== ''));
  const sets = (words: readonly string[]) => words.filter((word) => word !== 'rmw');
  return { rmw: before!.includes('rmw'), read: sets(before!), write: sets(behind ?? before!) };
}

function edgeOf(word: string): Edge {
  const dependencies = new Set<Dependency>();
  const fences: string[][] = [];
  for (const part of word.split('+')) {
    if (part === 'addr' || part === 'data' || part === 'ctrl' || part === 'rmw') dependencies.add(part);
    else if (/^[A-Z]/.test(part)) fences.push(part.split('&'));
    else if (part !== 'po') throw new Error(`'${part}' is neither po, a dependency nor a fence`);
  }
  return { dependencies, fences };
}

const noAnnotation: Annotation = { rmw: false, read: [], write: [] };
const noEdge: Edge = { dependencies: new Set<Dependency>(), fences: [] };

/** A thread, and what the condition wants its reads to return. */
function pathOf(
  accesses: readonly Access[],
  { edges, annotations }: ThreadText,
  place: string,
): { readonly path: Path; readonly returned: readonly bigint[] } {
  if (edges.length !== accesses.length - 1) {
    throw new Error(`${place} has ${edges.length} edges for ${accesses.length} accesses`);
  }
  const events: PathEvent[] = [];
  const registers = new Map<string, Value>();
  const returned: bigint[] = [];
  const ctrl: number[] = [];
  let lastRead: number | undefined;

  for (const [index, access] of accesses.entries()) {
    const { dependencies, fences } = edges[index - 1] ?? noEdge;
    const { rmw, read, write } = annotations.get(index) ?? noAnnotation;
    const reads = access.kind === 'read' || rmw;
    const writes = access.kind === 'write' || rmw;
    const on = (dependency: Dependency): readonly number[] => {
      if (!dependencies.has(dependency)) return [];
      if (lastRead === undefined) throw new Error(`${place}: a write has no ${dependency} dependency`);
      return [lastRead];
    };
    if (!writes && (dependencies.has('data') || dependencies.has('rmw'))) {
      throw new Error(`${place}: a read is the end of no data or rmw edge`);
    }
    const [addr, data, wholeRmw] = [on('addr'), on('data'), on('rmw')];
    ctrl.push(...on('ctrl'));
    for (const sets of fences) events.push(fenceOf(sets, [...ctrl]));

    const common = { location: access.location, addr, ctrl: [...ctrl] };
    if (reads) {
      lastRead = events.length;
      events.push({ ...event(common, 'R', read), kind: 'read' });
    }
    if (writes) {
      const returnedValue: Value | undefined =
        access.kind === 'read' ? { kind: 'read', read: lastRead! } : undefined;
      events.push({
        ...event(common, 'W', write),
        kind: 'write',
        value: returnedValue ?? depending(access.value, data),
        data: returnedValue === undefined ? data : [lastRead!],
        rmw: rmw ? lastRead : wholeRmw[0],
      });
    }
    if (!reads) lastRead = undefined;
    if (access.kind === 'read') {
      registers.set(`r${returned.length}`, { kind: 'read', read: lastRead! });
      returned.push(access.value);
    }
  }
  return { path: { events, conditions: [], registers }, returned };
}

/** What a read and a write have in common. */
function event(
  { location, addr, ctrl }: { location: string; addr: readonly number[]; ctrl: readonly number[] },
  letter: string,
  sets: readonly string[],
): Omit<PathEvent, 'kind'> {
  return {
    sets,
    address: depending(addressOf(location), addr),
    value: undefined,
    addr,
    data: [],
    ctrl,
    rmw: undefined,
    line: undefined,
    text: `${letter}${location}${sets.length === 0 ? '' : `[${sets.join(' ')}]`}`,
  };
}

function fenceOf(sets: readonly string[], ctrl: readonly number[]): PathEvent {
  return {
    kind: 'other',
    sets: ['F', ...sets],
    address: undefined,
    value: undefined,
    addr: [],
    data: [],
    ctrl,
    rmw: undefined,
    line: undefined,
    text: sets.join('&'),
  };
}

/** A value that depends on reads, yet is the same whatever they return. */
function depending(value: bigint, reads: readonly number[]): Value {
  if (reads.length === 0) return constant(value);
  return computed(
    reads.map((read) => ({ kind: 'read', read })),
    () => value,
  );
}

function addressOf(location: string): bigint {
  return 0x1000n + 8n * BigInt(location.charCodeAt(0));
}

function atom(observable: Observable, value: bigint): Extract<Proposition, { kind: 'atom' }> {
  return { kind: 'atom', observable, relation: '=', value: { kind: 'number', value } };
}
