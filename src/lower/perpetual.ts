import type { Architecture } from '../architecture.ts';
import { widthOf } from '../language/c-types.ts';
import type { LitmusTest } from '../language/litmus-test.ts';
import { scopeOf } from '../language/types.ts';
import { assemble, type Emitted } from './assemble.ts';
import { cellLayout, leastSpacing } from './layout.ts';
import { digestOf } from './lower.ts';
import { label } from './machine-code.ts';
import type { CellLayout, Code, MachineCode, Role, ThreadCode, Unlisted } from './machine-code.ts';
import { perpetualForm, type PerpetualThread, type Reading } from './perpetual-form.ts';
import type { Width } from './primitives.ts';
import { allocateRegisters, variableTypes } from './registers.ts';
import { emitStatements } from './statements.ts';
import type { Target } from './target.ts';
import { startBases, usedLocations, variableNamed } from './thread.ts';

/**
 * A thread of a perpetual form as a C function `uint64_t run(void *cell, void *out, uint64_t iterations)`:
 * repeats the body on the one cell, counting its stores' values up, and leaves what each iteration
 * loaded in the next `outBytes` of `out`. Returns 0.
 */
export type PerpetualThreadCode = Pick<ThreadCode, 'bytes' | 'listing' | 'outBytes'>;

/** A reading with the place of its value in the reader's out record. */
export interface PlacedReading extends Omit<Reading, 'register'> {
  readonly offsetBytes: number;
  readonly widthBytes: Width;
}

export interface PerpetualCode {
  readonly architecture: Architecture;
  readonly threads: readonly PerpetualThreadCode[];
  /** Of the one cell, which must be zeroed before threads run. */
  readonly layout: CellLayout;
  readonly readings: readonly PlacedReading[];
  /** The one outcome that is counted, by observable: all others are told by what is left over. */
  readonly outcome: Readonly<Record<string, string>>;
  /** SHA-256 over the threads' bytes, hex. */
  readonly digest: string;
  /** After so many iterations of a call, values would no longer tell them apart. */
  readonly mostIterations: number;
}

/** What a variant runs as under a plan. */
export type RunnableCode = Unlisted<MachineCode> | Unlisted<PerpetualCode>;

export function isPerpetual(code: RunnableCode): code is Unlisted<PerpetualCode> {
  return 'readings' in code;
}

/** Where 4 bytes, signed or not, and a whole register hold the same number. */
const greatestValue = 2 ** 31 - 1;

/**
 * A test in its perpetual form as machine code for one target. Pure.
 * @throws LoweringError where it has no such form, or cannot be lowered.
 */
export function lowerPerpetual(test: LitmusTest, target: Target): PerpetualCode {
  const form = perpetualForm(test);
  const layout = cellLayout(form.test, 'split', leastSpacing(form.test, 'split'), 1);
  const threads = form.threads.map((thread, index) => lowerThread(form.test, thread, index, layout, target));
  const steps = form.threads.flatMap(({ stores }) => stores.map(({ step }) => step));
  return {
    architecture: target.architecture,
    threads: threads.map(({ code }) => code),
    layout,
    readings: form.readings.map(({ register, ...reading }) => {
      const place = threads[reading.thread]?.places.get(register);
      if (place === undefined) throw new Error(`${reading.thread}:${register} has no place`);
      return { ...reading, ...place };
    }),
    outcome: form.outcome,
    digest: digestOf(threads.map(({ code }) => code)),
    mostIterations: Math.floor(greatestValue / Math.max(1, ...steps)),
  };
}

function lowerThread(
  test: LitmusTest,
  { stores, loaded }: PerpetualThread,
  index: number,
  layout: CellLayout,
  target: Target,
): {
  readonly code: PerpetualThreadCode;
  readonly places: ReadonlyMap<string, Pick<PlacedReading, 'offsetBytes' | 'widthBytes'>>;
} {
  const thread = test.threads[index];
  if (thread === undefined) throw new Error(`there is no P${index}`);
  const scope = scopeOf(thread);
  const types = variableTypes(thread, scope);
  const registers = allocateRegisters(thread, types, usedLocations(test, thread), layout, target);
  const emitted: Emitted[] = [];
  const emit = (role: Role, code: Code, sourceLine?: number) => {
    for (const item of code) emitted.push({ item, role, sourceLine });
  };
  const head = label('iteration');
  const values = stores.map(({ variable, ...rest }) => ({ ...variableNamed(registers, variable), ...rest }));
  const kept = loaded.map((name) => ({ name, ...variableNamed(registers, name) }));
  // As little as can be: what is kept goes through the same store buffer as the test's own stores.
  const slotBytes = kept.some(({ type }) => widthOf(type) === 8) ? 8 : 4;
  const outBytes = kept.length * slotBytes;

  emit('frame', target.enter());
  emit('frame', startBases(registers, target));
  for (const { register, type, first } of values) {
    emit('frame', target.constant(register, BigInt(first), widthOf(type)));
  }
  emit('loop', [head]);
  emitStatements(
    {
      thread,
      target,
      registers,
      scope,
      emit: (code, { line }) => emit('body', code, line),
      stuckAt: () => {
        throw new Error('a perpetual form has no locks');
      },
    },
    thread.body,
  );
  kept.forEach(({ register, type }, slot) => {
    emit('outcome', target.keep(slot * slotBytes, register, widthOf(type)));
  });
  if (outBytes > 0) emit('loop', target.advance(target.registers.out, outBytes));
  for (const { register, step } of values) emit('loop', target.advance(register, step));
  emit('loop', target.loop(head));
  emit('frame', target.leave(0));

  return {
    code: { ...assemble(emitted), outBytes },
    places: new Map(
      kept.map(({ name, type }, slot) => [
        name,
        { offsetBytes: slot * slotBytes, widthBytes: widthOf(type) },
      ]),
    ),
  };
}
