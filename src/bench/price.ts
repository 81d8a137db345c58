/**
 * `npm run bench:price`: what smp_mb() costs by `fencepost cost`, against a program of its own that the
 * machine's compiler makes of native/bench/barrier_loop.cc. They take turns, and the ratio is the median of
 * the ratios within a turn.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostArchitecture } from '../architecture.ts';
import { medianOf } from '../evidence/quantiles.ts';
import { readTests } from '../language/test-files.ts';
import { targetFor } from '../lower/targets.ts';
import { planAffinity } from '../plan/affinity.ts';
import { pricesOf } from '../pricing.ts';
import { layOut, rowLines } from '../report/columns.ts';
import { inspectMachine } from '../results/inspect-machine.ts';
import { startRunner } from '../run/runner.ts';

const turns = 31;
/** Of the cost, in one of its turns. */
const blocks = 15;

/** The loops of barrier_loop.cc, in its order, as tests of one thread. */
const loops = [
  { name: 'alone', test: 'C alone\n{}\nP0(int *x)\n{\n\tsmp_mb();\n}\nexists (x=0)\n' },
  {
    name: 'between store and load',
    test: 'C between\n{}\nP0(int *x, int *y)\n{\n\tint r0;\n\tWRITE_ONCE(*x, 1);\n\tsmp_mb();\n\tr0 = READ_ONCE(*y);\n}\nexists (0:r0=0)\n',
  },
] as const;

const architecture = hostArchitecture();
const target = architecture && targetFor(architecture);
if (target === undefined) throw new Error(`No code is generated for ${architecture ?? 'this machine'}.`);
const folder = mkdtempSync(join(tmpdir(), 'fencepost-bench-'));
const runner = await startRunner();
try {
  const { machine, topology, facts } = await inspectMachine(runner);
  if (facts === undefined) throw new Error('The addon does not tell what this machine is.');
  const program = compiled(folder);
  const files = loops.map(({ name, test }, index) => {
    const file = join(folder, `${index}-${name}.litmus`);
    writeFileSync(file, test);
    return file;
  });
  const tests = readTests(files).map(
    (source) => ({ source, role: 'asked', strategies: ['ablation', 'kernel'] }) as const,
  );
  const affinity = planAffinity(topology, 1);
  const measured: { readonly cost: readonly number[]; readonly program: readonly number[] }[] = [];
  for (let turn = 0; turn < turns; turn++) {
    // Each in a fresh process: they differ.
    const fresh = await startRunner();
    const prices = await pricesOf({
      tests,
      target,
      facts,
      place: () => affinity,
      seed: BigInt(turn),
      unit: 'block',
      units: blocks,
      runner: async () => fresh,
      progress: () => {},
      stopped: new AbortController().signal,
    }).finally(() => fresh.close());
    const cost = (prices?.tests ?? []).map(
      ({ differences }) => differences.find(({ barrier }) => barrier !== undefined)?.ns ?? Number.NaN,
    );
    measured.push({ cost, program: byProgram(program, affinity.cpus[0] ?? 0) });
  }
  const rows = loops.map(({ name }, index) => {
    const of = (choose: (one: (typeof measured)[number]) => number | undefined) =>
      measured.map((one) => choose(one) ?? Number.NaN);
    const cost = of((one) => one.cost[index]);
    const alone = of((one) => one.program[index]);
    const ratios = cost.map((ns, turn) => ns / (alone[turn] ?? Number.NaN));
    return [
      name,
      medianOf(cost).toFixed(2),
      medianOf(alone).toFixed(2),
      medianOf(ratios).toFixed(3),
      `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`,
    ];
  });
  const columns = [
    { title: 'smp_mb()', align: 'left' },
    { title: 'cost, ns', align: 'right' },
    { title: 'program, ns', align: 'right' },
    { title: 'ratio', align: 'right' },
    { title: 'by turn', align: 'right' },
  ] as const;
  const layout = layOut(columns, rows, 80);
  const lines = [columns.map(({ title }) => title), ...rows].flatMap((row) => rowLines(layout, row));
  process.stdout.write(
    `what smp_mb() adds to a loop on ${machine.cpu.model}, CPU ${affinity.cpus[0]}; medians of ${turns} turns\n${lines.join('\n')}\n`,
  );
} finally {
  await runner.close();
  rmSync(folder, { recursive: true });
}

function compiled(into: string): string {
  const source = fileURLToPath(new URL('../../native/bench/barrier_loop.cc', import.meta.url));
  const program = join(into, 'barrier_loop');
  const compiler = process.env['CXX'] ?? 'c++';
  try {
    execFileSync(compiler, ['-std=c++17', '-O2', '-o', program, source]);
  } catch (error) {
    throw new Error(`compile ${source}: CXX names the compiler, or else ${compiler} must be there`, {
      cause: error,
    });
  }
  return program;
}

/** By loop, what the program measured. */
function byProgram(program: string, cpu: number): readonly number[] {
  return execFileSync(program, [String(cpu)], { encoding: 'utf8' })
    .trim()
    .split(' ')
    .map(Number);
}
