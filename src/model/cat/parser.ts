import type { IToken } from 'chevrotain';
import { CatError, type Place } from './cat-error.ts';
import type {
  BinaryOperator,
  Binding,
  CatFile,
  CheckKind,
  Condition,
  Expression,
  MatchCase,
  Pattern,
  PostfixOperator,
  Statement,
} from './syntax.ts';
import { lexCat, Tag, Text, Word } from './tokens.ts';

/**
 * Reads a file in the cat language. Operators by precedence rather than a grammar's levels, because
 * `*` is a postfix or an infix by what follows it and an argument follows its function without a sign.
 * @throws CatError
 */
export function parseCat(source: string, file: string): CatFile {
  const parser = new Parser(lexCat(source, file), file);
  return parser.file();
}

/** From the loosest to the tightest; `right` associates to the right. */
const infix: Readonly<Record<string, { readonly level: number; readonly right: boolean }>> = {
  '|': { level: 1, right: true },
  '++': { level: 2, right: true },
  ';': { level: 3, right: true },
  '\\': { level: 4, right: false },
  '&': { level: 5, right: true },
  '*': { level: 6, right: true },
};

const postfix: Readonly<Record<string, PostfixOperator>> = {
  '+': '+',
  '*': '*',
  '?': '?',
  '^-1': '^-1',
  '^+': '+',
  '^*': '*',
};

const checks = new Set(['acyclic', 'irreflexive', 'empty']);
const options = new Set(['withco', 'withoutco', 'withinit', 'withoutinit', 'withsc', 'withoutsc']);

/** Words that cannot be names, so that an expression ends before them. */
const keywords = new Set(
  (
    'let rec and in fun match with end try if then else do as from acyclic irreflexive empty ' +
    'flag show unshow include procedure call forall enum instructions default subset'
  ).split(' '),
);

const deepest = 200;

class Parser {
  private readonly tokens: readonly IToken[];
  private readonly fileName: string;
  private next = 0;
  private depth = 0;

  constructor(tokens: readonly IToken[], fileName: string) {
    this.tokens = tokens;
    this.fileName = fileName;
  }

  file(): CatFile {
    let title: string | undefined;
    const first = this.tokens[0];
    const begins = first?.tokenType === Text || (first?.tokenType === Word && !keywords.has(first.image));
    if (begins) title = this.take().image.replaceAll('"', '');
    while (options.has(this.peek())) this.take();
    const statements: Statement[] = [];
    while (this.next < this.tokens.length) statements.push(...this.statement());
    return { title, statements };
  }

  private peek(ahead = 0): string {
    return this.tokens[this.next + ahead]?.image ?? '';
  }

  private at(): Place {
    const token = this.tokens[this.next];
    const last = this.tokens.at(-1);
    return {
      file: this.fileName,
      line: token?.startLine ?? last?.endLine ?? 1,
      column: token?.startColumn ?? (last?.endColumn ?? 0) + 1,
    };
  }

  private fail(wanted: string): never {
    const found = this.next < this.tokens.length ? `'${this.peek()}'` : 'the end of the file';
    throw new CatError(`expected ${wanted}, found ${found}`, this.at());
  }

  private take(): IToken {
    const token = this.tokens[this.next];
    if (token === undefined) this.fail('more');
    this.next += 1;
    return token;
  }

  private accept(image: string): boolean {
    if (this.peek() !== image) return false;
    this.next += 1;
    return true;
  }

  private expect(image: string): void {
    if (!this.accept(image)) this.fail(`'${image}'`);
  }

  private name(what: string): string {
    const token = this.tokens[this.next];
    if (token?.tokenType !== Word || keywords.has(token.image)) this.fail(what);
    return this.take().image;
  }

  private text(what: string): string {
    if (this.tokens[this.next]?.tokenType !== Text) this.fail(what);
    return this.take().image.slice(1, -1);
  }

  // Statements.

