import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LitmusTest } from '../../src/language/litmus-test.ts';
import { readSuite } from '../../src/language/test-files.ts';
import { programOf } from '../../src/lower/events.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { demandsOf, satisfied } from '../../src/model/cat/interpreter.ts';
import type { LinkedModel } from '../../src/model/cat/linked.ts';
import { Terms } from '../../src/model/cat/terms.ts';
import { surroundIn } from '../../src/model/check.ts';
import { kernelProgram } from '../../src/model/kernel-program.ts';
import { architectureModel, ownKernelModel } from '../../src/model/models.ts';
import { demandedOf, type Demanded } from '../../src/model/outline.ts';
import type { Program } from '../../src/model/program.ts';
import * as r from '../../src/model/relation.ts';
import { structuresOf, type Structure } from '../../src/model/structure.ts';
import { linked } from './cat/world.ts';
import {
  litmusOf,
  lockFences,
  lockLooks,
  once,
  ordered,
  plainFences,
  smallTests,
  updates,
} from './small-tests.ts';

/** What a model says of an execution: the checks that it breaks, the flags that it raises, and some relations. */
type Said = readonly string[];

/** Some execution of a structure, consistent or not: `pick` chooses below a number. */
function chosenIn({ events, settled }: Structure, pick: (below: number) => number) {
  const size = events.length;
  const rf = r.emptyRelation(size);
  const writesTo = (event: number) =>
    [...events.keys()].filter(
      (other) =>
        ['write', 'initial'].includes(events[other]!.kind) &&
        events[other]!.location === events[event]!.location,
    );
  for (const [event, { kind }] of events.entries()) {
    if (kind !== 'read') continue;
    const writes = writesTo(event);
    r.addPair(rf, settled.get(event) ?? writes[pick(writes.length)]!, event);
  }
  const order = [...events.keys()]
    .filter((event) => events[event]!.kind === 'write')
    .map((event) => ({ event, at: pick(1000) }));
  order.sort((one, other) => one.at - other.at);
  const initial = [...events.keys()].filter((event) => events[event]!.kind === 'initial');
  const inOrder = [...initial, ...order.map(({ event }) => event)];
  const co = r.relationOf(
    size,
    inOrder.flatMap((from, index) =>
      inOrder
        .slice(index + 1)
        .filter((to) => events[from]!.location === events[to]!.location)
        .map((to) => [from, to] as const),
    ),
  );
  return { rf, co };
}

function saidOf(
  demands: readonly Demanded[],
  terms: Terms,
  { rf, co }: { rf: r.Relation; co: r.Relation },
): readonly Said[] {
  return demands.map(({ checks, coherence, named }) => {
    terms.choose({ lower: rf, upper: () => rf }, { lower: co, upper: () => co }, true);
    const broken = checks
      .filter((check) => satisfied(check, terms.lower(check.term)) === check.flag)
      .map(({ name }) => name);
    const shown = (bits: r.EventSet | r.Relation) => bits.bits.join();
    const values = ['hb', 'pb', 'com', 'ppo', 'fence', 'ghb', 'fr'].map((name) => {
      const term = named(name);
      return `${name}: ${term && shown(terms.lower(term))}`;
    });
    return [...broken, ...values, shown(terms.lower(coherence.writes)), shown(terms.lower(coherence.base))];
  });
}

function expectSame(program: Program, model: LinkedModel, pick: (below: number) => number): void {
  const surround = surroundIn(program, () => {});
  for (const structure of [...structuresOf(program, () => {})].slice(0, 8)) {
    for (const keepFailed of [false, true]) {
      const [direct, outlined] = [demandsOf, demandedOf].map((by) => {
        const terms = new Terms(structure.events.length, () => false);
        return { terms, demands: [...by(model, surround(structure, terms), keepFailed)] };
      });
      const execution = chosenIn(structure, pick);
      expect(saidOf(outlined!.demands, outlined!.terms, execution)).toEqual(
        saidOf(direct!.demands, direct!.terms, execution),
      );
    }
  }
}

/** The same choices each time. */
function pickerOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48271) % 2147483647) % below;
}

