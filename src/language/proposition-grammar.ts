import type { IParserConfig } from 'chevrotain';
import { EmbeddedActionsParser } from './chevrotain.ts';
import { expectations } from './expectations.ts';
import { numberOf, positionOf, smallNumber } from './literals.ts';
import type { Constant, Observable, Position, Proposition } from './litmus-test.ts';
import * as t from './tokens.ts';

export interface Located<T> {
  readonly value: T;
  readonly at: Position;
}

export type Register = Extract<Observable, { kind: 'register' }>;

/**
 * The part of the grammar that says what a final state is: constants, observables, propositions.
 *
 * While chevrotain records the grammar it runs every rule once with made-up tokens: what could stumble
 * over them is wrapped in ACTION.
 */
export class PropositionGrammar extends EmbeddedActionsParser {
  /** Every observable of a proposition, with its place; a rule that begins a parse empties it. */
  protected observed: Located<Observable>[] = [];

  constructor(config: IParserConfig) {
    super([...t.allTokens], { maxLookahead: 2, errorMessageProvider: expectations, ...config });
  }

  /** A proposition alone, as a header's `Phases:` has it. */
  readonly lonelyProposition = this.RULE('lonelyProposition', () => {
    this.observed = [];
    const proposition = this.SUBRULE(this.proposition);
    return { proposition, observed: this.observed };
  });

  protected readonly proposition = this.RULE('proposition', (): Proposition => {
    let left = this.SUBRULE(this.conjunction);
    this.MANY(() => {
      this.CONSUME(t.Disjunction);
      left = { kind: 'or', left, right: this.SUBRULE2(this.conjunction) };
    });
    return left;
  });

  protected readonly conjunction = this.RULE('conjunction', (): Proposition => {
    let left = this.SUBRULE(this.implication);
    this.MANY(() => {
      this.CONSUME(t.Conjunction);
      left = { kind: 'and', left, right: this.SUBRULE2(this.implication) };
    });
    return left;
  });

  /** herd7 binds `=>` tighter than its connectives, and groups it from the right. */
  protected readonly implication = this.RULE('implication', (): Proposition => {
    const parts = [this.SUBRULE(this.negation)];
    this.MANY(() => {
      this.CONSUME(t.Implication);
      parts.push(this.SUBRULE2(this.negation));
    });
    return this.ACTION(() =>
      parts.reduceRight((right, premise) => ({ kind: 'or', left: { kind: 'not', operand: premise }, right })),
    );
  });

