import { describe, expect, test } from 'vitest';
import type { LitmusTest } from '../../src/language/litmus-test.ts';
import { parseLitmus, parseProposition } from '../../src/language/parser.ts';
import {
  printExpression,
  printLitmus,
  printProposition,
  printStatement,
} from '../../src/language/printer.ts';
import { withoutPositions } from './without-positions.ts';

/** A test of one thread with this body, and locals r0 to r2. */
function bodyOf(body: string): readonly string[] {
  const parsed = parseLitmus(
    `C body\n{ int a[4]; }\nP0(int *x, int *y, int **p, int *a, atomic_t *v, spinlock_t *l)\n` +
      `{\n int r0; int r1; int *r2;\n${body}\n}\nexists (x=1)`,
    'body.litmus',
  );
  return parsed.threads[0]!.body.slice(3).map(printStatement);
}

function initialOf(state: string): LitmusTest['initial'] {
  return parseLitmus(`C initial\n{ ${state} }\nP0(int *x) { int r1; }\nexists (x=1)`, 'initial.litmus')
    .initial;
}

function conditionOf(condition: string): string {
  const parsed = parseLitmus(
    `C c\n{ int a[2]; }\nP0(int *x, int *y, int **p) { int r0; int r1; }\n${condition}`,
    'c',
  );
  return `${parsed.condition.quantifier} ${printProposition(parsed.condition.proposition)}`;
}

describe('a test as a whole', () => {
  const parsed = parseLitmus(
    [
      'C MP+wmb+rmb, with any characters (in) its name',
      '"PodWW Rfe PodRR Fre"',
      'Cycle=Rfe PodRR Fre PodWW',
      '(* Result: Never *)',
      '{ }',
      '',
      'P0(int *x, volatile int *y) // the producer',
      '{',
      '\tWRITE_ONCE(*x, 1); /* the payload */',
      '\tsmp_wmb();',
      '\tWRITE_ONCE(*y, 1);',
      '}',
      '(* between the threads (* nested *) *)',
      'void P1(const int *x, int *y) {',
      '\tint r0 = READ_ONCE(*y);',
      '\tint r1;',
      '\tsmp_rmb();',
      '\tr1 = READ_ONCE(*x);',
      '}',
      'locations [x; 1:r0;]',
      'filter (y=1)',
      'exists (1:r0=1 /\\ 1:r1=0) (* bad *)',
    ].join('\n'),
    'mp.litmus',
  );

  test('has the name that its first line gives, to the end of the line', () => {
    expect(parsed.name).toBe('MP+wmb+rmb, with any characters (in) its name');
  });

  test('keeps the lines that other generators write above the initial state', () => {
    expect(parsed.information).toEqual(['"PodWW Rfe PodRR Fre"', 'Cycle=Rfe PodRR Fre PodWW']);
  });

  test('drops volatile, const and comments, and knows where each statement stands', () => {
    const [first] = parsed.threads;
    expect(first?.parameters.map(({ name, type }) => [name, type])).toEqual([
      ['x', { base: 'int', pointers: 1 }],
      ['y', { base: 'int', pointers: 1 }],
    ]);
    expect(first?.body.map((statement) => statement.at.line)).toEqual([9, 10, 11]);
    expect(first?.body[0]?.at).toEqual({ line: 9, column: 2 });
  });

  test('has what is observed beside the condition', () => {
    expect(parsed.locations).toEqual([
      { kind: 'location', name: 'x', index: undefined },
      { kind: 'register', thread: 1, name: 'r0' },
    ]);
    expect(parsed.filter && printProposition(parsed.filter)).toBe('y=1');
  });

  test('reads the same with the line ends of other systems', () => {
    const text = printLitmus(parsed);
    const again = parseLitmus(text.replaceAll('\n', '\r\n'), 'mp.litmus');
    expect(withoutPositions(again)).toEqual(withoutPositions(parsed));
  });
});

