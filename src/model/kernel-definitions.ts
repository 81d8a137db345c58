/**
 * Reads the kernel's own table of primitives (tools/memory-model/linux-kernel.def): macros in terms of
 * herd7's built-in operations.
 */

import { suggestion } from '../language/nearest.ts';
import { CatError, type Place } from './cat/cat-error.ts';
import { ownMacros, type Macro, type Macros, type MacroStep, type Operand } from './kernel-macros.ts';

/** Primitives that herd7 knows without a definition. */
const builtInPrimitives = ['atomic_add_unless'] as const;

/**
 * @param tags those that the model declares; undefined where nothing declares any
 * @throws CatError at what is no macro, calls what herd7 does not have, or carries an unknown tag
 */
export function parseDefinitions(source: string, file: string, tags?: ReadonlySet<string>): Macros {
  const reader = new Reader(tokensOf(source, file), file, tags);
  const macros = reader.macros();
  for (const name of builtInPrimitives) {
    const own = ownMacros.get(name);
    if (own !== undefined && !macros.has(name)) macros.set(name, own);
  }
  return macros;
}

interface Token {
  readonly text: string;
  readonly at: Place;
}

const word = /\/\*[\s\S]*?(?:\*\/|$)|\/\/.*|[A-Za-z_]\w*|\{\s*[\w-]+\s*\}|-?\d+|&~|==|\S/g;

/** The words of a file, without its comments. */
function tokensOf(source: string, file: string): readonly Token[] {
  const tokens: Token[] = [];
  let [line, lineStart, from] = [1, 0, 0];
  for (const { 0: text, index } of source.matchAll(word)) {
    for (let end = source.indexOf('\n', from); end !== -1 && end < index; end = source.indexOf('\n', from)) {
      line += 1;
      lineStart = from = end + 1;
    }
    const at = { file, line, column: index - lineStart + 1 };
    if (text.startsWith('/*') && !text.endsWith('*/')) throw new CatError('this comment is never closed', at);
    if (!text.startsWith('/*') && !text.startsWith('//')) tokens.push({ text, at });
  }
  return tokens;
}

/** An argument of a built-in: an operand, or an operator. */
type Argument = { readonly operand: Operand } | { readonly operator: string };

interface Call {
  readonly name: string;
  readonly tag: string | undefined;
  readonly arguments: readonly Argument[];
  /** Its name among the words of the file. */
  readonly at: number;
}

const operations = { '+': 'add', '-': 'sub', '&': 'and', '|': 'or', '^': 'xor', '&~': 'andnot' } as const;

class Reader {
  private readonly tokens: readonly Token[];
  private readonly file: string;
  private readonly tags: ReadonlySet<string> | undefined;
  private readonly known = new Map<string, Macro>();
  private parameters: readonly string[] = [];
  private next = 0;

  constructor(tokens: readonly Token[], file: string, tags: ReadonlySet<string> | undefined) {
    this.tokens = tokens;
    this.file = file;
    this.tags = tags;
  }

  macros(): Map<string, Macro> {
    while (this.next < this.tokens.length) {
      const name = this.name("a macro's name");
      this.parameters = this.list(() => this.name('a parameter'));
      this.known.set(name, this.peek() === '{' ? this.block() : this.value());
    }
    return this.known;
  }

  private block(): Macro {
    this.expect('{');
    const steps: MacroStep[] = [];
    while (this.peek() !== '}') {
      steps.push(...this.expanded(this.call()).steps);
      this.expect(';');
    }
    this.expect('}');
    return { steps, test: undefined };
  }

  private value(): Macro {
    const macro = this.expanded(this.call());
    const relation = this.peek();
    if (relation !== '==' && relation !== '<') return macro;
    this.take();
    const number = this.take('a number');
    if (!/^-?\d+$/.test(number)) this.fail('a number', this.next - 1);
    return { ...macro, test: { relation, with: BigInt(number) } };
  }

  private call(): Call {
    const at = this.next;
    const name = this.name('a macro defined above, or a built-in as __load');
    const tag = this.peek()?.startsWith('{') === true ? this.tag() : undefined;
    const args = this.peek() === '(' ? this.list(() => this.argument()) : [];
    return { name, tag, arguments: args, at };
  }

  private tag(): string {
    const { at } = this.tokens[this.next]!;
    const tag = this.take().slice(1, -1).trim();
    if (this.tags === undefined || this.tags.has(tag)) return tag;
    const meant = suggestion(tag, this.tags);
    throw new CatError(
      `no enum of the model declares '${tag}${meant === '' ? ': add it to one in the .bell file' : meant}`,
      at,
    );
  }

  /** A location's own `*` says no more than that the macro takes a pointer. */
  private argument(): Argument {
    if (this.peek() === '*') this.take();
    const token = this.take('an argument');
    if (Object.hasOwn(operations, token)) return { operator: token };
    if (/^-?\d+$/.test(token)) return { operand: { number: BigInt(token) } };
    const argument = this.parameters.indexOf(token);
    if (argument === -1) this.fail('a parameter or a number', this.next - 1);
    return { operand: { argument } };
  }

  private expanded(call: Call): Macro {
    const macro = this.known.get(call.name);
    if (macro === undefined) return { steps: [this.builtIn(call)], test: undefined };
    return { ...macro, steps: macro.steps.map((step) => this.substituted(step, call)) };
  }

