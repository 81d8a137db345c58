import { describe, expect, test } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { LitmusSyntaxError } from '../../src/language/syntax-error.ts';

/** The message of the mistake in a file, without the file's name. */
function mistakeIn(source: string): string {
  try {
    parseLitmus(source, 'f');
  } catch (error) {
    if (error instanceof LitmusSyntaxError) return `${error.at.line}:${error.at.column}: ${error.sentence}`;
    throw error;
  }
  throw new Error('no mistake was found');
}

/** A thread's body, on line 3 from column 1 on. */
const body = (text: string) =>
  mistakeIn(`C t\n{ int a[2]; } P0(int *x, int *y, int *a, void **v) { int r0;\n${text}\n}\nexists (x=1)`);
/** The text between the braces of the initial state, on line 2 from column 1 on. */
const initial = (text: string) => mistakeIn(`C t\n{\n${text}\n}\nP0(int *x) { }\nexists (x=1)`);
const parameters = (text: string) => mistakeIn(`C t\n{}\nP0(${text}) { }\nexists (x=1)`);
const condition = (text: string) => mistakeIn(`C t\n{ int a[2]; }\nP0(int *x) { int r0; }\n${text}`);
const header = (text: string) =>
  mistakeIn(`C t\n(*\n * ${text}\n *)\n{}\nP0(int *x) { int r0; }\nexists (x=1)`);

test('a message names the file and the place, shows the line, and points', () => {
  expect(() =>
    parseLitmus('C t\n{}\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1)\n}\nexists (x=1)\n', 'dir/t.litmus'),
  ).toThrow(
    "dir/t.litmus:5:19: expected ';' after the statement, found '}'\n\tWRITE_ONCE(*x, 1)\n\t                 ^",
  );
});

describe('in the title and around the initial state', () => {
  test.each([
    ['', "1:1: expected 'C NAME' on the first line, found the end of the text"],
    ['C\n{}', "1:1: the first line must be 'C NAME'"],
    ['#include <x>', "1:1: the first line must be 'C NAME'"],
    [
      'AArch64 MP\n{}',
      "1:1: 'AArch64' tests are not supported: the first line must be 'C NAME', of a test in LKMM C",
    ],
    ['C t', "1:4: expected '{' to open the initial state, found the end of the text"],
    [
      'C t\nP0(int *x) {}',
      "2:1: the initial state must stand before the threads: '{}' where everything is 0",
    ],
    ['C t\n(* a (* b *)\n{}', '2:1: this comment is never closed'],
    ['C t\n{}\nexists (x=1)', "3:1: expected a thread ('P0(...)'), found 'exists'"],
    [
      'C t\n{}\nP1(int *x) {}\nexists (x=1)',
      '3:1: expected P0, found P1: threads are numbered P0, P1, … in order',
    ],
    [
      'C t\n{}\nint f(int *x) {}',
      '3:1: functions and global variables are not supported: a test has threads, P0 to the last',
    ],
  ])('%j', (source, message) => {
    expect(mistakeIn(source)).toBe(message);
  });
});

describe('in the initial state', () => {
  test.each([
    ['x=1 y=2;', "3:5: expected ';' or '}' in the initial state, found 'y'"],
    ['x=;', "3:3: expected a value, found ';'"],
    ['x=1; int x;', "3:10: 'x' already has an initial value"],
    ['foo x;', "3:1: unknown type 'foo'"],
    [
      'struct foo x;',
      "3:8: 'struct foo' is not supported: of the structs, a litmus test has only srcu_struct",
    ],
    ['char x;', "3:1: 'char' is not supported: memory cells are 4 or 8 bytes, as int and long are"],
    ['void x;', "3:6: the location 'x' cannot be of type void"],
    ['long long long x;', "3:1: 'long long long' is no type"],
    ['int a[2] = {1, 2, 3};', "3:5: 'a' has 2 elements, but 3 values"],
    ['int a[2] = 1;', "3:5: 'a' is an array: give its values in braces"],
    ['int a = {1};', "3:5: 'a' is no array: give it one value, or its length"],
    ['int a[0];', "3:5: the array 'a' has no elements"],
    ['int a[99999];', "3:7: '99999' is no number for an array: at most 4096"],
    ['1:r0=1;', '3:1: there is no thread P1'],
    ['x=99999999999999999999;', '3:3: the number does not fit in 64 bits'],
    ['int a[2]; int *p = &a[2];', "3:16: 'a' has 2 elements: the last one is a[1]"],
  ])('%s', (text, message) => {
    expect(initial(text)).toBe(message);
  });
});

