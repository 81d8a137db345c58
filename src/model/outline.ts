/**
 * What a model demands, found once for many event structures: it is run over names in place of sets and
 * relations, and what comes of it, its outline, is filled in for each structure. That takes a fraction of
 * the time that running the model takes, and most structures of most tests have the same outline.
 */

import { CatError, withinBounds } from './cat/cat-error.ts';
import {
  demandsOf,
  demandsSettledBy,
  fateOf,
  type Check,
  type Demands,
  type Surroundings,
} from './cat/interpreter.ts';
import type { LinkedModel } from './cat/linked.ts';
import { NotKnownYet, OutlineTerms } from './cat/outline-terms.ts';
import type { Statement } from './cat/syntax.ts';
import type { Operation, Term } from './cat/terms.ts';
import { functionsOver, setNamed } from './surroundings.ts';

/** What executions are chosen by. */
export type Demanded = Pick<Demands, 'checks' | 'coherence' | 'named'>;

/**
 * As `demandsOf`, by an outline where the model has one for such a structure.
 * @throws CatError
 */
export function* demandedOf(
  model: LinkedModel,
  surroundings: Surroundings,
  keepFailed: boolean,
): Generator<Demanded> {
  const outline = outlineFor(model, surroundings);
  if (outline === undefined) {
    yield* demandsOf(model, surroundings, keepFailed);
    return;
  }
  const filled = filledIn(outline, surroundings, keepFailed);
  // The model itself says best where its mistake is.
  if (filled instanceof CatError) yield* demandsOf(model, surroundings, keepFailed);
  else if (filled !== undefined) yield filled;
}

interface Outline extends Demanded {
  readonly terms: OutlineTerms;
  /** Which of the model's names it takes for nothing. */
  readonly nothingAt: readonly number[];
}

/** The outlines of a model for structures that know the same names. */
interface Family {
  /** It holds for the structures so far that it could be made for: it takes for nothing what is nothing in all of them. */
  outline: Outline | undefined;
  /** Names that were something, where the model asked more of them than that: `LKR`, for the locks it then pairs. */
  readonly defeats: (readonly string[])[];
}

interface Known {
  /** What structures may be asked for: undefined where a tag may be asked for before it is declared. */
  readonly names: readonly string[] | undefined;
  readonly families: Map<string, Family>;
}

const known = new WeakMap<LinkedModel, Known>();

function outlineFor(model: LinkedModel, surroundings: Surroundings): Outline | undefined {
  const { names, families } = knownOf(model);
  if (names === undefined) return undefined;
  for (const tag of model.tags) surroundings.declareTag(tag);
  const values = names.map((name) => surroundings.lookup(name));
  const isSomething = (index: number) => {
    const value = values[index];
    return value?.kind === 'term' && !value.term.nothing;
  };
  const key = values
    .map((value) => (value === undefined ? '-' : value.kind === 'term' ? value.term.reads : '+'))
    .join('');
  let family = families.get(key);
  if (family === undefined) {
    family = { outline: undefined, defeats: [] };
    families.set(key, family);
  }
  const { outline, defeats } = family;
  if (outline !== undefined && !outline.nothingAt.some(isSomething)) return outline;
  const something = new Set(names.filter((_, index) => isSomething(index)));
  if (defeats.some((defeat) => defeat.every((name) => something.has(name)))) return undefined;
  const nothingAt = [...names.keys()].filter(
    (index) =>
      values[index]?.kind === 'term' && !isSomething(index) && (outline?.nothingAt.includes(index) ?? true),
  );
  const wider = outlined(model, surroundings, { names, nothingAt });
  if (wider !== undefined) return (family.outline = wider);
  const culprits = [...something].filter(
    (name) => outline === undefined || outline.nothingAt.includes(names.indexOf(name)),
  );
  defeats.push(culprits);
  return undefined;
}

function knownOf(model: LinkedModel): Known {
  const before = known.get(model);
  if (before !== undefined) return before;
  const made: Known = { names: namesOf(model), families: new Map() };
  known.set(model, made);
  return made;
}

