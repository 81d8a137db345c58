import type { IToken } from 'chevrotain';
import { suggestion } from './nearest.ts';
import { signatures } from './primitives.ts';
import * as t from './tokens.ts';

/** Why a construct is refused, in a sentence that names it; undefined for what the grammar knows. */
export function refusal(token: IToken): string | undefined {
  switch (token.tokenType) {
    case t.RefusedWord:
      return wordRefusal(token.image);
    case t.RefusedSymbol:
      return symbolRefusals[token.image] ?? `unexpected character '${token.image}'`;
    case t.RefusedNumber:
      return `floating-point numbers are not supported, as '${token.image}'`;
    case t.RefusedConnective:
      return token.image === '&&'
        ? "write '/\\' for 'and' in a condition"
        : "write '\\/' for 'or' in a condition";
    case t.RefusedClause:
      return `'${token.image}' is not supported in a condition`;
    case t.UnclosedComment:
    case t.UnclosedBodyComment:
      return 'this comment is never closed';
    case t.Information:
      return /^P\d+\s*\(/.test(token.image)
        ? "the initial state must stand before the threads: '{}' where everything is 0"
        : undefined;
    case t.OtherTitle:
      return titleRefusal(token.image);
    default:
      return undefined;
  }
}

const straight = 'a thread runs straight through, with if and else only';
const small = 'memory cells are 4 or 8 bytes, as int and long are';
const locks = 'the locks of a litmus test are of type spinlock_t';
const storage = 'a litmus test has parameters and locals only';

const wordRefusals: readonly { readonly words: readonly string[]; readonly because: string }[] = [
  {
    words: ['while', 'for', 'do', 'goto', 'switch', 'case', 'default', 'break', 'continue', 'return'],
    because: straight,
  },
  { words: ['float', 'double'], because: 'a litmus test has integers and pointers only' },
  { words: ['rwlock_t', 'raw_spinlock_t', 'mtx_t'], because: locks },
  { words: ['refcount_t'], because: 'use atomic_t' },
  {
    words: ['_Atomic'],
    because: "C11's atomics are not the kernel's: use atomic_t, or READ_ONCE and WRITE_ONCE",
  },
  {
    words: ['typedef', 'union', 'enum', 'static', 'extern', 'register', 'auto', 'inline'],
    because: storage,
  },
  {
    words: ['sizeof', 'typeof', '__typeof__', 'asm', '__asm__'],
    because: "expressions have C's operators and the kernel's primitives only",
  },
];

function wordRefusal(word: string): string {
  const because = wordRefusals.find(({ words }) => words.includes(word))?.because ?? small;
  return `'${word}' is not supported: ${because}`;
}

const symbolRefusals: Readonly<Record<string, string>> = {
  '->': "struct access ('->') is not supported: give each field a location of its own",
  '.': "struct access ('.') is not supported: give each field a location of its own",
  '?': "'?:' is not supported: write if and else",
  '#': "preprocessor lines ('#') are not supported",
  '"': 'strings are not supported here',
  "'": 'character constants are not supported',
};

function titleRefusal(line: string): string {
  const [first = ''] = line.split(/\s/);
  return /^[A-Z]\w*$/.test(first) && first !== 'C'
    ? `'${first}' tests are not supported: the first line must be 'C NAME', of a test in LKMM C`
    : "the first line must be 'C NAME'";
}

const retired: Readonly<Record<string, string>> = {
  ACCESS_ONCE: 'write READ_ONCE or WRITE_ONCE',
  lockless_dereference: 'write READ_ONCE',
  read_barrier_depends: 'READ_ONCE already orders dependent accesses',
  smp_read_barrier_depends: 'READ_ONCE already orders dependent accesses',
  smp_mb__before_spinlock: 'write smp_mb__after_spinlock behind the lock',
  spin_unlock_wait: 'write spin_lock and spin_unlock',
  synchronize_sched: 'write synchronize_rcu',
};

const otherLocks = /^(?:mutex|read|write|raw_spin|rwlock|spin|down|up)_\w+$/;

/** Why a function's name is refused: what it was, what it is instead, or what it may have meant. */
export function unknownPrimitive(name: string): string {
  const instead = retired[name];
  if (instead !== undefined) return `the kernel has no '${name}' any more: ${instead}`;
  if (/^atomic_\w+_explicit$|^atomic_thread_fence$|^__atomic_|^__sync_/.test(name)) {
    return `'${name}' is not supported: C11's and the compiler's atomics are not the kernel's`;
  }
  if (name.startsWith('__')) {
    return `'${name}' is not supported: write the kernel's primitive, not what it is made of`;
  }
  const meant = suggestion(name, signatures.keys());
  if (meant === '' && otherLocks.test(name)) {
    return `'${name}' is not supported: of the kernel's locks, only spin_lock and its kin are`;
  }
  if (/^(?:atomic(?:_long|64)?_)?try_cmpxchg/.test(name)) {
    return `'${name}' is not supported, for it takes the address of a local: write cmpxchg`;
  }
  return `'${name}' is no primitive that Fencepost knows${meant}`;
}