  private statement(): readonly Statement[] {
    const at = this.at();
    const word = this.peek();
    switch (word) {
      case 'let': {
        const { recursive, bindings } = this.bindings();
        return [{ kind: 'let', recursive, bindings, at }];
      }
      case 'include':
        this.take();
        return [{ kind: 'include', file: this.text("the file's name in quotes"), at }];
      case 'show':
        this.show();
        return [];
      case 'unshow':
        this.take();
        do this.name('a relation to hide');
        while (this.accept(','));
        return [];
      case 'with': {
        this.take();
        const name = this.name("a name after 'with'");
        this.expect('from');
        return [{ kind: 'with', name, from: this.expression(), at }];
      }
      case 'enum': {
        this.take();
        const name = this.name("the enumeration's name");
        this.expect('=');
        const tags: string[] = [];
        this.accept('||');
        do tags.push(this.tag());
        while (this.accept('||'));
        return [{ kind: 'enum', name, tags, at }];
      }
      case 'instructions': {
        this.take();
        const of = this.name('a class of instructions');
        this.expect('[');
        const tags = this.expression();
        this.expect(']');
        return [{ kind: 'instructions', of, tags, at }];
      }
      case 'procedure': {
        this.take();
        const name = this.name("the procedure's name");
        const parameter = this.pattern();
        this.expect('=');
        return [{ kind: 'procedure', name, parameter, body: this.body(), at }];
      }
      case 'call': {
        this.take();
        const name = this.name("a procedure's name");
        const argument = this.simple();
        if (this.accept('as')) this.name("the check's name");
        return [{ kind: 'call', name, argument, at }];
      }
      case 'forall': {
        this.take();
        const name = this.name("a name after 'forall'");
        this.expect('in');
        const of = this.expression();
        this.expect('do');
        return [{ kind: 'forall', name, of, body: this.body(), at }];
      }
      default:
        return [this.check(at)];
    }
  }

  private body(): readonly Statement[] {
    const statements: Statement[] = [];
    while (!this.accept('end')) statements.push(...this.statement());
    return statements;
  }

  private show(): void {
    this.take();
    do {
      this.expression();
      if (this.accept('as')) this.name('a name to show it as');
    } while (this.accept(','));
  }

  private check(at: Place): Statement {
    const flag = this.accept('flag');
    const negated = this.accept('~');
    const word = this.peek();
    if (!checks.has(word)) this.fail("a statement ('let', 'acyclic', 'include', …)");
    this.take();
    const expression = this.expression();
    const name = this.accept('as') ? this.name("the check's name") : undefined;
    return { kind: 'check', check: word as CheckKind, negated, flag, expression, name, at };
  }

  private tag(): string {
    if (this.tokens[this.next]?.tokenType !== Tag) this.fail("a tag, as 'once");
    return this.take().image.slice(1);
  }

  // Bindings.

  private bindings(): { recursive: boolean; bindings: readonly Binding[] } {
    this.expect('let');
    const recursive = this.accept('rec');
    const bindings: Binding[] = [];
    do bindings.push(this.binding());
    while (this.accept('and'));
    return { recursive, bindings };
  }

  /** `f x = e` and `f(x, y) = e` bind a function. */
  private binding(): Binding {
    const at = this.at();
    const name = this.pattern();
    if (typeof name === 'string' && this.peek() !== '=') {
      const parameter = this.pattern();
      this.expect('=');
      return { name, value: { kind: 'function', parameter, body: this.expression(), at }, at };
    }
    this.expect('=');
    return { name, value: this.expression(), at };
  }

  private pattern(): Pattern {
    if (!this.accept('(')) return this.name('a name');
    const names: string[] = [];
    if (!this.accept(')')) {
      do names.push(this.name('a name'));
      while (this.accept(','));
      this.expect(')');
    }
    return names.length === 1 ? names[0]! : names;
  }

  // Expressions.

  private expression(level = 1): Expression {
    this.depth += 1;
    if (this.depth > deepest) throw new CatError(`nested more than ${deepest} deep`, this.at());
    let left = this.prefixed();
    for (;;) {
      const operator = infix[this.peek()];
      if (operator === undefined || operator.level < level) break;
      const at = this.at();
      const sign = this.take().image as BinaryOperator;
      const right = this.expression(operator.right ? operator.level : operator.level + 1);
      left = { kind: 'binary', operator: sign, left, right, at };
    }
    this.depth -= 1;
    return left;
  }

  private prefixed(): Expression {
    const at = this.at();
    if (this.accept('~')) return { kind: 'complement', operand: this.prefixed(), at };
    return this.postfixed();
  }

  private postfixed(): Expression {
    let expression = this.applied();
    for (;;) {
      const at = this.at();
      const operator = postfix[this.peek()];
      const infixStar = this.peek() === '*' && this.beginsOperand(1);
      if (operator === undefined || infixStar) return expression;
      this.take();
      expression = { kind: 'postfix', operator, operand: expression, at };
    }
  }

