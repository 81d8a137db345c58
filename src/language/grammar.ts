import type { IParserConfig, IToken } from 'chevrotain';
import { isVoid } from './c-types.ts';
import {
  assignment,
  compounded,
  grouped,
  indexed,
  prefixed,
  stepped,
  unused,
  withoutBraces,
} from './desugar.ts';
import type { Applied, Operand, Prefix } from './desugar.ts';
import { endOf, numberExpression, positionOf, smallNumber } from './literals.ts';
import type {
  Condition,
  Expression,
  InitialValue,
  Observable,
  Parameter,
  Proposition,
  Statement,
  Thread,
} from './litmus-test.ts';
import { Mistake } from './mistake.ts';
import type { Located } from './proposition-grammar.ts';
import { StateGrammar } from './state-grammar.ts';
import * as t from './tokens.ts';

/** A file as read: what the header's comments say is still text, and nothing is checked. */
export interface SyntaxTree {
  readonly title: IToken;
  readonly comments: readonly IToken[];
  readonly information: readonly string[];
  readonly initial: readonly InitialValue[];
  readonly threads: readonly Thread[];
  readonly locations: readonly Located<Observable>[];
  readonly filter: Proposition | undefined;
  readonly condition: Condition | undefined;
  /** Where each atom of the filter and the condition stands, in their order. */
  readonly observed: readonly Located<Observable>[];
}

/**
 * The grammar of LKMM C litmus files. Chevrotain, because it is pure JavaScript (the rare
 * architectures have no binding to lack), needs no generation step, types its tokens and keeps their
 * positions, and is well kept; version 11, because 12 needs Node 22.
 */
export class LitmusGrammar extends StateGrammar {
  constructor(config: IParserConfig = { skipValidations: true }) {
    super(config);
    this.performSelfAnalysis();
  }

  readonly test = this.RULE('test', (): SyntaxTree => {
    this.observed = [];
    const comments: IToken[] = [];
    const information: string[] = [];
    this.MANY(() => comments.push(this.CONSUME(t.HeaderComment)));
    const title = this.CONSUME(t.Title);
    this.MANY2(() =>
      this.OR([
        { ALT: () => comments.push(this.CONSUME2(t.HeaderComment)) },
        { ALT: () => information.push(this.CONSUME(t.Information).image.trimEnd()) },
      ]),
    );
    const initial = this.SUBRULE(this.initialState);
    const threads: Thread[] = [];
    this.AT_LEAST_ONE(() => threads.push(this.SUBRULE(this.thread)));
    const locations = this.OPTION(() => this.SUBRULE(this.locations)) ?? [];
    const filter = this.OPTION2(() => this.SUBRULE(this.filter));
    const condition = this.OPTION3(() => this.SUBRULE(this.condition));
    return {
      title,
      comments,
      information,
      initial,
      threads,
      locations,
      filter,
      condition,
      observed: this.observed,
    };
  });

  // Threads.

  private readonly thread = this.RULE('thread', (): Thread => {
    this.OPTION(() => this.CONSUME(t.Void));
    const head = this.CONSUME(t.ThreadHead);
    const parameters: Parameter[] = [];
    this.CONSUME(t.LeftParenthesis);
    this.MANY_SEP({ SEP: t.Comma, DEF: () => this.keep(parameters, this.SUBRULE(this.parameter)) });
    this.CONSUME(t.ParametersClose);
    this.CONSUME(t.BodyOpen);
    const body = this.SUBRULE(this.statements);
    this.CONSUME(t.BlockClose);
    return this.ACTION(() => ({
      index: smallNumber(head, head.image.slice(1), 'the threads'),
      parameters,
      body,
      at: positionOf(head),
    }));
  });

  /** `(void)` is a list of no parameters. */
  private readonly parameter = this.RULE('parameter', (): Parameter[] => {
    const base = this.SUBRULE(this.base);
    const pointers = this.SUBRULE(this.stars);
    const name = this.OPTION(() => this.CONSUME(t.Name));
    return this.ACTION(() => {
      const type = { base, pointers };
      if (name !== undefined) return [{ name: name.image, type, at: positionOf(name) }];
      if (isVoid(type)) return [];
      throw new Mistake('expected the name of the parameter after its type', endOf(this.LA(0)));
    });
  });

  private readonly statements = this.RULE('statements', (): Statement[] => {
    const body: Statement[] = [];
    this.MANY(() => this.keep(body, this.SUBRULE(this.statement)));
    return body;
  });