describe('the initial state', () => {
  test.each([
    ['x=1;', 'x', undefined, [1n]],
    ['x = -1', 'x', undefined, [-1n]],
    ['x = 0x10;', 'x', undefined, [16n]],
    ['[x] = 1;', 'x', undefined, [1n]],
    ['x;', 'x', undefined, [0n]],
    ['int x;', 'x', { base: 'int', pointers: 0 }, [0n]],
    ['volatile unsigned long x = 7UL;', 'x', { base: 'unsigned long', pointers: 0 }, [7n]],
    ['atomic_t x = ATOMIC_INIT(1);', 'x', { base: 'atomic_t', pointers: 0 }, [1n]],
    ['spinlock_t x;', 'x', { base: 'spinlock_t', pointers: 0 }, [0n]],
    ['struct srcu_struct x;', 'x', { base: 'struct srcu_struct', pointers: 0 }, [0n]],
  ])('%s', (text, name, type, values) => {
    expect(initialOf(text)).toMatchObject([
      {
        kind: 'location',
        name,
        type,
        length: undefined,
        values: values.map((value) => ({ kind: 'number', value })),
      },
    ]);
  });

  test.each(['x = y;', 'x = &y;', 'int *x = &y;', 'int *x = y;', '*x = &y;'])('an address: %s', (text) => {
    expect(initialOf(text)).toMatchObject([
      { name: 'x', values: [{ kind: 'address', location: 'y', index: undefined }] },
    ]);
  });

  test('an array has all its elements, those not given 0', () => {
    expect(initialOf('int a[3] = {1, 2}; long b[2]; int *p = &a[1];')).toMatchObject([
      { name: 'a', length: 3, values: [{ value: 1n }, { value: 2n }, { value: 0n }] },
      { name: 'b', length: 2, values: [{ value: 0n }, { value: 0n }] },
      { name: 'p', length: undefined, values: [{ kind: 'address', location: 'a', index: 1 }] },
    ]);
  });

  test('registers, with a type or without', () => {
    expect(initialOf('0:r1=1; int P0:r2=2; int *0:r3=&x;')).toMatchObject([
      { kind: 'register', thread: 0, name: 'r1', type: undefined, value: { value: 1n } },
      { kind: 'register', thread: 0, name: 'r2', type: { base: 'int', pointers: 0 }, value: { value: 2n } },
      {
        kind: 'register',
        thread: 0,
        name: 'r3',
        type: { base: 'int', pointers: 1 },
        value: { location: 'x' },
      },
    ]);
  });
});

describe('statements', () => {
  test.each([
    ['r0 += 2;', 'r0 = r0 + 2;'],
    ['r0 <<= r1;', 'r0 = r0 << r1;'],
    ['r0++;', 'r0 = r0 + 1;'],
    ['--r0;', 'r0 = r0 - 1;'],
    ['(*x)++;', '*x = *x + 1;'],
    ['*x = r0;', '*x = r0;'],
    ['a[r0] = 1;', '*(a + r0) = 1;'],
    ['r0 = READ_ONCE(a[2]);', 'r0 = READ_ONCE(*(a + 2));'],
    ['r0 = smp_load_acquire(&a[1]);', 'r0 = smp_load_acquire(a + 1);'],
    ['r2 = rcu_dereference(*p);', 'r2 = rcu_dereference(*p);'],
    ['rcu_assign_pointer(*p, x);', 'rcu_assign_pointer(*p, x);'],
    ['(void)atomic_add_unless(v, 1, 0);', '(void)atomic_add_unless(v, 1, 0);'],
    ['atomic_inc_return(v);', '(void)atomic_inc_return(v);'],
    ['smp_mb();', 'smp_mb();'],
    ['WRITE_ONCE_NT(*x, 1);', 'WRITE_ONCE_NT(*x, 1);'],
    ['r0 = (int)(long)r1;', 'r0 = (int)(long)r1;'],
    ['rcu_assign_pointer(*(char **)r2, (char *)1);', 'rcu_assign_pointer(*((void **)r2), (void *)1);'],
    [';', ''],
  ])('%s is %s', (written, meant) => {
    expect(bodyOf(written).join('\n')).toBe(meant);
  });

  test('a declaration of several names is several statements', () => {
    expect(bodyOf('int b, *c = x, d = 1;')).toEqual(['int b;', 'int *c = x;', 'int d = 1;']);
  });

  test('if and else, with braces and without; else belongs to the last if', () => {
    expect(bodyOf('if (r0) if (r1) r0 = 1; else { r0 = 2; r1 = 2; } else r0 = 3;')).toEqual([
      [
        'if (r0) {',
        '\tif (r1) {',
        '\t\tr0 = 1;',
        '\t} else {',
        '\t\tr0 = 2;',
        '\t\tr1 = 2;',
        '\t}',
        '} else {',
        '\tr0 = 3;',
        '}',
      ].join('\n'),
    ]);
  });

  test('READ_ONCE of an atomic_t and a lock in an int are taken, as herd7 takes them', () => {
    expect(bodyOf('r0 = READ_ONCE(*v); spin_lock(x); atomic_inc(y);')).toHaveLength(3);
  });
});

describe('expressions', () => {
  const valueOf = (written: string) => {
    const parsed = parseLitmus(`C e\n{}\nP0(int *x) { int a, b, c; a = ${written}; }\nexists (x=1)`, 'e');
    const statement = parsed.threads[0]!.body[3]!;
    if (statement.kind !== 'assign') throw new Error('no assignment');
    return statement.value;
  };

  test.each([
    ['a + b * c', 'a + (b * c)'],
    ['a - b - c', '(a - b) - c'],
    ['a << 1 + b', 'a << (1 + b)'],
    ['a & b == c', 'a & (b == c)'],
    ['a | b ^ c & 1', 'a | (b ^ (c & 1))'],
    ['a || b && c', 'a || (b && c)'],
    ['a == b != c', '(a == b) != c'],
    ['a < b == c > 1', '(a < b) == (c > 1)'],
    ['!a + ~b', '(!a) + (~b)'],
    ['-a * b', '(-a) * b'],
    ['a % b / c', '(a % b) / c'],
    ['(int)a + b', '((int)a) + b'],
    ['*x & 1', '(*x) & 1'],
    ['+a', 'a'],
    ['&*x', 'x'],
  ])('%s is %s', (written, grouped) => {
    expect(withoutPositions(valueOf(written))).toEqual(withoutPositions(valueOf(grouped)));
  });

  test.each([
    ['10', 10n],
    ['010', 8n],
    ['0x1F', 31n],
    ['-1', -1n],
    ['0', 0n],
    ['18446744073709551615', 2n ** 64n - 1n],
  ])('the literal %s', (written, value) => {
    expect(valueOf(written)).toMatchObject({ kind: 'number', value });
  });

  test.each([
    ['1L', '(long)1'],
    ['1u', '(unsigned int)1'],
    ['-1UL', '(unsigned long)-1'],
    ['1llu', '(unsigned long long)1'],
  ])('the suffix of %s is a cast', (written, printed) => {
    expect(printExpression(valueOf(written))).toBe(printed);
  });
});

