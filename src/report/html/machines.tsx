/** The machines: what each is, and what weakens what it showed. */

import { documentsOf, type Column } from '../../evidence/comparison-columns.ts';
import type { MachineIdentity } from '../../results/machine-schema.ts';
import { columnCaveats, columnScore, standingWord } from '../comparison-words.ts';
import { plural } from '../quantity.ts';

export function Machines({ columns }: { readonly columns: readonly Column[] }) {
  return (
    <>
      {columns.map((column) => (
        <details
          class="machine"
          key={column.name}
          open={columns.length <= 3}
          id={`machine-${columns.indexOf(column)}`}
        >
          <summary>
            <bdi>{column.name}</bdi>
            <span class="faint">
              {[standingWord(column), plural(column.sessions.length, 'session')].filter(Boolean).join(', ')}
            </span>
          </summary>
          <Caveats column={column} />
          <Facts column={column} />
        </details>
      ))}
    </>
  );
}

function Caveats({ column }: { readonly column: Column }) {
  const caveats = columnCaveats(column);
  if (caveats.length === 0) return <p>Nothing is known to weaken what it showed.</p>;
  return (
    <ul class="caveats">
      {caveats.map((caveat) => (
        <li key={caveat}>{caveat}</li>
      ))}
    </ul>
  );
}

function Facts({ column }: { readonly column: Column }) {
  const [first] = documentsOf(column);
  if (first === undefined) return <p>A log of another tool: it does not tell what machine it was.</p>;
  const { machine, tool, session } = first;
  const score = columnScore(column);
  const facts: readonly (readonly [string, string])[] = [
    ...machineFacts(machine),
    ...(score === undefined ? [] : [['Controls', score] as const]),
    ['Tool', [tool.name, tool.version, tool.revision?.slice(0, 12)].filter(Boolean).join(' ')],
    ['First session', session.startedAt],
    ['Command', `fencepost ${session.arguments.join(' ')}`],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function machineFacts(machine: MachineIdentity): readonly (readonly [string, string])[] {
  const { cpu, topology, timeBase, frequency, pinning, loadAverage } = machine;
  const identification = Object.entries(cpu.identification).map(([name, value]) => `${name} ${value}`);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['CPU', cpu.model],
    [
      'Identification',
      [...identification, cpu.microcode && `microcode ${cpu.microcode}`].filter(Boolean).join(', '),
    ],
    ['Architecture', machine.architecture],
    [
      'Topology',
      `${plural(topology.sockets, 'socket')}, ${plural(topology.nodes, 'NUMA node')}, ${plural(topology.cores, 'core')}, ${plural(topology.threads, 'hardware thread')}`,
    ],
    [
      'Caches',
      topology.caches
        .map(
          ({ level, type, sizeBytes, sharedBy }) =>
            `L${level} ${type}${sizeBytes === undefined ? '' : ` ${sizeBytes / 1024} KiB`} for ${plural(sharedBy, 'CPU')}`,
        )
        .join(', '),
    ],
    [
      'Frequency',
      frequency &&
        [
          frequency.governor,
          frequency.maximumMHz && `at most ${Math.round(frequency.maximumMHz)} MHz`,
          frequency.currentMHz && `${Math.round(frequency.currentMHz)} MHz`,
        ]
          .filter(Boolean)
          .join(', '),
    ],
    [
      'Time base',
      timeBase &&
        `${timeBase.name}, ${(timeBase.ticksPerSecond / 1e6).toFixed(1)} MHz${timeBase.problem === undefined ? '' : ` (${timeBase.problem})`}`,
    ],
    ['Pinning', pinning && (pinning.holds ? 'holds' : `does not hold: ${pinning.problem ?? 'unknown why'}`)],
    ['Hypervisor', machine.hypervisor?.kind],
    ['Emulator', machine.emulation?.kind],
    ['System', `${machine.operatingSystem} ${machine.kernelRelease}, Node ${machine.nodeVersion}`],
    ['Load when it began', loadAverage?.join(' ')],
  ];
  return facts.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  );
}