describe('in a thread head', () => {
  test.each([
    ['int x', "3:8: the parameter 'x' must point to its location: 'int *x'"],
    ['int *x, int *x', "3:17: 'x' is already a parameter of P0"],
    ['foo_t *x', "3:4: unknown type 'foo_t'"],
    ['int *x, foo_t *y', "3:12: unknown type 'foo_t'"],
    ['short *x', "3:4: 'short' is not supported: memory cells are 4 or 8 bytes, as int and long are"],
    ['rwlock_t *x', "3:4: 'rwlock_t' is not supported: the locks of a litmus test are of type spinlock_t"],
    ['void *x', "3:10: the location 'x' cannot be of type void"],
    ['int *', '3:9: expected the name of the parameter after its type'],
    ['int *x int *y', "3:11: expected ',' or ')' after the parameter, found 'int'"],
  ])('%s', (text, message) => {
    expect(parameters(text)).toBe(message);
  });
});

describe('in a body: what is written', () => {
  test.each([
    ['r0 = 1', "3:7: expected ';' after the statement, found '}'"],
    ['int b', "3:6: expected ';' after the declaration, found '}'"],
    ['if r0 { }', "3:4: expected '(' after 'if', found 'r0'"],
    ['if (r0 { }', "3:8: expected ')' after the condition of 'if', found '{'"],
    ['else { }', "3:1: expected a statement or '}', found 'else'"],
    ['WRITE_ONCE(*x 1);', "3:15: expected ',' or ')' after the argument, found '1'"],
    ['WRITE_ONCE(*x, );', "3:16: expected an expression, found ')'"],
    ['r0 = (1 + 2;', "3:12: expected ')' to close the parenthesis, found ';'"],
    ['r0 = r0 +;', "3:10: expected an expression, found ';'"],
    ['r0 = READ_ONCE(a[1);', "3:19: expected ']' after the index, found ')'"],
    [
      'if ((r0 = 1)) { }',
      '3:9: an assignment is a statement of its own, and cannot stand inside an expression',
    ],
    ['r0 = r0 = 1;', '3:9: an assignment is a statement of its own, and cannot stand inside an expression'],
    ['r0 = r0++ + 1;', '3:8: an assignment is a statement of its own, and cannot stand inside an expression'],
    ['r0 + 1 = 2;', "3:4: only a local or a dereference, as '*x', can be assigned"],
    ['r0 = 08;', "3:6: '08' is no octal number"],
    ['r0 = 1uu;', "3:6: '1uu' has no valid suffix"],
    ['r0 = 99999999999999999999;', '3:6: the number does not fit in 64 bits'],
    ['/* open', '3:1: this comment is never closed'],
  ])('%s', (text, message) => {
    expect(body(text)).toBe(message);
  });
});