describe('conditions', () => {
  test.each([
    ['exists (0:r0=1 /\\ x=2)', 'exists 0:r0=1 /\\ x=2'],
    ['~exists x=1', '~exists x=1'],
    ['not exists (P0:r0=1);', '~exists 0:r0=1'],
    ['forall (x=1 \\/ x=2 /\\ y=1)', 'forall x=1 \\/ x=2 /\\ y=1'],
    ['exists ((x=1 \\/ x=2) /\\ y=1)', 'exists (x=1 \\/ x=2) /\\ y=1'],
    ['exists (~x=1 /\\ ~(y=1 \\/ y=2))', 'exists ~(x=1) /\\ ~(y=1 \\/ y=2)'],
    ['exists (not x=1)', 'exists ~(x=1)'],
    ['exists (x==1 /\\ y!=1)', 'exists x=1 /\\ y!=1'],
    ['exists (x=1 => y=1)', 'exists ~(x=1) \\/ y=1'],
    ['exists (0:r0=x /\\ p=&x)', 'exists 0:r0=x /\\ p=x'],
    ['exists ([x]=1 /\\ a[1]=2)', 'exists x=1 /\\ a[1]=2'],
    ['exists (0:r0=0:r1 /\\ x=*y /\\ [x]=[y])', 'exists 0:r0=0:r1 /\\ x=*y /\\ x=*y'],
    ['exists (x=-1 /\\ y=0x10)', 'exists x=-1 /\\ y=16'],
    ['exists (true /\\ ~false)', 'exists true /\\ ~(false)'],
    ['locations [x; 0:r1 int; y]', 'forall true'],
    ['', 'forall true'],
  ])('%s', (written, meant) => {
    expect(conditionOf(written)).toBe(meant);
  });
});

describe('sizes that no test needs', () => {
  const inBody = (body: string) => () =>
    parseLitmus(`C big\n{}\nP0(int *x) { int r0;\n${body}\n}\nexists (x=1)`, 'big.litmus');

  test.each([
    ['parentheses', `r0 = ${'('.repeat(50_000)}1${')'.repeat(50_000)};`, 'nested more than 64 deep'],
    ['blocks', `${'{'.repeat(1000)}${'}'.repeat(1000)}`, 'nested more than 64 deep'],
    ['minus signs', `r0 = ${'- '.repeat(1000)}1;`, 'more than 64 operators before an operand'],
    ['terms', `r0 = ${'r0 + '.repeat(1000)}1;`, 'a statement of more than 500 words and signs'],
    ['ifs in a row', `${'if (r0) ;\n else '.repeat(1000)};`, 'a thread with more than 128 ifs'],
    ['ifs inside each other', `${'if (r0) '.repeat(1000)};`, 'a statement of more than 500 words and signs'],
  ])('%s without end are refused in words', (_, body, sentence) => {
    expect(inBody(body)).toThrow(sentence);
  });

  test('a megabyte is refused in words, whatever is in it', () => {
    expect(() => parseLitmus(`C big\n${'(*'.repeat(500_000)}`, 'big.litmus')).toThrow(
      'big.litmus:1:1: the file is larger than 256 KiB',
    );
  });

  test('the longest proposition is printed and read again', () => {
    const atoms = Array.from({ length: 2990 }, () => 'true').join(' \\/ ');
    const parsed = parseLitmus(`C long\n{}\nP0(int *x) { int r0; }\nexists (${atoms})`, 'long.litmus');
    const printed = printLitmus(parsed);
    expect(printLitmus(parseLitmus(printed, 'again'))).toBe(printed);
  });
});

describe('a proposition alone', () => {
  test.each([
    String.raw`0:r0=0 /\ 1:r0=0`,
    String.raw`x=4294967295 \/ ~(a[1]=2 /\ 0:r1!=3)`,
    String.raw`(0:r0=&x \/ y!=1) /\ true`,
    'true',
  ])('%s is what it prints as', (text) => {
    const proposition = parseProposition(text, 'results');
    expect(parseProposition(printProposition(proposition), 'again')).toEqual(proposition);
  });

  test('that is none is an error with its name and place', () => {
    expect(() => parseProposition(String.raw`0:r0=0 /\ `, 'results')).toThrow(/^results:1:/);
    expect(() => parseProposition('', 'results')).toThrow(/^results:1:/);
  });
});
