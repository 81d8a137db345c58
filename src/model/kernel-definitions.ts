/**
 * Reads the kernel's own table of primitives (tools/memory-model/linux-kernel.def): one macro a line,
 * in terms of herd7's built-in operations.
 */

import { isPrimitive } from '../language/primitives.ts';
import { CatError } from './cat/cat-error.ts';
import { ownMacros, type Macro, type Macros, type MacroStep, type Operand } from './kernel-macros.ts';

/** Primitives that herd7 knows without a definition. */
const builtInPrimitives = ['atomic_add_unless'] as const;

/** @throws CatError at a line that is no macro, or calls what herd7 does not have. */
export function parseDefinitions(source: string, file: string): Macros {
  const macros = new Map<string, Macro>();
  const text = source.replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '));
  for (const [index, line] of text.split('\n').entries()) {
    const code = line.replace(/\/\/.*/, '').trim();
    if (code === '') continue;
    const reader = new Reader(code, file, index + 1, macros);
    const { name, macro } = reader.macro();
    if (isPrimitive(name)) macros.set(name, macro);
  }
  for (const name of builtInPrimitives) {
    const own = ownMacros.get(name);
    if (own !== undefined && !macros.has(name)) macros.set(name, own);
  }
  return macros;
}

/** An argument of a built-in: an operand, or an operator. */
type Argument = { readonly operand: Operand } | { readonly operator: string };

interface Call {
  readonly name: string;
  readonly tag: string | undefined;
  readonly arguments: readonly Argument[];
}

const operations = { '+': 'add', '-': 'sub', '&': 'and', '|': 'or', '^': 'xor', '&~': 'andnot' } as const;

class Reader {
  private readonly tokens: readonly string[];
  private readonly file: string;
  private readonly line: number;
  private readonly known: Macros;
  private parameters: readonly string[] = [];
  private next = 0;

  constructor(code: string, file: string, line: number, known: Macros) {
    this.tokens = code.match(/[A-Za-z_]\w*|\{\s*[\w-]+\s*\}|-?\d+|&~|==|\S/g) ?? [];
    this.file = file;
    this.line = line;
    this.known = known;
  }

  macro(): { readonly name: string; readonly macro: Macro } {
    const name = this.take();
    this.expect('(');
    const parameters: string[] = [];
    while (this.peek() !== ')') {
      parameters.push(this.take());
      if (this.peek() === ',') this.take();
    }
    this.expect(')');
    this.parameters = parameters;
    return { name, macro: this.peek() === '{' ? this.block() : this.value() };
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
    if (relation === undefined) return macro;
    if (relation !== '==' && relation !== '<') this.fail(`'==' or '<'`);
    this.take();
    return { ...macro, test: { relation, with: BigInt(this.take()) } };
  }

  private call(): Call {
    const name = this.take();
    const tag = this.peek()?.startsWith('{') === true ? this.take().slice(1, -1).trim() : undefined;
    const args: Argument[] = [];
    if (this.peek() === '(') {
      this.take();
      while (this.peek() !== ')') {
        args.push(this.argument());
        if (this.peek() === ',') this.take();
      }
      this.expect(')');
    }
    return { name, tag, arguments: args };
  }

  /** A location's own `*` says no more than that the macro takes a pointer. */
  private argument(): Argument {
    if (this.peek() === '*') this.take();
    const token = this.take();
    if (Object.hasOwn(operations, token)) return { operator: token };
    if (/^-?\d+$/.test(token)) return { operand: { number: BigInt(token) } };
    const argument = this.parameters.indexOf(token);
    if (argument === -1) this.fail('a parameter or a number', token);
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
          call.name,
        );
    }
  }

  private place(call: Call, index: number): number {
    const operand = this.operand(call, index);
    if ('argument' in operand) return operand.argument;
    return this.fail('a location', operand.number.toString());
  }

  private operand(call: Call, index: number): Operand {
    const argument = call.arguments[index];
    if (argument !== undefined && 'operand' in argument) return argument.operand;
    return this.fail(`an argument ${index + 1} of ${call.name}`);
  }

  private operation(call: Call): (typeof operations)[keyof typeof operations] {
    const argument = call.arguments[1];
    if (argument !== undefined && 'operator' in argument) {
      return operations[argument.operator as keyof typeof operations];
    }
    return this.fail(`an operator in ${call.name}`);
  }

  private peek(): string | undefined {
    return this.tokens[this.next];
  }

  private take(): string {
    const token = this.tokens[this.next];
    if (token === undefined) this.fail('more');
    this.next += 1;
    return token;
  }

  private expect(token: string): void {
    if (this.peek() !== token) this.fail(`'${token}'`);
    this.next += 1;
  }

  private fail(wanted: string, found = this.peek()): never {
    throw new CatError(
      `expected ${wanted}, found ${found === undefined ? 'the end of the line' : `'${found}'`}`,
      {
        file: this.file,
        line: this.line,
        column: 1,
      },
    );
  }
}