  protected readonly negation = this.RULE('negation', (): Proposition => {
    let negations = 0;
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(t.Tilde) }, { ALT: () => this.CONSUME(t.NotWord) }]);
      negations += 1;
    });
    let found = this.SUBRULE(this.primaryProposition);
    for (let left = negations; left > 0; left -= 1) found = { kind: 'not', operand: found };
    return found;
  });

  protected readonly primaryProposition = this.RULE('primaryProposition', (): Proposition =>
    this.OR({
      DEF: [
        {
          ALT: (): Proposition => {
            this.CONSUME(t.True);
            return { kind: 'true' };
          },
        },
        {
          ALT: (): Proposition => {
            this.CONSUME(t.False);
            return { kind: 'false' };
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.LeftParenthesis);
            const inner = this.SUBRULE(this.proposition);
            this.CONSUME(t.RightParenthesis);
            return inner;
          },
        },
        { ALT: () => this.SUBRULE(this.atom) },
      ],
      ERR_MSG: 'a proposition, as 0:r1=1 or x=2',
    }),
  );

  protected readonly atom = this.RULE('atom', (): Proposition => {
    const left = this.SUBRULE(this.observable);
    const relation = this.OR({
      DEF: [
        { ALT: () => this.CONSUME(t.Equal) },
        { ALT: () => this.CONSUME(t.DoubleEqual) },
        { ALT: () => this.CONSUME(t.NotEqual) },
      ],
      ERR_MSG: "'=' or '!='",
    });
    const at = positionOf(this.LA(1));
    const value = this.SUBRULE(this.observedValue);
    this.ACTION(() => {
      this.observed.push(left);
      if (value.kind === 'register' || value.kind === 'location') this.observed.push({ value, at });
      if (value.kind === 'address' && value.index !== undefined) {
        this.observed.push({ value: { kind: 'location', name: value.location, index: value.index }, at });
      }
    });
    return { kind: 'atom', observable: left.value, relation: relation.image === '!=' ? '!=' : '=', value };
  });

  /** What an observable is compared with: a constant, a register, or a location's content (`*y`, `[y]`). */
  protected readonly observedValue = this.RULE('observedValue', (): Constant | Observable =>
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.register).value },
        { ALT: () => this.SUBRULE(this.constant) },
        {
          ALT: (): Observable => {
            this.CONSUME(t.Star);
            return this.SUBRULE(this.namedLocation).value;
          },
        },
        { ALT: () => this.SUBRULE(this.bracketedLocation).value },
      ],
      ERR_MSG: "a value: a number, a location's name, or a register",
    }),
  );

  protected readonly observable = this.RULE('observable', (): Located<Observable> =>
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.register) },
        { ALT: () => this.SUBRULE(this.namedLocation) },
        { ALT: () => this.SUBRULE(this.bracketedLocation) },
      ],
      ERR_MSG: 'a register, as 0:r1, or a location',
    }),
  );

  protected readonly namedLocation = this.RULE('namedLocation', (): Located<Observable> => {
    const name = this.CONSUME(t.Name);
    const index = this.OPTION(() => {
      this.CONSUME(t.LeftBracket);
      const found = this.SUBRULE(this.index);
      this.CONSUME(t.RightBracket);
      return found;
    });
    return { value: { kind: 'location', name: name.image, index }, at: positionOf(name) };
  });

  protected readonly bracketedLocation = this.RULE('bracketedLocation', (): Located<Observable> => {
    this.CONSUME(t.LeftBracket);
    const name = this.CONSUME(t.Name);
    this.CONSUME(t.RightBracket);
    return { value: { kind: 'location', name: name.image, index: undefined }, at: positionOf(name) };
  });

  /** A number, or the address of a location with or without `&`. */
  protected readonly constant = this.RULE('constant', (): Constant =>
    this.OR({
      DEF: [
        { ALT: () => ({ kind: 'number', value: this.SUBRULE(this.signedNumber) }) },
        {
          ALT: () => {
            this.OPTION(() => this.CONSUME(t.Ampersand));
            return this.SUBRULE(this.addressOfNamed);
          },
        },
      ],
      ERR_MSG: "a value: a number, or a location's name",
    }),
  );

  protected readonly addressOfNamed = this.RULE('addressOfNamed', (): Constant => {
    const location = this.CONSUME(t.Name).image;
    const index = this.OPTION(() => {
      this.CONSUME(t.LeftBracket);
      const found = this.SUBRULE(this.index);
      this.CONSUME(t.RightBracket);
      return found;
    });
    return { kind: 'address', location, index };
  });

  protected readonly signedNumber = this.RULE('signedNumber', (): bigint => {
    const minus = this.OPTION(() => this.CONSUME(t.Minus));
    const number = this.CONSUME(t.NumberToken);
    return this.ACTION(() => (minus === undefined ? numberOf(number) : -numberOf(number)));
  });

  /** The number of an element, or of elements. */
  protected readonly index = this.RULE('index', (): number => {
    const number = this.CONSUME(t.NumberToken);
    return this.ACTION(() => smallNumber(number, number.image, 'an array'));
  });

  protected readonly register = this.RULE('register', (): Located<Register> => {
    const thread = this.OR([
      { ALT: () => this.CONSUME(t.NumberToken) },
      { ALT: () => this.CONSUME(t.ThreadName) },
    ]);
    this.CONSUME(t.Colon);
    const name = this.CONSUME(t.Name).image;
    return this.ACTION(() => ({
      value: {
        kind: 'register',
        thread: smallNumber(thread, thread.image.replace('P', ''), 'the threads'),
        name,
      },
      at: positionOf(thread),
    }));
  });
}
