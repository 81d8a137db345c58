import { parseLitmus } from '../../src/language/parser.ts';
import { targetFor } from '../../src/lower/targets.ts';
import { planExperiment, type PlannedTest } from '../../src/plan/experiment.ts';
import { plansFor } from '../../src/plan/run-plan.ts';
import type { BlockCounts, PlannedBlock, Schedule } from '../../src/plan/schedule.ts';

/** Store buffering under a name, its two strategies of different code on x86-64, each under two plans. */
export function plannedTests(
  names: readonly string[],
  {
    header = '',
    copies = [],
    oversubscribed = false,
  }: {
    readonly header?: string;
    readonly copies?: readonly (readonly number[])[];
    readonly oversubscribed?: boolean;
  } = {},
): readonly PlannedTest[] {
  const target = targetFor('x86-64');
  if (target === undefined) throw new Error('no target');
  return planExperiment({
    tests: names.map((name) => ({
      source: { file: `${name}.litmus`, test: parseLitmus(storeBuffering(name, header), `${name}.litmus`) },
      role: 'asked',
      strategies: ['kernel', 'none'],
    })),
    target,
    // Two of them, with fresh cells: a perpetual one has batches of its own.
    plans: (test) => plansFor(test, true).slice(0, 2),
    place: () => ({ cpus: [0, 1], copies, spare: [], class: 'same-socket', oversubscribed, notes: [] }),
  });
}

const storeBuffering = (name: string, header: string) => `C ${name}
(*
 * ${header}
 *)
{}
P0(int *x, int *y)
{
	WRITE_ONCE(*x, 1);
	smp_mb();
	int r0 = READ_ONCE(*y);
}
P1(int *x, int *y)
{
	WRITE_ONCE(*y, 1);
	smp_mb();
	int r0 = READ_ONCE(*x);
}
exists (0:r0=0 /\\ 1:r0=0)
`;

/** What a block became, by a clock of its own: as `told` says, at so many nanoseconds an iteration unless it says otherwise. */
export function play(
  schedule: Schedule,
  told: (block: PlannedBlock) => Partial<BlockCounts> = () => ({}),
  {
    nsPerIteration = 100,
    overheadMs = 0,
    beganMs = 0,
    /** How long the machine sleeps after a block, of those before it. */
    sleepMs = (_blocks: readonly PlannedBlock[]): number => 0,
  } = {},
): readonly PlannedBlock[] {
  const blocks: PlannedBlock[] = [];
  let endedMs = beganMs;
  for (let next = schedule.next(); next.done !== true;) {
    const block = next.value;
    blocks.push(block);
    const ran = block.cells * block.batches * block.copies;
    const wallNs = ran * nsPerIteration;
    endedMs += wallNs / 1e6 + overheadMs + sleepMs(blocks);
    const counts = { ran, iterations: ran, sightings: 0, wallNs, failed: false, endedMs };
    next = schedule.next({ ...counts, ...told(block) });
  }
  return blocks;
}

/** A block in a line: what it was of, and how much. */
export const blockText = ({ run, launch, cells, batches, copies }: PlannedBlock): string =>
  `${launch} ${run.key.replaceAll('\0', ' ')} ${cells}x${batches}x${copies}`;
