import type { IToken } from 'chevrotain';
import { CatError, type Place } from './cat-error.ts';
import { lexCat, Tag, Text, Word } from './tokens.ts';

/** Words that cannot be names, so that an expression ends before them. */
const keywords = new Set(
  (
    'let rec and in fun match with begin end try if then else do as from when acyclic irreflexive empty flag ' +
    'undefined_unless show unshow include procedure call forall debug enum instructions default subset'
  ).split(' '),
);

/** The words of a file, one after the other. */
export class TokenStream {
  private readonly tokens: readonly IToken[];
  private readonly file: string;
  private next = 0;

  /** @throws CatError */
  constructor(source: string, file: string) {
    this.tokens = lexCat(source, file);
    this.file = file;
  }

  get atEnd(): boolean {
    return this.next >= this.tokens.length;
  }

  /** The next word's text; empty at the end of the file. */
  peek(ahead = 0): string {
    return this.tokens[this.next + ahead]?.image ?? '';
  }

  isName(ahead = 0): boolean {
    const token = this.tokens[this.next + ahead];
    return token?.tokenType === Word && !keywords.has(token.image);
  }

  isTag(ahead = 0): boolean {
    return this.tokens[this.next + ahead]?.tokenType === Tag;
  }

  isText(): boolean {
    return this.tokens[this.next]?.tokenType === Text;
  }

  /** Where the next word begins. */
  at(): Place {
    const token = this.tokens[this.next];
    const last = this.tokens.at(-1);
    return {
      file: this.file,
      line: token?.startLine ?? last?.endLine ?? 1,
      column: token?.startColumn ?? (last?.endColumn ?? 0) + 1,
    };
  }

  fail(wanted: string): never {
    throw new CatError(
      `expected ${wanted}, found ${this.atEnd ? 'the end of the file' : `'${this.peek()}'`}`,
      this.at(),
    );
  }

  take(): string {
    const token = this.tokens[this.next];
    if (token === undefined) this.fail('more');
    this.next += 1;
    return token.image;
  }

  accept(image: string): boolean {
    if (this.peek() !== image) return false;
    this.next += 1;
    return true;
  }

  expect(image: string): void {
    if (!this.accept(image)) this.fail(`'${image}'`);
  }

  name(what: string): string {
    return this.isName() ? this.take() : this.fail(what);
  }

  tag(): string {
    return this.isTag() ? this.take().slice(1) : this.fail("a tag, as 'once");
  }

  text(what: string): string {
    return this.isText() ? this.take().slice(1, -1) : this.fail(what);
  }

  /** What `one` reads, once or more with a comma between. */
  list<T>(one: () => T): readonly T[] {
    const members = [one()];
    while (this.accept(',')) members.push(one());
    return members;
  }
}