const kernel = ownKernelModel('lkmm');
const asKernelC = (test: LitmusTest) => kernelProgram(test, kernel.macros);

describe('a model’s outline, filled in, says what the model says', () => {
  it('of the suite’s C', () => {
    for (const [index, { test }] of readSuite().entries()) {
      if (
        index % 2 === 0 &&
        !/_NT\b|rcu/.test(
          JSON.stringify(test.threads, (_, value: unknown) =>
            typeof value === 'bigint' ? String(value) : value,
          ),
        )
      ) {
        expectSame(asKernelC(test), kernel.linked, pickerOf(index + 1));
      }
    }
  });

  it.each(['x86-64', 'arm64', 'ppc64le', 'riscv64', 's390x'] as const)(
    'of the suite’s code for %s',
    (architecture) => {
      const target = targetFor(architecture)!;
      for (const [index, { test }] of readSuite().entries()) {
        if (index % 4 !== 0 || test.name.includes('nt')) continue;
        expectSame(programOf(test, target), architectureModel(architecture), pickerOf(index + 1));
      }
    },
  );

  it('of small tests with locks and without, one after another', () => {
    const of = { accesses: [...once, ...ordered, ...updates], fences: [...plainFences], locks: false };
    const locked = { accesses: [...once, ...lockLooks], fences: [...lockFences], locks: true };
    fc.assert(
      fc.property(
        fc.oneof(smallTests(of), smallTests(locked)),
        fc.integer({ min: 1, max: 1e6 }),
        (test, seed) => expectSame(asKernelC(litmusOf(test)), kernel.linked, pickerOf(seed)),
      ),
      { numRuns: 40 },
    );
  });
});

it('is found once for the structures of most tests', () => {
  let readings = 0;
  const model: LinkedModel = {
    ...kernel.linked,
    get statements() {
      readings += 1;
      return kernel.linked.statements;
    },
  };
  const names = ['MP', 'SB', 'LB', 'MP+wmb+rmb', 'MP+rel+acq', 'LB+datas', 'LB+ctrls', 'SB+mbs', 'R+mbs'];
  const readFor = (name: string) => {
    const before = readings;
    const program = asKernelC(readSuite().find(({ test }) => test.name === name)!.test);
    const surround = surroundIn(program, () => {});
    for (const structure of structuresOf(program, () => {})) {
      const terms = new Terms(structure.events.length, () => false);
      expect([...demandedOf(model, surround(structure, terms), true)].length).toBe(1);
    }
    return readings - before;
  };
  const sum = (counts: readonly number[]) => counts.reduce((so, count) => so + count);
  expect(sum(names.map(readFor))).toBeGreaterThan(0);
  expect(sum(names.map(readFor))).toBe(0);
});

describe('where a model asks what a structure has, it is asked of each', () => {
  const mp = readSuite().find(({ test }) => test.name === 'MP')!.test;
  const models = [
    'let rec each s = match s with || {} -> {} || e ++ es -> (e ++ 0) ++ each es end let all = each W with one from all acyclic one as c',
    'let x = if {} = F then po else po & id acyclic x | rf | co as c',
    'let x = try (Acquire ++ 0) ++ 0 with rf acyclic x | co as c',
    'procedure p(s) = empty s & F as none end forall o in partition(W) do call p(o) end acyclic po | rf as c',
    'let rec fence = fencerel(F) | (fence ; fence) acyclic fence | rf | co as c',
  ];
  it.each(models)('%s', (source) => {
    const model = linked(source);
    const program = asKernelC(mp);
    const surround = surroundIn(program, () => {});
    const said = (by: typeof demandedOf, structure: Structure): unknown => {
      const terms = new Terms(structure.events.length, () => false);
      try {
        return saidOf(
          [...by(model, surround(structure, terms), true)],
          terms,
          chosenIn(structure, pickerOf(7)),
        );
      } catch (error) {
        return String(error);
      }
    };
    for (const structure of structuresOf(program, () => {}))
      expect(said(demandedOf, structure)).toEqual(said(demandsOf, structure));
  });
});