  private beginsOperand(ahead: number): boolean {
    const token = this.tokens[this.next + ahead];
    if (token === undefined) return false;
    if (token.tokenType === Word) return !keywords.has(token.image);
    return token.tokenType === Tag || ['(', '[', '{', '~', '0'].includes(token.image);
  }

  /** A function and its arguments, each behind the other. */
  private applied(): Expression {
    let expression = this.simple();
    const callable = (of: Expression) => of.kind === 'variable' || of.kind === 'apply';
    while (callable(expression) && this.beginsArgument()) {
      const at = this.at();
      expression = { kind: 'apply', callee: expression, argument: this.simple(), at };
    }
    return expression;
  }

  private beginsArgument(): boolean {
    const token = this.tokens[this.next];
    if (token === undefined) return false;
    if (token.tokenType === Word) return !keywords.has(token.image);
    return token.tokenType === Tag || ['(', '{', '0'].includes(token.image);
  }

  private simple(): Expression {
    const at = this.at();
    const token = this.tokens[this.next];
    if (token?.tokenType === Tag) return { kind: 'tag', name: this.tag(), at };
    if (token?.tokenType === Word && !keywords.has(token.image)) {
      this.take();
      return token.image === '_' ? { kind: 'universe', at } : { kind: 'variable', name: token.image, at };
    }
    switch (token?.image) {
      case '0':
        this.take();
        return { kind: 'empty', at };
      case '(':
        return this.parenthesised(at);
      case '[': {
        this.take();
        const set = this.expression();
        this.expect(']');
        return { kind: 'identity', set, at };
      }
      case '{': {
        this.take();
        if (this.accept('}')) return { kind: 'empty', at };
        const members = this.listed('}');
        return { kind: 'set', members, at };
      }
      case 'let': {
        const { recursive, bindings } = this.bindings();
        this.expect('in');
        return { kind: 'let', recursive, bindings, body: this.expression(), at };
      }
      case 'fun': {
        this.take();
        const parameter = this.pattern();
        this.expect('->');
        return { kind: 'function', parameter, body: this.expression(), at };
      }
      case 'match':
        return this.match(at);
      case 'try': {
        this.take();
        const attempt = this.expression();
        this.expect('with');
        return { kind: 'try', attempt, otherwise: this.expression(), at };
      }
      case 'if':
        return this.conditional(at);
      default:
        return this.fail('an expression');
    }
  }

  private parenthesised(at: Place): Expression {
    this.take();
    if (this.accept(')')) return { kind: 'tuple', members: [], at };
    const members = this.listed(')');
    return members.length === 1 ? members[0]! : { kind: 'tuple', members, at };
  }

  private listed(close: string): readonly Expression[] {
    const members: Expression[] = [];
    do members.push(this.expression());
    while (this.accept(','));
    this.expect(close);
    return members;
  }

  private match(at: Place): Expression {
    this.take();
    const on = this.expression();
    this.expect('with');
    const cases: MatchCase[] = [];
    this.accept('||');
    do cases.push(this.matchCase());
    while (this.accept('||'));
    this.expect('end');
    return { kind: 'match', on, cases, at };
  }

  private matchCase(): MatchCase {
    const pattern = this.matchPattern();
    this.expect('->');
    return { pattern, body: this.expression() };
  }

  private matchPattern(): MatchCase['pattern'] {
    if (this.tokens[this.next]?.tokenType === Tag) return { kind: 'tag', name: this.tag() };
    if (this.accept('{')) {
      this.expect('}');
      return { kind: 'empty' };
    }
    const element = this.name('a pattern');
    if (element === '_') return { kind: 'any' };
    this.expect('++');
    return { kind: 'add', element, rest: this.name('a name for the rest of the set') };
  }

  private conditional(at: Place): Expression {
    this.take();
    const condition = this.condition();
    this.expect('then');
    const then = this.expression();
    this.expect('else');
    return { kind: 'if', condition, then, otherwise: this.expression(), at };
  }

  private condition(): Condition {
    if (this.tokens[this.next]?.tokenType === Text) return { kind: 'variant', name: this.text('a variant') };
    const left = this.expression();
    if (this.accept('=')) return { kind: 'equal', left, right: this.expression() };
    this.expect('subset');
    return { kind: 'subset', left, right: this.expression() };
  }
}
