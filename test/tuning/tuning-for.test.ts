import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSuite } from '../../src/language/test-files.ts';
import type { PlacementClass } from '../../src/plan/affinity.ts';
import { topologyFrom } from '../../src/plan/topology.ts';
import { RecordedFileError } from '../../src/results/recorded-files.ts';
import { emptyTuning, tuningPath, writeTuning, type Tuning } from '../../src/results/tuning-file.ts';
import { familiesOf } from '../../src/tuning/control-families.ts';
import { tuningFor, type TuningChoice } from '../../src/tuning/tuning-for.ts';
import { savedMachine } from '../plan/fixtures/saved-machine.ts';
import { sampleDocument } from '../results/sample-document.ts';
import { simulatedMachine } from './simulated-machine.ts';

const { machine, tool } = sampleDocument;
const server = topologyFrom(savedMachine('two-socket-server'));
const suite = readSuite();
const families = familiesOf(
  suite.flatMap(({ test: one }) => (one.name === 'SB+mbs' ? [one] : [])),
  suite,
  'x86-64',
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-tuning-for-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A run of which tuning may take some seconds, on a machine whose SMT siblings show most. */
async function run(givenCpus?: readonly number[], choice: TuningChoice = { kind: 'automatic' }) {
  const notices: string[] = [];
  const rate = (placed: PlacementClass) => (placed === 'smt-siblings' ? 3000 : 100);
  const simulated = simulatedMachine(server, rate, 3n, givenCpus);
  const plans = await tuningFor({
    ...simulated,
    choice,
    families,
    machine,
    tool,
    resultsFolder: folder,
    budgetMs: 4000,
    notice: (sentence) => notices.push(sentence),
  });
  return {
    plans: plans('SB+mbs', simulated.place(2)),
    notices: notices.join('\n'),
    spentMs: simulated.clock(),
  };
}

const kept = () => JSON.parse(readFileSync(tuningPath(folder, machine), 'utf8')) as Tuning;

describe('a run on a machine that it has not met', () => {
  test('finds the best place, says so, and has it the next time', async () => {
    const first = await run();
    expect(first.plans.map(({ placement }) => placement)).toEqual(['smt-siblings']);
    expect(first.notices).toContain('a plan of their own (some with threads placed as smt-siblings), beside');
    const second = await run();
    expect(second.spentMs).toBe(0);
    expect(second.plans).toEqual(first.plans);
  });

  test('looks among places where a search before had no choice, and keeps what that found', async () => {
    await run([0, 1]);
    const [narrow] = kept().families;
    expect(narrow?.placements).toBeUndefined();
    // It was over, whatever it found.
    writeTuning(tuningPath(folder, machine), {
      ...kept(),
      families: kept().families.map((family) => ({ ...family, spentMs: 3000 })),
    });
    const wide = await run();
    expect(wide.spentMs).toBeGreaterThan(0);
    expect(kept().families.map(({ placements }) => placements)).toEqual([
      undefined,
      ['smt-siblings', 'same-socket', 'across-sockets'],
    ]);
  });

  test('goes on with a search that found nothing, until many plans were tried', async () => {
    await run();
    const [family] = kept().families;
    const [trial] = family?.tried ?? [];
    if (family === undefined || trial === undefined) throw new Error('nothing was tried');
    const { best: _best, times: _times, ...without } = family;
    const afterTrying = async (plans: number) => {
      const families = [{ ...without, spentMs: 100, tried: Array.from({ length: plans }, () => trial) }];
      writeTuning(tuningPath(folder, machine), { ...kept(), families });
      return (await run()).spentMs;
    };
    expect(await afterTrying(60)).toBe(0);
    expect(await afterTrying(20)).toBeGreaterThan(0);
  });

  test('does not look again, nor names another place, where CPUs are given', async () => {
    await run();
    const { spentMs, notices } = await run([0, 1]);
    expect(spentMs).toBe(0);
    expect(notices).not.toContain('smt-siblings');
  });
});

describe('a tuning that is named', () => {
  const named = (path: string) => run(undefined, { kind: 'file', path });

  test('is used, and nothing is looked for', async () => {
    const { plans } = await run();
    const again = await named(tuningPath(folder, machine));
    expect(again.plans).toEqual(plans);
    expect(again.spentMs).toBe(0);
  });

  test('is refused where it is missing, broken, or of another machine', async () => {
    const path = join(folder, 'named.json');
    await expect(named(path)).rejects.toThrow(RecordedFileError);
    await expect(named(path)).rejects.toThrow(path);
    writeFileSync(path, '{}');
    await expect(named(path)).rejects.toThrow(`--tuning: ${path} is not a tuning of Fencepost.`);
    const other = { ...emptyTuning(machine, tool), machine: { name: 'other', digest: 'a'.repeat(64) } };
    writeTuning(path, other);
    await expect(named(path)).rejects.toThrow(`--tuning: ${path} was found on another machine (other): `);
  });

  test('is told of where it has nothing for these controls', async () => {
    const path = join(folder, 'empty.json');
    writeTuning(path, emptyTuning(machine, tool));
    const { notices, plans } = await named(path);
    expect(plans).toEqual([]);
    expect(notices).toContain(`${path} has no plan of their own for the controls of these tests`);
  });
});