describe('in a body: what is not supported, by name', () => {
  const straight = 'a thread runs straight through, with if and else only';
  const small = 'memory cells are 4 or 8 bytes, as int and long are';
  test.each([
    ['while (r0) { }', `3:1: 'while' is not supported: ${straight}`],
    ['for (;;) { }', `3:1: 'for' is not supported: ${straight}`],
    ['do { } while (r0);', `3:1: 'do' is not supported: ${straight}`],
    ['goto out;', `3:1: 'goto' is not supported: ${straight}`],
    ['out: r0 = 1;', `3:4: labels are not supported: ${straight}`],
    ['switch (r0) { }', `3:1: 'switch' is not supported: ${straight}`],
    ['return;', `3:1: 'return' is not supported: ${straight}`],
    ['r0 = r0 ? 1 : 2;', "3:9: '?:' is not supported: write if and else"],
    ['r0 = x->y;', "3:7: struct access ('->') is not supported: give each field a location of its own"],
    ['r0 = s.y;', "3:7: struct access ('.') is not supported: give each field a location of its own"],
    ['char c;', `3:1: 'char' is not supported: ${small}`],
    ['char *c;', `3:1: 'char' is not supported: ${small}`],
    ['bool b;', `3:1: 'bool' is not supported: ${small}`],
    ['double d;', "3:1: 'double' is not supported: a litmus test has integers and pointers only"],
    ['r0 = 1.5;', "3:6: floating-point numbers are not supported, as '1.5'"],
    ['int b[2];', '3:6: local arrays are not supported: a local is a number or a pointer'],
    ['spinlock_t l;', "3:12: the local 'l' cannot be of type spinlock_t: it is a number or a pointer"],
    [
      'r0 = sizeof(int);',
      "3:6: 'sizeof' is not supported: expressions have C's operators and the kernel's primitives only",
    ],
    ['static int s;', "3:1: 'static' is not supported: a litmus test has parameters and locals only"],
    ['#define X', "3:1: preprocessor lines ('#') are not supported"],
    ['r0 = "x";', '3:6: strings are not supported here'],
    ['r0 = §;', "3:6: unexpected character '§'"],
    [
      'atomic_store_explicit(x, 1, memory_order_relaxed);',
      "3:1: 'atomic_store_explicit' is not supported: C11's and the compiler's atomics are not the kernel's",
    ],
    [
      '__atomic_thread_fence(5);',
      "3:1: '__atomic_thread_fence' is not supported: C11's and the compiler's atomics are not the kernel's",
    ],
    ['r0 = __load{once}(x);', "3:12: expected ';' after the statement, found '{'"],
    [
      'mutex_lock(x);',
      "3:1: 'mutex_lock' is not supported: of the kernel's locks, only spin_lock and its kin are",
    ],
    [
      'r0 = try_cmpxchg(x, y, 1);',
      "3:6: 'try_cmpxchg' is not supported, for it takes the address of a local: write cmpxchg",
    ],
    [
      'r0 = lockless_dereference(*x);',
      "3:6: the kernel has no 'lockless_dereference' any more: write READ_ONCE",
    ],
    [
      'spin_unlock_wait(x);',
      "3:1: the kernel has no 'spin_unlock_wait' any more: write spin_lock and spin_unlock",
    ],
  ])('%s', (text, message) => {
    expect(body(text)).toBe(message);
  });
});

describe('in a body: names, primitives and types', () => {
  test.each([
    ['r0 = READ_ONC(*x);', "3:6: 'READ_ONC' is no primitive that Fencepost knows; did you mean 'READ_ONCE'?"],
    ['smp_mbb();', "3:1: 'smp_mbb' is no primitive that Fencepost knows; did you mean 'smp_mb'?"],
    ['frobnicate(x);', "3:1: 'frobnicate' is no primitive that Fencepost knows"],
    ['WRITE_ONCE(*x);', '3:1: WRITE_ONCE takes 2 arguments, but is given 1'],
    ['READ_ONCE();', '3:1: READ_ONCE takes 1 argument, but is given none'],
    ['smp_mb(x);', '3:1: smp_mb takes no arguments, but is given 1'],
    ['r0 = READ_ONCE(x);', "3:16: READ_ONCE takes the location itself: write '*x', not its address"],
    ['WRITE_ONCE(r0, 1);', "3:12: WRITE_ONCE takes the location itself: write '*r0', not its address"],
    [
      'r0 = smp_load_acquire(*x);',
      "3:23: smp_load_acquire takes the address of a location: write 'x', not '*x'",
    ],
    ['spin_lock(1);', "3:11: spin_lock takes the address of a location: write 'x'"],
    [
      'r0 = smp_load_acquire(&x);',
      "3:23: '&' cannot be applied here: a parameter is already its location's address, and a local has none",
    ],
    ['r0 = smp_mb();', '3:6: smp_mb has no value to use'],
    ['WRITE_ONCE(*x, atomic_inc(y));', '3:16: atomic_inc has no value to use'],
    ['r0 = READ_ONCE(*zebra);', "3:17: 'zebra' is not declared in P0"],
    ['busy = 1; int busi;', "3:1: 'busy' is not declared in P0; did you mean 'busi'?"],
    ['long r0;', "3:6: 'r0' is already declared in P0 with another type"],
    ['if (r0) { int r0; }', "3:15: 'r0' is already declared in P0"],
    ['if (r0) { int b; } else { long b; }', "3:32: 'b' is already declared in P0 with another type"],
    ['int x;', "3:5: 'x' is already a parameter of P0"],
    ['x = 1;', "3:1: 'x' is the address of its location: assign '*x', or use WRITE_ONCE(*x, …)"],
    ['foo_t b;', "3:1: unknown type 'foo_t'"],
    ['void b;', "3:6: the local 'b' cannot be of type void: it is a number or a pointer"],
    ['r0 = READ_ONCE(a[2]);', "3:18: 'a' has 2 elements: the last one is a[1]"],
    ['a[-1] = 0;', "3:3: 'a' has 2 elements: the last one is a[1]"],
    ['x[2] = 0;', "3:3: 'x' is no array: declare it in the initial state, as 'int x[3];'"],
    ['r0 = *5;', '3:7: a number is no address'],
    ['r0 = *(*v);', "3:8: a 'void *' cannot be dereferenced: cast it to a pointer with a type"],
    ['r0 = ***v;', "3:8: a 'void *' cannot be dereferenced: cast it to a pointer with a type"],
    ['r0 = (void)r0 + 1;', '3:6: a value cannot be cast to void'],
    ['r0 = (spinlock_t)r0;', '3:6: a value cannot be cast to spinlock_t'],
  ])('%s', (text, message) => {
    expect(body(text)).toBe(message);
  });
});

