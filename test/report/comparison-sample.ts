import { columnsOf } from '../../src/evidence/comparison-columns.ts';
import { compare } from '../../src/evidence/comparison.ts';
import { parseLitmus7Log } from '../../src/results/litmus7-log.ts';
import type { RecordedFile } from '../../src/results/recorded-files.ts';
import { block, onBareXeon, onMachine, session, type SessionRow } from '../evidence/recorded-session.ts';

/** What no format may be broken by. */
export const hostileName = '=<script>"|`]]>&\u001B[31m\u202E @all, a\r\nb';

const steady = (sightings: number, iterations = 1_000_000) =>
  Array.from({ length: 6 }, (_, index) => block(sightings + index, iterations));

const rows = (factor: number): readonly SessionRow[] => [
  { test: 'SB', blocks: steady(1200) },
  { test: 'SB', strategy: 'none', sameCodeAs: 'kernel', verdict: 'seen' },
  {
    test: 'SB',
    strategy: 'full',
    verdict: 'upheld',
    reason: 'never while SB fired',
    blocks: steady(0).map(() => block(0, 500_000)),
  },
  { test: 'MP+nt', blocks: steady(900 * factor) },
  { test: 'R', blocks: steady(40_000) },
  { test: 'S', blocks: steady(7000) },
  { test: 'F', quantifier: 'forall', blocks: steady(50) },
  { test: hostileName, strategy: 'no-x|y@3', blocks: steady(300), reason: hostileName },
];

const onArm = onMachine({ architecture: 'arm64', cpu: { model: 'Neoverse N1', identification: {} } });

const xeonRows = rows(4).map((row) => {
  if (row.test === 'SB' && row.strategy === 'full') {
    return {
      ...row,
      verdict: 'violation' as const,
      reason: 'seen 2 times, but forbidden by LKMM',
      blocks: [block(2, 500_000), block(0, 500_000)],
    };
  }
  return row.test === 'S' ? { ...row, code: 'another' } : row;
});

const log = String.raw`Test SB Allowed
Histogram (3 states)
12    *>0:r0=0; 1:r0=0;
499985:>0:r0=1; 1:r0=0;
500003:>0:r0=0; 1:r0=1;
Ok

Witnesses
Positive: 12, Negative: 999988
Condition exists (0:r0=0 /\ 1:r0=0) is validated
Observation SB Sometimes 12 999988
Time SB 0.50
`;

/** Two machines, an emulator and the log of another tool. */
export const sampleFiles: readonly RecordedFile[] = [
  session('results/epyc.json', rows(1)),
  session('results/xeon.json', xeonRows, onBareXeon),
  session(
    'results/arm.json',
    [
      { test: 'SB', blocks: steady(3) },
      { test: 'LB', strategy: 'none', reason: 'not reached before the run was interrupted' },
    ],
    (document) => {
      const machine = onArm(document);
      return {
        ...machine,
        machine: { ...machine.machine, emulation: { kind: 'qemu-user', evidence: 'Saved by hand.' } },
      };
    },
  ),
  { kind: 'litmus7', file: 'logs/old.log', tests: parseLitmus7Log(log, 'logs/old.log') },
];

export const sampleComparison = compare(columnsOf(sampleFiles), {
  despiteCode: false,
  strategies: undefined,
});
