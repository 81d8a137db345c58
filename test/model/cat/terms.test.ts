import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as r from '../../../src/model/relation.ts';
import { Terms, type Term } from '../../../src/model/cat/terms.ts';
import {
  isAcyclic,
  isIrreflexive,
  ofBits,
  operations,
  relationOf,
  setOf,
  toBits,
} from './naive-relations.ts';
import type { Naive } from './naive-relations.ts';

const at = { file: 'model.cat', line: 1, column: 1 };

/** What a term is made of: constants, rf, co and operations. */
type Sketch =
  | { readonly constant: Naive }
  | { readonly choice: 'rf' | 'co' }
  | { readonly operation: keyof typeof operations; readonly operands: readonly Sketch[] };

type Pairs = readonly (readonly [number, number])[];

interface Case {
  readonly size: number;
  readonly sketch: Sketch;
  /** Everything that may be chosen; a part of that, which is; and a part of this, which is known early. */
  readonly rf: Choice;
  readonly co: Choice;
}

interface Choice {
  readonly possible: Pairs;
  readonly chosen: Pairs;
  readonly early: Pairs;
}

const pairsIn = (size: number): fc.Arbitrary<Pairs> =>
  fc.array(fc.tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size - 1 })), { maxLength: size });

const choices = (size: number): fc.Arbitrary<Choice> =>
  pairsIn(size).chain((possible) =>
    fc
      .subarray([...possible])
      .chain((chosen) => fc.subarray(chosen).map((early) => ({ possible, chosen, early }))),
  );

const setOperations = ['union', 'intersection', 'difference'] as const;

const sketchesOver = (size: number) =>
  fc.letrec<{ set: Sketch; relation: Sketch }>((tie) => {
    const [ofSet, ofRelation] = [tie('set'), tie('relation')];
    const made = (operation: keyof typeof operations, ...operands: fc.Arbitrary<Sketch>[]) =>
      fc.tuple(...operands).map((parts): Sketch => ({ operation, operands: parts }));
    const constantSet = fc
      .uniqueArray(fc.nat({ max: size - 1 }))
      .map((members): Sketch => ({ constant: setOf(size, members) }));
    const constantRelation = pairsIn(size).map((members): Sketch => ({
      constant: relationOf(size, members),
    }));
    return {
      set: fc.oneof(
        { maxDepth: 5, depthSize: 'large' },
        constantSet,
        ...setOperations.map((operation) => made(operation, ofSet, ofSet)),
        made('complement', ofSet),
        made('domain', ofRelation),
        made('range', ofRelation),
      ),
      relation: fc.oneof(
        { maxDepth: 5, depthSize: 'large' },
        fc.oneof(constantRelation, fc.constantFrom<Sketch>({ choice: 'rf' }, { choice: 'co' })),
        ...setOperations.map((operation) => made(operation, ofRelation, ofRelation)),
        made('complement', ofRelation),
        made('sequence', ofRelation, ofRelation),
        made('sequence', made('identity', ofSet), ofRelation),
        made('sequence', ofRelation, made('identity', ofSet)),
        made('product', ofSet, ofSet),
        made('identity', ofSet),
        made('inverse', ofRelation),
        made('closure', ofRelation),
        made('reflexive', ofRelation),
      ),
    };
  });

/** Of up to 40 events: a word of bits has 32. */
const cases: fc.Arbitrary<Case> = fc
  .oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 30, max: 40 }))
  .chain((size) => {
    const { set: ofSet, relation: ofRelation } = sketchesOver(size);
    return fc.record({
      size: fc.constant(size),
      sketch: fc.oneof({ weight: 1, arbitrary: ofSet }, { weight: 3, arbitrary: ofRelation }),
      rf: choices(size),
      co: choices(size),
    });
  });

function termOf(terms: Terms, sketch: Sketch): Term {
  if ('constant' in sketch) return terms.constant(toBits(sketch.constant));
  if ('choice' in sketch) return terms[sketch.choice];
  return terms.apply(sketch.operation, ...sketch.operands.map((operand) => termOf(terms, operand)));
}

function naively(sketch: Sketch, { size, rf, co }: Case): Naive {
  if ('constant' in sketch) return sketch.constant;
  if ('choice' in sketch) return relationOf(size, { rf, co }[sketch.choice].chosen);
  const [left, right] = sketch.operands.map((operand) => naively(operand, { size, rf, co, sketch: operand }));
  const operation: (left: Naive, right: Naive) => Naive = operations[sketch.operation];
  return operation(left!, right!);
}

function choose(terms: Terms, { size, rf, co }: Case, complete: boolean): void {
  const bounds = ({ early, chosen, possible }: Choice) => {
    const lower = r.relationOf(size, complete ? chosen : early);
    return { lower, upper: () => (complete ? lower : r.relationOf(size, possible)) };
  };
  terms.choose(bounds(rf), bounds(co), complete);
}

const isWithin = (part: r.EventSet | r.Relation, whole: r.EventSet | r.Relation) =>
  r.isEmpty(r.difference(part, whole));