describe('in the condition', () => {
  test.each([
    [
      'exist (x=1)',
      "4:1: expected a thread ('P0(...)'), 'locations', 'filter', or the condition ('exists', '~exists' or 'forall'), found 'exist'; did you mean 'exists'?",
    ],
    ['exists', '4:7: expected a proposition, as 0:r1=1 or x=2, found the end of the text'],
    ['exists (x=1', "4:12: expected '/\\', '\\/' or ')' in the proposition, found the end of the text"],
    ['exists (x 1)', "4:11: expected '=' or '!=', found '1'"],
    ['exists (x=)', "4:11: expected a value: a number, a location's name, or a register, found ')'"],
    ['exists (0:=1)', "4:11: expected a register's name after ':', found '='"],
    ['exists (x=1 && x=2)', "4:13: write '/\\' for 'and' in a condition"],
    ['exists (x=1 || x=2)', "4:13: write '\\/' for 'or' in a condition"],
    ['exists (1:r0=1)', '4:9: there is no thread P1'],
    ['exists (0:x=1)', "4:9: 'x' is a parameter of P0, no register: write 'x' for its location"],
    ['exists (a=1)', "4:9: 'a' is an array: name an element, as 'a[0]'"],
    ['exists (a[2]=1)', "4:9: 'a' has 2 elements: the last one is a[1]"],
    ['exists (x=a[5])', "4:11: 'a' has 2 elements: the last one is a[1]"],
    ['exists (x[1]=1)', "4:9: 'x' is no array: declare it in the initial state, as 'int x[2];'"],
    ['filter (3:r1=1) exists (x=1)', '4:9: there is no thread P3'],
    ['locations [3:r1;] exists (x=1)', '4:12: there is no thread P3'],
    ['locations [x y]', "4:14: expected ';' or ']' after the location, found 'y'"],
    ['exists (x=1) with', "4:14: 'with' is not supported in a condition"],
    ['exists (x=1) (* open', '4:14: this comment is never closed'],
  ])('%s', (text, message) => {
    expect(condition(text)).toBe(message);
  });
});

describe('in the header', () => {
  test.each([
    ['Controls: MP on arm65', "3:20: 'arm65' is no architecture: x86-64, arm64, ppc64le, s390x, riscv64"],
    ['Controls: on arm64', '3:14: expected NAME… [on ARCHITECTURE…] [in LAYOUT…]'],
    ['Vouches-for: MP in', '3:17: expected NAME… [on ARCHITECTURE…] [in LAYOUT…]'],
    ['Phases: x=1', "3:15: expected ':' and a register after the thread's number, found the end of the text"],
    ['Phases: = x=1', "3:12: expected 'Phases: NAME = PROPOSITION'"],
    ['Phases: fresh', "3:12: expected 'Phases: NAME = PROPOSITION'"],
    [
      'Phases: fresh = 0:r0=',
      "3:25: expected a value: a number, a location's name, or a register, found the end of the text",
    ],
    ['Phases: fresh = 0:r0=1 /\\\n *    2:r0=1', '4:7: there is no thread P2'],
    ['Counters: x seq', "3:16: the counter 'seq' is no location of this test"],
  ])('%s', (text, message) => {
    expect(header(text)).toBe(message);
  });
});
