import * as r from '../relation.ts';
import type { CatError, Place } from './cat-error.ts';
import { Terms, type Operation, type Term } from './terms.ts';

/** Asked of a term that stands for what each event structure has its own of. */
export class NotKnownYet extends Error {
  override readonly name = 'NotKnownYet';
}

/** A `let rec` among the terms of an outline. */
export interface OutlinedFixpoint {
  readonly variables: readonly Term[];
  readonly bodies: readonly Term[];
  readonly at: Place;
  /** Its values, by variable. */
  readonly values: readonly Term[];
}

/**
 * Terms over the names that event structures bring along, in place of their sets and relations. Nothing is
 * computed, but what is nothing in all those structures makes nothing of what is built from it. Whoever asks
 * for more of a term's value than that meets a NotKnownYet.
 */
export class OutlineTerms extends Terms {
  private readonly inputs = new Map<string, Term>();
  private readonly names = new Map<Term, string>();
  private readonly recursions = new Map<Term, OutlinedFixpoint>();
  private whole: Term | undefined;

  constructor() {
    super(0, () => false);
  }

  /** What a structure knows by a name, if it may be something. */
  input(name: string, { sort, reads }: Pick<Term, 'sort' | 'reads'>): Term {
    const before = this.inputs.get(name);
    if (before !== undefined) return before;
    const term = this.fresh(sort, 'input', [], reads);
    this.inputs.set(name, term);
    this.names.set(term, name);
    return term;
  }

  /** Undefined for the universe. */
  nameOf(input: Term): string | undefined {
    return this.names.get(input);
  }

  fixpointOf(term: Term): OutlinedFixpoint | undefined {
    return this.recursions.get(term);
  }

  override universe(): Term {
    return (this.whole ??= this.fresh('set', 'input', [], 0));
  }

  override constant(bits: Parameters<Terms['constant']>[0]): Term {
    if (!r.isEmpty(bits)) throw new NotKnownYet();
    return super.constant(bits);
  }

  override readonly forgiven = ({ message }: CatError): never => {
    // A structure of which more is known might not have made it.
    throw new NotKnownYet(message);
  };

  override differentValues(pairs: Term): Term {
    return pairs.nothing ? pairs : super.differentValues(pairs);
  }

  override fixpoint(variables: readonly Term[], bodies: readonly Term[], at: Place): readonly Term[] {
    const values = variables.map(({ sort }) => this.fresh(sort, 'fixpoint', bodies, 0));
    for (const value of values) this.recursions.set(value, { variables, bodies, at, values });
    return values;
  }

  protected override fresh(...made: Parameters<Terms['fresh']>): Term {
    const term = super.fresh(...made);
    if (term.constant !== undefined) return term;
    return Object.defineProperty(term, 'constant', {
      get: () => {
        throw new NotKnownYet();
      },
    });
  }

  protected override combined(operation: Operation, operands: readonly Term[]): Term {
    return this.open(operation, operands);
  }

  protected override simplified(operation: Operation, operands: readonly Term[]): Term | undefined {
    const [left, right] = operands;
    switch (operation) {
      case 'identity':
      case 'domain':
      case 'range':
      case 'closure':
      case 'inverse':
        return left!.nothing
          ? this.empty(operation === 'domain' || operation === 'range' ? 'set' : 'relation')
          : undefined;
      case 'product':
      case 'restrictDomain':
      case 'restrictRange':
        return left!.nothing || right!.nothing ? this.empty('relation') : undefined;
      default:
        return super.simplified(operation, operands);
    }
  }
}
