import type { IToken } from 'chevrotain';
import { initialLocation, type Initialiser } from './initial-values.ts';
import { baseOf, structBase } from './literals.ts';
import type { Condition, Constant, CType, InitialValue, Observable, Proposition } from './litmus-test.ts';
import { PropositionGrammar, type Located } from './proposition-grammar.ts';
import * as t from './tokens.ts';

/** The part of the grammar around the threads: types, the initial state before, the condition behind. */
export class StateGrammar extends PropositionGrammar {
  /** Appends what a rule returned, unless chevrotain is recording. */
  protected keep<T>(list: T[], some: readonly T[]): void {
    this.ACTION(() => list.push(...some));
  }

  // The initial state.

  protected readonly initialState = this.RULE('initialState', (): InitialValue[] => {
    const values: InitialValue[] = [];
    this.CONSUME(t.InitialOpen);
    this.OPTION(() => this.keep(values, this.SUBRULE(this.initialItem)));
    this.MANY(() => {
      this.CONSUME(t.Semicolon);
      this.OPTION2(() => this.keep(values, this.SUBRULE2(this.initialItem)));
    });
    this.CONSUME(t.InitialClose);
    return values;
  });

  protected readonly initialItem = this.RULE('initialItem', (): InitialValue[] => {
    const values: InitialValue[] = [];
    const base = this.OPTION(() => this.SUBRULE(this.base));
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const pointers = this.SUBRULE(this.stars);
        const type = base === undefined && pointers === 0 ? undefined : { base: base ?? 'int', pointers };
        this.OR({
          DEF: [
            { ALT: () => values.push(this.SUBRULE(this.initialRegister, { ARGS: [type] })) },
            { ALT: () => values.push(this.SUBRULE(this.initialLocation, { ARGS: [type] })) },
          ],
          ERR_MSG: 'a location or a register',
        });
      },
    });
    return values;
  });

  protected readonly initialRegister = this.RULE(
    'initialRegister',
    (type: CType | undefined): InitialValue => {
      const { value: register, at } = this.SUBRULE(this.register);
      this.CONSUME(t.Equal);
      const value = this.SUBRULE(this.constant);
      return this.ACTION(() => ({
        kind: 'register',
        thread: register.thread,
        name: register.name,
        type,
        value,
        at,
      }));
    },
  );

  protected readonly initialLocation = this.RULE(
    'initialLocation',
    (type: CType | undefined): InitialValue => {
      const name = this.OR([
        { ALT: () => this.CONSUME(t.Name) },
        {
          ALT: () => {
            this.CONSUME(t.LeftBracket);
            const bracketed = this.CONSUME2(t.Name);
            this.CONSUME(t.RightBracket);
            return bracketed;
          },
        },
      ]);
      const length = this.OPTION(() => {
        this.CONSUME2(t.LeftBracket);
        const size = this.SUBRULE(this.index);
        this.CONSUME2(t.RightBracket);
        return size;
      });
      const values = this.OPTION2(() => {
        this.CONSUME(t.Equal);
        return this.SUBRULE(this.initialiser);
      });
      return this.ACTION(() => initialLocation(name, type, length, values));
    },
  );

  protected readonly initialiser = this.RULE('initialiser', (): Initialiser =>
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.constant) },
        {
          ALT: () => {
            this.CONSUME(t.AtomicInit);
            this.CONSUME(t.LeftParenthesis);
            const scalar = this.SUBRULE2(this.constant);
            this.CONSUME(t.RightParenthesis);
            return scalar;
          },
        },
        {
          ALT: () => {
            const elements: Constant[] = [];
            this.CONSUME(t.ElementsOpen);
            this.MANY_SEP({ SEP: t.Comma, DEF: () => elements.push(this.SUBRULE3(this.constant)) });
            this.CONSUME(t.ElementsClose);
            return elements;
          },
        },
      ],
      ERR_MSG: 'a value',
    }),
  );

  // Types.

  protected readonly base = this.RULE('base', (): string => {
    this.MANY(() => this.CONSUME(t.Qualifier));
    const base = this.OR({
      DEF: [
        {
          ALT: () => {
            const first = this.CONSUME(t.TypeWord);
            const more: IToken[] = [];
            this.MANY3(() => more.push(this.CONSUME2(t.TypeWord)));
            return this.ACTION(() => baseOf(first, more));
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Struct);
            const name = this.CONSUME(t.Name);
            return this.ACTION(() => structBase(name));
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Void);
            return 'void';
          },
        },
      ],
      ERR_MSG: 'a type',
    });
    this.MANY2(() => this.CONSUME2(t.Qualifier));
    return base;
  });

  protected readonly stars = this.RULE('stars', (): number => {
    let pointers = 0;
    this.MANY(() => {
      this.CONSUME(t.Star);
      pointers += 1;
      this.MANY2(() => this.CONSUME(t.Qualifier));
    });
    return pointers;
  });

  // The condition.

  protected readonly locations = this.RULE('locations', (): Located<Observable>[] => {
    const items: Located<Observable>[] = [];
    this.CONSUME(t.Locations);
    this.CONSUME(t.LeftBracket);
    this.OPTION(() => items.push(this.SUBRULE(this.typedObservable)));
    this.MANY(() => {
      this.CONSUME(t.Semicolon);
      this.OPTION2(() => items.push(this.SUBRULE2(this.typedObservable)));
    });
    this.CONSUME(t.RightBracket);
    return items;
  });

  /** herd7 lets a type follow, for display: it is not kept. */
  protected readonly typedObservable = this.RULE('typedObservable', (): Located<Observable> => {
    const found = this.SUBRULE(this.observable);
    this.OPTION(() => this.SUBRULE(this.base));
    this.SUBRULE(this.stars);
    return found;
  });

  protected readonly filter = this.RULE('filter', (): Proposition => {
    this.CONSUME(t.Filter);
    return this.SUBRULE(this.proposition);
  });

  protected readonly condition = this.RULE('condition', (): Condition => {
    const quantifier = this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.Exists);
            return 'exists' as const;
          },
        },
        {
          ALT: () => {
            this.OR2([{ ALT: () => this.CONSUME(t.Tilde) }, { ALT: () => this.CONSUME(t.NotWord) }]);
            this.CONSUME2(t.Exists);
            return '~exists' as const;
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Forall);
            return 'forall' as const;
          },
        },
      ],
      ERR_MSG: "'exists', '~exists' or 'forall'",
    });
    const proposition = this.SUBRULE(this.proposition);
    this.OPTION(() => this.CONSUME(t.Semicolon));
    return { quantifier, proposition };
  });
}
