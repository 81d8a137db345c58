import { cpus, release } from 'node:os';
import { hostArchitecture } from '../architecture.ts';
import { topologyFrom, type Topology } from '../plan/topology.ts';
import type { MachineFacts } from '../run/addon.ts';
import type { Runner } from '../run/runner.ts';
import { readMachineFiles, readProgramLinks } from './machine-files.ts';
import type { MachineIdentity } from './machine-schema.ts';
import { identifyMachine } from './machine.ts';

export interface InspectedMachine {
  readonly machine: MachineIdentity;
  readonly topology: Topology;
  /** Undefined where there is no addon to ask. */
  readonly facts: MachineFacts | undefined;
}

/** Looks at the machine this process runs on; without a runner, at what its files tell. */
export async function inspectMachine(runner: Runner | undefined): Promise<InspectedMachine> {
  const architecture = hostArchitecture();
  if (architecture === undefined) throw new Error(`identify the machine: unknown architecture`);
  const answer = await runner?.machineFacts();
  const facts = answer?.kind === 'reply' ? answer.reply : undefined;
  const files = readMachineFiles();
  const machine = identifyMachine({
    files,
    facts,
    architecture,
    operatingSystem: process.platform,
    osRelease: release(),
    nodeVersion: process.version,
    nodeModel: cpus()[0]?.model ?? '',
    ...readProgramLinks(),
  });
  return { machine, topology: topologyFrom(files, facts?.allowedCpus), facts };
}
