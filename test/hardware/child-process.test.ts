import { closeSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeOnHardware, machineFacts, run, runner, twoCpus } from './on-this-machine.ts';
import { endless, keepRdx, perCell, request } from './x86-64-code.ts';

interface Mapping {
  readonly begin: number;
  readonly end: number;
  readonly permissions: string;
}

function mappings(pid: number): Mapping[] {
  return readFileSync(`/proc/${pid}/maps`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [range = '', permissions = ''] = line.split(' ');
      const [begin = 0, end = 0] = range.split('-').map((address) => Number.parseInt(address, 16));
      return { begin, end, permissions };
    });
}

/** Those of a process's executable mappings that begin with these bytes. */
function executableMappingsOf(pid: number, code: Uint8Array): Mapping[] {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    return mappings(pid).filter(({ begin, permissions }) => {
      if (!permissions.startsWith('r') || !permissions.includes('x')) return false;
      const there = Buffer.alloc(code.length);
      readSync(memory, there, 0, code.length, begin);
      return there.equals(code);
    });
  } finally {
    closeSync(memory);
  }
}

describeOnHardware('the child process', () => {
  test('generated code is never writable and executable at once', async () => {
    const code = Uint8Array.from([...endless, ...Buffer.from('the code of one test')]);
    const threads = [{ code, cpu: -1, outBytes: 8 }];
    const pid = runner().pid ?? 0;
    const answer = runner().run(request({ threads }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const found = executableMappingsOf(pid, code);
    process.kill(pid, 'SIGKILL');
    await answer;
    expect(found.map(({ permissions }) => permissions)).toEqual(['r-xp']);
  });

  test('a hundred blocks leave no thread, mapping or memory behind', async () => {
    const code = perCell(64, 8, keepRdx(0));
    const threads = (await twoCpus()).map((cpu) => ({ code, cpu, outBytes: 8 }));
    const observed = [{ thread: 0, offsetBytes: 0, widthBytes: 8, signed: true, pointer: false }] as const;
    const block = () => run(request({ threads, observed, batches: 1 }));
    const footprint = () => {
      const pid = runner().pid ?? 0;
      const residentKb = /VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return {
        threads: readdirSync(`/proc/${pid}/task`).length,
        mappings: mappings(pid).length,
        residentMb: Number(residentKb) / 1024,
      };
    };
    for (let i = 0; i < 20; i++) await block();
    const before = footprint();
    for (let i = 0; i < 100; i++) await block();
    const after = footprint();
    expect(after.threads).toBe(before.threads);
    // A leaked block would leave at least one mapping, and 512 kB of cells.
    expect(after.mappings).toBeLessThan(before.mappings + 20);
    expect(after.residentMb).toBeLessThan(before.residentMb + 25);
  });

  test('what the machine tells is plausible', async () => {
    const { allowedCpus, ...facts } = await machineFacts();
    expect(allowedCpus.length).toBeGreaterThan(1);
    expect(facts).toMatchObject({
      canPin: true,
      pinningProblem: undefined,
      pageSizeBytes: 4096,
      cacheLineBytes: 64,
    });
  });

  test('the time base ticks at a rate, or there is a reason why it cannot be used', async () => {
    const { timeBase } = await machineFacts();
    expect(timeBase.name).toBe('TSC');
    expect(timeBase.ticksPerSecond > 1e8).toBe(timeBase.problem === undefined);
  });

  test('a cache line takes some time from one CPU to the other', async () => {
    const [firstCpu, secondCpu] = await twoCpus();
    const answer = await runner().pingPong({ firstCpu, secondCpu, roundTrips: 2000 });
    expect(answer).toMatchObject({
      kind: 'reply',
      reply: expect.toSatisfy((ns: number) => ns > 1 && ns < 1e6),
    });
    expect(await runner().pingPong({ firstCpu, secondCpu: firstCpu, roundTrips: 10 })).toEqual({
      kind: 'failed',
      message: `ping-pong between cpu ${firstCpu} and cpu ${firstCpu}: these are one cpu`,
    });
  });
});
