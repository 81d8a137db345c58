import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import type { LitmusTest } from '../../src/language/litmus-test.ts';
import { parseLitmus } from '../../src/language/parser.ts';
import { checkProgram, surroundIn } from '../../src/model/check.ts';
import { Derivations } from '../../src/model/derivation.ts';
import type { Link, Reason, Refusal, Witness } from '../../src/model/explain.ts';
import { kernelProgram } from '../../src/model/kernel-program.ts';
import { ownKernelModel } from '../../src/model/models.ts';
import { readingOf } from '../../src/model/reading.ts';
import { explain } from '../../src/model/refusal.ts';
import * as r from '../../src/model/relation.ts';
import { variantsOf } from '../../src/strategy/strategies.ts';

const suite = fileURLToPath(new URL('../../litmus/', import.meta.url));
const limits = { timeoutMs: 30_000 };

function test(file: string, strategy = 'kernel'): LitmusTest {
  const written = parseLitmus(readFileSync(`${suite}${file}`, 'utf8'), file);
  return variantsOf(written, [strategy]).variants[0]!.test;
}

function explained(of: LitmusTest, model: 'lkmm' | 'sc' = 'lkmm', given = limits) {
  const { linked, macros } = ownKernelModel(model);
  const program = kernelProgram(of, macros);
  return explain(of, program, linked, checkProgram(of, program, linked, limits), given);
}

function refusal(of: LitmusTest, model?: 'lkmm' | 'sc'): Refusal {
  const explanation = explained(of, model);
  if (explanation.kind !== 'refusal') throw new Error(`${of.name}: ${explanation.kind}`);
  return explanation;
}

function witness(of: LitmusTest): Witness {
  const explanation = explained(of);
  if (explanation.kind !== 'witness') throw new Error(`${of.name}: ${explanation.kind}`);
  return explanation;
}

/** `ppo: rmb@25`: each link's relation, and its steps with the lines of what is between. */
function told({ graph }: Refusal | Witness, links: readonly Link[]): readonly string[] {
  const lineOf = (id: number) => graph.events.find((event) => event.id === id)?.line;
  return links.map(({ relation, steps }) => {
    const parts = steps.map((step) => {
      const lines = step.through.map((id) => `@${lineOf(id)}`);
      return step.relation + lines.join('');
    });
    return parts.join() === relation ? relation : `${relation}: ${parts.join('; ')}`;
  });
}

const toldReasons = (of: Refusal) =>
  of.reasons.map((reason: Reason) => [reason.check, ...told(of, reason.links)]);

describe('a refusal', () => {
  it('names the axiom, and each edge of the cycle by the narrowest relation and the fence that makes it', () => {
    expect(toldReasons(refusal(test('classic/MP+wmb+rmb.litmus')))).toEqual([
      ['happens-before', 'ppo: rmb@25', 'prop: fre; wmb@15; rfe'],
    ]);
    expect(toldReasons(refusal(test('classic/SB+mbs.litmus')))).toEqual([
      ['propagation', 'pb: fre; mb@26', 'pb: fre; mb@17'],
    ]);
  });

  it("finds KVM's page fault forbidden by the snapshot's smp_rmb and the unlock and lock of the writer", () => {
    const [reason, ...others] = toldReasons(refusal(test('kvm/C-page-fault.litmus')));
    expect(others).toEqual([]);
    expect(reason).toEqual(['happens-before', 'ppo: rmb@60', 'prop: fre; po-unlock-lock-po@43@45; rfe']);
  });

  it('tells of coherence and of atomicity, which a model may take for granted in its orders of writes', () => {
    expect(refusal(test('classic/CoRR.litmus')).reasons.map(({ check }) => check)).toEqual(['coherence']);
    const { reasons } = refusal(test('classic/one-winner.litmus'));
    expect(reasons.map(({ check }) => check)).toContain('atomic');
  });

  it('under another model is told in the words of that model', () => {
    expect(toldReasons(refusal(test('classic/MP.litmus'), 'sc'))).toEqual([
      ['sc', 'po', 'rfe', 'po', 'fre'].map((word) =>
        word === 'rfe' || word === 'fre' ? `com: ${word}` : word,
      ),
    ]);
  });

  it('of forall is about the execution that would refute it', () => {
    const source =
      'C f\n\n{}\n\nP0(int *x)\n{\n\tint r0;\n\n\tWRITE_ONCE(*x, 1);\n\tr0 = READ_ONCE(*x);\n}\n\nforall (0:r0=1)\n';
    expect(refusal(parseLitmus(source, 'f')).reasons.map(({ check }) => check)).toEqual(['coherence']);
  });

  it('of what no choice of values gives is that: it is not the model that forbids it', () => {
    const source = 'C v\n\n{}\n\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\n\nexists (x=2)\n';
    expect(explained(parseLitmus(source, 'v')).kind).toBe('impossible');
  });

  it('gives up at the end of its time, and says so', () => {
    expect(explained(test('kvm/C-page-fault.litmus'), 'lkmm', { timeoutMs: 1e-6 }).kind).toBe('unexplained');
  });
});