  /** A declaration of several names is several statements, and `;` alone is none. */
  private readonly statement = this.RULE('statement', (): readonly Statement[] =>
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.emptyStatement) },
        { ALT: () => this.SUBRULE(this.block) },
        { ALT: () => this.SUBRULE(this.conditional) },
        { ALT: () => this.SUBRULE(this.declaration) },
        { ALT: () => this.SUBRULE(this.stepStatement) },
        { ALT: () => this.SUBRULE(this.expressionStatement) },
      ],
      ERR_MSG: 'a statement',
    }),
  );

  private readonly emptyStatement = this.RULE('emptyStatement', (): Statement[] => {
    this.CONSUME(t.Semicolon);
    return [];
  });

  private readonly block = this.RULE('block', (): Statement[] => {
    const open = this.CONSUME(t.BlockOpen);
    const body = this.SUBRULE(this.statements);
    this.CONSUME(t.BlockClose);
    return [{ kind: 'block', body, at: positionOf(open) }];
  });

  private readonly conditional = this.RULE('conditional', (): Statement[] => {
    const at = positionOf(this.CONSUME(t.If));
    this.CONSUME(t.LeftParenthesis);
    const condition = this.SUBRULE(this.expression);
    this.CONSUME(t.RightParenthesis);
    const then = this.SUBRULE(this.statement);
    const otherwise =
      this.OPTION(() => {
        this.CONSUME(t.Else);
        return this.SUBRULE2(this.statement);
      }) ?? [];
    return this.ACTION(() => [
      { kind: 'if', condition, then: withoutBraces(then), otherwise: withoutBraces(otherwise), at },
    ]);
  });

  private readonly declaration = this.RULE('declaration', (): Statement[] => {
    const statements: Statement[] = [];
    const base = this.SUBRULE(this.base);
    this.AT_LEAST_ONE_SEP({
      SEP: t.Comma,
      DEF: () => {
        const pointers = this.SUBRULE(this.stars);
        const name = this.CONSUME(t.Name);
        const value = this.OPTION(() => {
          this.CONSUME(t.Equal);
          return this.SUBRULE(this.expression);
        });
        statements.push({
          kind: 'declare',
          type: { base, pointers },
          name: name.image,
          value,
          at: positionOf(name),
        });
      },
    });
    this.CONSUME(t.Semicolon);
    return statements;
  });

  private readonly stepStatement = this.RULE('stepStatement', (): Statement[] => {
    const step = this.CONSUME(t.Step);
    const target = this.SUBRULE(this.expression);
    this.CONSUME(t.Semicolon);
    return this.ACTION(() => [assignment(target, stepped(target, step), positionOf(step))]);
  });

  private readonly expressionStatement = this.RULE('expressionStatement', (): Statement[] => {
    const left = this.SUBRULE(this.expression);
    const statement = this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.Equal);
            const value = this.SUBRULE2(this.expression);
            return this.ACTION(() => assignment(left, value, left.at));
          },
        },
        {
          ALT: () => {
            const operator = this.CONSUME(t.AssignOperator);
            const value = this.SUBRULE3(this.expression);
            return this.ACTION(() => assignment(left, compounded(left, operator, value), left.at));
          },
        },
        {
          ALT: () => {
            const step = this.CONSUME(t.Step);
            return this.ACTION(() => assignment(left, stepped(left, step), left.at));
          },
        },
        {
          ALT: () =>
            this.ACTION((): Statement => ({ kind: 'evaluate', expression: unused(left), at: left.at })),
        },
      ],
    });
    this.CONSUME(t.Semicolon);
    return [statement];
  });

  // Expressions.

  private readonly expression = this.RULE('expression', (): Expression => {
    const first = this.SUBRULE(this.operand);
    const applied: Applied[] = [];
    this.MANY(() => {
      const operator = this.CONSUME(t.BinaryOperator);
      applied.push({ operator, operand: this.SUBRULE2(this.operand) });
    });
    return this.ACTION(() => grouped(first, applied));
  });

  private readonly operand = this.RULE('operand', (): Expression => {
    const prefixes: Prefix[] = [];
    this.MANY(() =>
      this.OR([
        { ALT: () => prefixes.push({ operator: this.CONSUME(t.PrefixOperator) }) },
        { ALT: () => prefixes.push(this.SUBRULE(this.cast)) },
      ]),
    );
    const primary = this.SUBRULE(this.primary);
    let { expression, literal } = primary;
    this.MANY2(() => {
      const array = expression;
      this.CONSUME(t.LeftBracket);
      const index = this.SUBRULE(this.expression);
      this.CONSUME(t.RightBracket);
      expression = this.ACTION(() => indexed(array, index));
      literal = false;
    });
    return this.ACTION(() => prefixed(prefixes, { expression, literal }));
  });

  private readonly cast = this.RULE('cast', (): Prefix => {
    const open = this.CONSUME(t.LeftParenthesis);
    const base = this.SUBRULE(this.base);
    const pointers = this.SUBRULE(this.stars);
    this.CONSUME(t.RightParenthesis);
    return { cast: { base, pointers }, at: positionOf(open) };
  });

  private readonly primary = this.RULE('primary', (): Operand =>
    this.OR({
      DEF: [
        {
          ALT: () => {
            const number = this.CONSUME(t.NumberToken);
            return { expression: this.ACTION(() => numberExpression(number)), literal: true };
          },
        },
        { ALT: () => ({ expression: this.SUBRULE(this.nameOrCall), literal: false }) },
        {
          ALT: () => {
            this.CONSUME(t.LeftParenthesis);
            const expression = this.SUBRULE(this.expression);
            this.CONSUME(t.RightParenthesis);
            return { expression, literal: false };
          },
        },
      ],
      ERR_MSG: 'an expression',
    }),
  );

  private readonly nameOrCall = this.RULE('nameOrCall', (): Expression => {
    const token = this.CONSUME(t.Name);
    const given = this.OPTION(() => {
      const some: Expression[] = [];
      this.CONSUME(t.LeftParenthesis);
      this.MANY_SEP({ SEP: t.Comma, DEF: () => some.push(this.SUBRULE(this.expression)) });
      this.CONSUME(t.RightParenthesis);
      return some;
    });
    const name = token.image;
    const at = positionOf(token);
    return given === undefined ? { kind: 'name', name, at } : { kind: 'call', name, arguments: given, at };
  });
}