describe('a term', () => {
  test('has the value that its operations have by their definitions', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const terms = new Terms(one.size, () => true);
        const term = termOf(terms, one.sketch);
        choose(terms, one, true);
        const value = terms.lower(term);
        const expected = naively(one.sketch, one);
        expect(ofBits(value)).toEqual(expected);
        expect(terms.upper(term)).toEqual(value);
        if (value.sort === 'relation') {
          expect(r.isAcyclic(value)).toBe(isAcyclic(expected));
          expect(r.isIrreflexive(value)).toBe(isIrreflexive(expected));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('has bounds, while choices are open, that its value will be within', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const terms = new Terms(one.size, () => true);
        const term = termOf(terms, one.sketch);
        choose(terms, one, false);
        const [lower, upper] = [terms.lower(term), terms.upper(term)];
        choose(terms, one, true);
        const value = terms.lower(term);
        expect(isWithin(lower, value)).toBe(true);
        expect(isWithin(value, upper)).toBe(true);
        // And again, now that it has been evaluated once.
        choose(terms, one, false);
        expect(terms.lower(term)).toEqual(lower);
        expect(terms.upper(term)).toEqual(upper);
      }),
      { numRuns: 300 },
    );
  });

  test('is made once, and is a constant where it is made of constants', () => {
    const terms = new Terms(3, () => true);
    const edge = terms.constant(r.relationOf(3, [[0, 1]]));
    expect(terms.apply('closure', edge).constant).toBeDefined();
    expect(terms.apply('sequence', terms.rf, terms.co)).toBe(terms.apply('sequence', terms.rf, terms.co));
    expect(terms.apply('sequence', terms.rf, terms.co)).not.toBe(terms.apply('sequence', terms.co, terms.rf));
  });

  test('is made anew once it is forgotten', () => {
    const terms = new Terms(3, () => true);
    const before = terms.apply('inverse', terms.rf);
    const { count } = terms;
    const after = terms.apply('inverse', terms.co);
    terms.forgetFrom(count);
    expect(terms.apply('inverse', terms.rf)).toBe(before);
    expect(terms.apply('inverse', terms.co)).not.toBe(after);
  });

  test('on top of more than a thousand others is refused', () => {
    const terms = new Terms(3, () => true);
    const stacked = () => {
      let term = terms.rf;
      for (let depth = 0; depth < 2000; depth++) term = terms.apply('sequence', term, terms.co);
    };
    expect(stacked).toThrow(/1000 definitions one upon another/);
  });
});

describe('a let rec', () => {
  const sizes = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 31, max: 34 }));
  const random = sizes.chain((size) =>
    fc.record({ size: fc.constant(size), rf: choices(size), co: choices(size) }),
  );
  const closureOf = (pairs: Pairs, size: number) => operations.closure(relationOf(size, pairs));
  const plain = { sketch: { choice: 'rf' } } as const;

  /** `let rec x = rf | (x ; x)`. */
  const closureOfRf = (terms: Terms) => {
    const x = terms.recursionVariable('relation');
    const body = terms.apply('union', terms.rf, terms.apply('sequence', x, x));
    return terms.fixpoint([x], [body], at)[0]!;
  };

  test('gives the least relation that satisfies it', () => {
    fc.assert(
      fc.property(random, (one) => {
        const terms = new Terms(one.size, () => true);
        const term = closureOfRf(terms);
        choose(terms, { ...one, ...plain }, true);
        expect(ofBits(terms.lower(term))).toEqual(closureOf(one.rf.chosen, one.size));
      }),
    );
  });

  test('has bounds, while choices are open, that its value will be within', () => {
    fc.assert(
      fc.property(random, fc.boolean(), (one, growing) => {
        const terms = new Terms(one.size, () => true);
        // Of two names, the second of which only grows, or shrinks, with the first.
        const [x, y] = [terms.recursionVariable('relation'), terms.recursionVariable('relation')];
        const bodies = [
          terms.apply(
            'union',
            terms.rf,
            terms.apply('intersection', terms.co, terms.apply('sequence', x, x)),
          ),
          growing ? terms.apply('union', x, terms.co) : terms.apply('difference', terms.co, x),
        ];
        const both = terms.fixpoint([x, y], bodies, at);
        choose(terms, { ...one, ...plain }, false);
        const bounds = both.map((term) => [terms.lower(term), terms.upper(term)] as const);
        choose(terms, { ...one, ...plain }, true);
        for (const [index, term] of both.entries()) {
          expect(isWithin(bounds[index]![0], terms.lower(term))).toBe(true);
          expect(isWithin(terms.lower(term), bounds[index]![1])).toBe(true);
        }
      }),
    );
  });

  test('may stand within another', () => {
    fc.assert(
      fc.property(random, (one) => {
        const terms = new Terms(one.size, () => true);
        // let rec x = rf | (let rec y = x | (y ; y) in y) is rf+ as well.
        const x = terms.recursionVariable('relation');
        const y = terms.recursionVariable('relation');
        const [inner] = terms.fixpoint([y], [terms.apply('union', x, terms.apply('sequence', y, y))], at);
        const [outer] = terms.fixpoint([x], [terms.apply('union', terms.rf, inner!)], at);
        choose(terms, { ...one, ...plain }, false);
        const [lower, upper] = [terms.lower(outer!), terms.upper(outer!)];
        choose(terms, { ...one, ...plain }, true);
        const value = terms.lower(outer!);
        expect(ofBits(value)).toEqual(closureOf(one.rf.chosen, one.size));
        expect(isWithin(lower, value) && isWithin(value, upper)).toBe(true);
      }),
    );
  });

  test('that never settles is a mistake at its place, found where it is evaluated', () => {
    const terms = new Terms(3, () => true);
    const x = terms.recursionVariable('relation');
    const [term] = terms.fixpoint([x], [terms.apply('union', terms.rf, terms.apply('complement', x))], at);
    terms.choose(
      { lower: r.emptyRelation(3), upper: () => r.emptyRelation(3) },
      { lower: r.emptyRelation(3), upper: () => r.emptyRelation(3) },
      true,
    );
    expect(() => terms.lower(term!)).toThrow('model.cat:1:1: this recursive definition never settles');
  });
});