/** What the model's text asks structures for, local names among it, which do no harm. */
function namesOf({ statements, tags }: LinkedModel): readonly string[] | undefined {
  const sets = new Set([...tags].map(setNamed));
  const lastEnum = statements.findLastIndex(({ kind }) => kind === 'enum');
  const early = variablesIn(statements.slice(0, lastEnum + 1));
  if ([...early].some((name) => sets.has(name))) return undefined;
  return [...variablesIn(statements)].filter((name) => !/#\d+$/.test(name));
}

function variablesIn(statements: readonly Statement[]): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(visit);
    else if (part !== null && typeof part === 'object') {
      if ('kind' in part && part.kind === 'variable' && 'name' in part) names.add(String(part.name));
      Object.values(part).forEach(visit);
    }
  };
  visit(statements);
  return names;
}

/** Undefined where the model asks more of a structure than which of its names are nothing. */
function outlined(
  model: LinkedModel,
  surroundings: Surroundings,
  { names, nothingAt }: { readonly names: readonly string[]; readonly nothingAt: readonly number[] },
): Outline | undefined {
  const nothing = new Set(nothingAt.map((index) => names[index]));
  const terms = new OutlineTerms();
  const named = (name: string): Term => {
    const value = surroundings.lookup(name);
    if (value?.kind !== 'term') throw new NotKnownYet();
    return nothing.has(name) ? terms.empty(value.term.sort) : terms.input(name, value.term);
  };
  const functions = functionsOver(terms, { po: () => named('po'), writes: () => named('W') }, []);
  const outlining: Surroundings = {
    terms,
    tick: surroundings.tick,
    declareTag: () => {},
    coherence: { writes: named('W'), base: named('co0') },
    lookup: (name) => {
      const value = surroundings.lookup(name);
      if (value?.kind !== 'primitive') return value && { kind: 'term', term: named(name) };
      const apply = functions[name];
      if (apply === undefined) throw new NotKnownYet();
      return { ...value, apply };
    },
  };
  try {
    const [demands, ...others] = demandsSettledBy(() => 'open', model, outlining);
    return demands === undefined || others.length > 0 ? undefined : { ...demands, terms, nothingAt };
  } catch (error) {
    if (error instanceof NotKnownYet || error instanceof CatError) return undefined;
    throw error;
  }
}

/** An outline's demands of one structure; undefined where a check fails whatever is chosen. */
function filledIn(
  outline: Outline,
  surroundings: Surroundings,
  keepFailed: boolean,
): Demanded | CatError | undefined {
  const fill = filling(outline.terms, surroundings);
  const checks: Check[] = [];
  try {
    for (const check of outline.checks) {
      const filled = withinBounds(
        () => ({ ...check, term: fill(check.term) }),
        () => check.at,
      );
      const fate = fateOf(filled, keepFailed);
      if (fate === 'fails') return undefined;
      if (fate === 'open') checks.push(filled);
    }
    const { writes, base } = outline.coherence;
    return {
      checks,
      coherence: { writes: fill(writes), base: fill(base) },
      named: (name) => {
        const term = outline.named(name);
        return term && fill(term);
      },
    };
  } catch (error) {
    if (error instanceof CatError) return error;
    throw error;
  }
}

/** Makes of an outline's terms those of a structure. */
function filling(outline: OutlineTerms, { terms, lookup }: Surroundings): (term: Term) => Term {
  const made: (Term | undefined)[] = [];
  const input = (name: string): Term => {
    const value = lookup(name);
    if (value?.kind !== 'term') throw new Error(`${name} is no set or relation`);
    return value.term;
  };
  const fixpoint = (term: Term): Term => {
    const { variables, bodies, at, values } = outline.fixpointOf(term)!;
    for (const variable of variables) made[variable.number] = terms.recursionVariable(variable.sort);
    const filled = terms.fixpoint(variables.map(fill), bodies.map(fill), at);
    for (const [index, value] of values.entries()) made[value.number] = filled[index]!;
    return made[term.number]!;
  };
  const make = (term: Term): Term => {
    switch (term.operation) {
      case 'constant':
        return terms.empty(term.sort);
      case 'choice':
        return term === outline.rf ? terms.rf : terms.co;
      case 'input': {
        const name = outline.nameOf(term);
        return name === undefined ? terms.universe() : input(name);
      }
      case 'different-values':
        return terms.differentValues(fill(term.operands[0]!));
      case 'fixpoint':
        return fixpoint(term);
      case 'recursion':
        throw new Error('a recursive name outside of its definition');
      default:
        return terms.apply(term.operation satisfies Operation, ...term.operands.map(fill));
    }
  };
  const fill = (term: Term): Term => (made[term.number] ??= make(term));
  return fill;
}
