import { withinBounds } from './cat-error.ts';
import { checkWords, expression, letBindings, operand, pattern, simple } from './expressions.ts';
import type { CatFile, CheckKind, Statement } from './syntax.ts';
import { TokenStream } from './token-stream.ts';

/**
 * Reads a file in the cat language.
 * @throws CatError
 */
export function parseCat(source: string, file: string): CatFile {
  const stream = new TokenStream(source, file);
  return withinBounds(
    () => {
      const title = titleOf(stream);
      while (options.has(stream.peek())) stream.take();
      const statements: Statement[] = [];
      while (!stream.atEnd) statements.push(...statement(stream));
      return { title, statements };
    },
    () => stream.at(),
  );
}

/** Switches of older models; what they ask for is so, or is said by what a model includes. */
const options = new Set(['withco', 'withoutco', 'withinit', 'withoutinit', 'withsc', 'withoutsc']);

/** An architecture's name may stand before the title, or for it. */
function titleOf(stream: TokenStream): string | undefined {
  const isTitle = () => stream.isText() || (stream.isName() && !options.has(stream.peek()));
  let title: string | undefined;
  for (let words = 0; words < 2 && isTitle(); words++) {
    const ends = stream.isText();
    title = stream.take().replaceAll('"', '');
    if (ends) break;
  }
  return title;
}

/** Nothing comes of statements that are about pictures. */
function statement(stream: TokenStream): readonly Statement[] {
  const at = stream.at();
  switch (stream.peek()) {
    case 'let': {
      const { recursive, bindings } = letBindings(stream);
      if (stream.peek() === 'when') stream.fail("a statement (a 'let rec' cannot have a condition)");
      stream.accept('in');
      return [{ kind: 'let', recursive, bindings, at }];
    }
    case 'include':
      stream.take();
      return [{ kind: 'include', file: stream.text("the file's name in quotes"), at }];
    case 'show':
      stream.take();
      stream.list(() => {
        operand(stream);
        if (stream.accept('as')) stream.name('a name to show it as');
      });
      return [];
    case 'unshow':
      stream.take();
      stream.list(() => stream.name('a relation to hide'));
      return [];
    case 'debug':
      stream.take();
      expression(stream);
      return [];
    case 'with': {
      stream.take();
      const name = stream.name("a name after 'with'");
      stream.expect('from');
      return [{ kind: 'with', name, from: expression(stream), at }];
    }
    case 'enum': {
      stream.take();
      const name = stream.name("the enumeration's name");
      stream.expect('=');
      stream.accept('||');
      const tags = [stream.tag()];
      while (stream.accept('||')) tags.push(stream.tag());
      return [{ kind: 'enum', name, tags, at }];
    }
    case 'instructions':
    case 'default': {
      stream.take();
      const of = stream.name('a class of instructions');
      stream.expect('[');
      const tags = stream.peek() === ']' ? [] : stream.list(() => operand(stream));
      stream.expect(']');
      return [{ kind: 'instructions', of, tags, at }];
    }
    case 'procedure': {
      stream.take();
      const recursive = stream.accept('rec');
      const name = stream.name("the procedure's name");
      const parameter = pattern(stream);
      stream.expect('=');
      const statements = body(stream);
      stream.expect('end');
      return [{ kind: 'procedure', recursive, name, parameter, body: statements, at }];
    }
    case 'call': {
      stream.take();
      const name = stream.name("a procedure's name");
      const argument = simple(stream);
      if (stream.accept('as')) stream.name("the check's name");
      return [{ kind: 'call', name, argument, at }];
    }
    case 'forall': {
      stream.take();
      const name = stream.name("a name after 'forall'");
      stream.expect('in');
      const of = expression(stream);
      stream.expect('do');
      const statements = body(stream);
      stream.expect('end');
      return [{ kind: 'forall', name, of, body: statements, at }];
    }
    case 'if': {
      stream.take();
      stream.accept('variant');
      const variant = stream.text('a variant in quotes');
      const then = body(stream, 'else');
      const otherwise = stream.accept('else') ? body(stream) : [];
      stream.expect('end');
      return [{ kind: 'if', variant, then, otherwise, at }];
    }
    default:
      return [check(stream)];
  }
}

/** The statements before `end`, or before another word that ends them. */
function body(stream: TokenStream, otherEnd?: string): readonly Statement[] {
  const statements: Statement[] = [];
  while (stream.peek() !== 'end' && stream.peek() !== otherEnd) statements.push(...statement(stream));
  return statements;
}

function check(stream: TokenStream): Statement {
  const at = stream.at();
  // Behaviour is undefined unless the check succeeds: a flag that is raised where it does not.
  const unless = stream.accept('undefined_unless');
  const flag = unless || stream.accept('flag');
  const negated = stream.accept('~') !== unless;
  const word = stream.peek();
  if (!checkWords.has(word)) stream.fail("a statement ('let', 'acyclic', 'include', …)");
  stream.take();
  const checked = expression(stream);
  if (flag && stream.peek() !== 'as') stream.fail("'as' and the flag's name");
  const name = stream.accept('as') ? stream.name("the check's name") : undefined;
  return { kind: 'check', check: word as CheckKind, negated, flag, expression: checked, name, at };
}