describe('a witness', () => {
  it('names the edge of program order that nothing keeps', () => {
    const shown = witness(test('classic/MP+wmb+rmb.litmus', 'no-smp_wmb@15'));
    expect(told(shown, shown.cycle ?? [])).toEqual(['po', 'rfe', 'ppo: rmb@25', 'fre']);
    const missing = shown.orders.filter(({ kept }) => kept === undefined);
    const lines = missing.map(({ from, to }) =>
      [from, to].map((id) => shown.graph.events.find((event) => event.id === id)?.line),
    );
    expect(lines).toEqual([[14, 16]]);
  });

  it('misses no edge where threads only see writes at different times', () => {
    const { cycle, orders } = witness(test('classic/IRIW+rmbs.litmus'));
    expect(cycle).toHaveLength(6);
    expect(orders.map(({ kept }) => kept?.steps[0]?.relation)).toEqual(['rmb', 'rmb']);
  });

  it('with no cycle comes with turns that the threads take', () => {
    const { cycle, interleaving, graph } = witness(test('kvm/G-unsafe-precheck.litmus'));
    expect(cycle).toBeUndefined();
    const threads = graph.events.filter(
      ({ label, thread }) => thread !== undefined && !label.startsWith('F'),
    );
    expect(interleaving.toSorted((left, right) => left - right)).toEqual(threads.map(({ id }) => id));
  });
});

describe('a derivation', () => {
  const files = globSync('{classic,kvm}/*.litmus', { cwd: suite }).toSorted();

  it.each(files.filter((file) => !file.includes('J-nested')))(
    'leads by its steps from one event to the other, all through %s',
    (file) => {
      const { linked, macros } = ownKernelModel('lkmm');
      const of = test(file);
      let program;
      try {
        program = kernelProgram(of, macros);
      } catch {
        return; // a test without a meaning in lkmm
      }
      const { witness: shown, counterexample } = checkProgram(of, program, linked, limits);
      const execution = shown ?? counterexample;
      if (execution === undefined) return;
      const reading = readingOf(
        execution,
        linked,
        surroundIn(program, () => {}),
      );
      const derivations = new Derivations(reading);
      for (const statement of linked.statements) {
        if (statement.kind !== 'check') continue;
        const value = derivations.valueOf(statement.expression);
        if (value?.sort !== 'relation') continue;
        for (const [from, to] of r.pairsOf(value)) {
          const steps = derivations.derive(statement.expression, from, to)?.steps ?? [];
          const events = [from, ...steps.map((step) => step.to)];
          expect(steps.map((step) => step.from)).toEqual(events.slice(0, -1));
          expect(events.at(-1)).toBe(to);
        }
      }
    },
  );
});