  /** A step of another macro, with this call's arguments for its own. */
  private substituted(step: MacroStep, call: Call): MacroStep {
    const through = (operand: Operand): Operand =>
      'argument' in operand ? this.operand(call, operand.argument) : operand;
    const result: MacroStep = 'at' in step ? { ...step, at: this.place(call, step.at) } : step;
    switch (result.kind) {
      case 'store':
        return { ...result, value: through(result.value) };
      case 'srcu':
        return result.value === undefined ? result : { ...result, value: through(result.value) };
      case 'rmw':
        return { ...result, operand: through(result.operand) };
      case 'compare-exchange':
        return { ...result, expected: through(result.expected), desired: through(result.desired) };
      case 'conditional-add':
        return {
          ...result,
          addend: through(result.addend),
          bound: result.bound === undefined ? undefined : through(result.bound),
        };
      default:
        return result;
    }
  }

  private builtIn(call: Call): MacroStep {
    const tag = call.tag ?? 'noreturn';
    const at = () => this.place(call, 0);
    const rmw = (result: 'nothing' | 'old' | 'new'): MacroStep => ({
      kind: 'rmw',
      tag,
      at: at(),
      operation: this.operation(call),
      operand: this.operand(call, 2),
      result,
    });
    switch (call.name) {
      case '__load':
        return { kind: 'load', tag: call.tag ?? 'once', at: at() };
      case '__store':
        return { kind: 'store', tag: call.tag ?? 'once', at: at(), value: this.operand(call, 1) };
      case '__fence':
        return { kind: 'fence', tag };
      case '__xchg':
        return {
          kind: 'rmw',
          tag,
          at: at(),
          operation: 'exchange',
          operand: this.operand(call, 1),
          result: 'old',
        };
      case '__cmpxchg':
        return {
          kind: 'compare-exchange',
          tag,
          at: at(),
          expected: this.operand(call, 1),
          desired: this.operand(call, 2),
        };
      case '__atomic_op':
        return rmw('nothing');
      case '__atomic_op_return':
        return rmw('new');
      case '__atomic_fetch_op':
        return rmw('old');
      case '__atomic_add_unless':
        return {
          kind: 'conditional-add',
          tag,
          at: at(),
          unless: 'equal',
          addend: this.operand(call, 1),
          bound: this.operand(call, 2),
          result: 'written',
        };
      case '__lock':
        return { kind: 'lock', at: at() };
      case '__unlock':
        return { kind: 'unlock', at: at() };
      case '__trylock':
        return { kind: 'trylock', at: at() };
      case '__islocked':
        return { kind: 'is-locked', at: at() };
      case '__srcu':
        return {
          kind: 'srcu',
          tag,
          at: at(),
          value: call.arguments.length > 1 ? this.operand(call, 1) : undefined,
        };
      default:
        return this.fail(
          'a macro defined above, or one of the built-in __load, __store, __fence, …',
          call.at,
        );
    }
  }

  private place(call: Call, index: number): number {
    const operand = this.operand(call, index);
    if ('argument' in operand) return operand.argument;
    return this.lacks(call, 'a location', index);
  }

  private operand(call: Call, index: number): Operand {
    const argument = call.arguments[index];
    if (argument !== undefined && 'operand' in argument) return argument.operand;
    return this.lacks(call, 'a parameter or a number', index);
  }

  private operation(call: Call): (typeof operations)[keyof typeof operations] {
    const argument = call.arguments[1];
    if (argument !== undefined && 'operator' in argument) {
      return operations[argument.operator as keyof typeof operations];
    }
    return this.lacks(call, `an operator (${Object.keys(operations).join(' ')})`, 1);
  }

  private lacks({ name, at }: Call, what: string, index: number): never {
    throw new CatError(`${name} needs ${what} as its argument ${index + 1}`, this.placeOf(at));
  }

  /** What `one` reads, any number of times with commas between, in parentheses. */
  private list<T>(one: () => T): readonly T[] {
    const members: T[] = [];
    this.expect('(');
    if (this.peek() !== ')') members.push(one());
    while (this.peek() === ',') {
      this.take();
      members.push(one());
    }
    this.expect(')');
    return members;
  }

  private peek(): string | undefined {
    return this.tokens[this.next]?.text;
  }

  private take(wanted = 'more'): string {
    const token = this.tokens[this.next] ?? this.fail(wanted);
    this.next += 1;
    return token.text;
  }

  private name(wanted: string): string {
    return /^[A-Za-z_]/.test(this.peek() ?? '') ? this.take() : this.fail(wanted);
  }

  private expect(token: string): void {
    if (this.peek() !== token) this.fail(`'${token}'`);
    this.next += 1;
  }

  private placeOf(token: number): Place {
    return this.tokens[token]?.at ?? this.tokens.at(-1)?.at ?? { file: this.file, line: 1, column: 1 };
  }

  private fail(wanted: string, token = this.next): never {
    const found = this.tokens[token]?.text;
    throw new CatError(
      `expected ${wanted}, found ${found === undefined ? 'the end of the file' : `'${found}'`}`,
      this.placeOf(token),
    );
  }
}
