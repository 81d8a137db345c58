import type { Argv, CommandModule } from 'yargs';
import { machineText, type PingPong } from '../report/machine.ts';
import { inspectMachine } from '../results/inspect-machine.ts';
import { startRunner, type Runner } from '../run/runner.ts';

const roundTrips = 20_000;

function options(argv: Argv) {
  return argv
    .option('json', { type: 'boolean', default: false, describe: 'as JSON' })
    .option('ping-pong', {
      type: 'boolean',
      default: true,
      describe: 'time a cache line between each pair of CPUs',
    })
    .example('$0 machine', 'what this machine is, and whether it can be measured')
    .example('$0 machine --json --no-ping-pong', 'for a program, in no time');
}

type Options = ReturnType<typeof options> extends Argv<infer T> ? T : never;

export const machineCommand: CommandModule<object, Options> = {
  command: 'machine',
  describe: 'tell what this machine is, its time base, and whether pinning holds',
  builder: options,
  handler: async ({ json, pingPong }) => {
    const runner = await startRunner().catch((error: Error) => {
      process.stderr.write(`No addon, so less is known: ${error.message}\n`);
    });
    try {
      const { machine } = await inspectMachine(runner ?? undefined);
      const latencies = runner && pingPong ? await pingPongs(runner, machine.allowedCpus) : [];
      const text = json
        ? JSON.stringify({ machine, pingPong: latencies }, undefined, 2)
        : machineText(machine, latencies, process.stdout.columns ?? 80);
      process.stdout.write(`${text}\n`);
    } finally {
      await runner?.close();
    }
  },
};

/** Beyond this many CPUs the pairs are too many to wait for: only those with the first CPU are timed. */
const mostCpusForAllPairs = 16;

async function pingPongs(runner: Runner, cpus: readonly number[]): Promise<readonly PingPong[]> {
  const firsts = cpus.length <= mostCpusForAllPairs ? cpus : cpus.slice(0, 1);
  const latencies: PingPong[] = [];
  for (const first of firsts) {
    for (const second of cpus.slice(cpus.indexOf(first) + 1)) {
      const answer = await runner.pingPong({ firstCpu: first, secondCpu: second, roundTrips });
      latencies.push({ first, second, roundTripNs: answer.kind === 'reply' ? answer.reply : answer.message });
    }
  }
  return latencies;
}
