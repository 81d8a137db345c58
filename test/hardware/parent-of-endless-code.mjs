// Started by faults.test.ts: prints its child's process id while the child runs code that never ends.
import { startRunner } from '../../dist/run/runner.js';

const runner = await startRunner();
const jumpToItself = Uint8Array.from([0xeb, 0xfe]);
void runner.run({
  threads: [{ code: jumpToItself, cpu: -1, outBytes: 0 }],
  initial: [],
  observed: [],
  memoryBytes: 64,
  spacingBytes: 64,
  cells: 1,
  batches: 1,
  group: 1,
  rendezvous: 'spin',
  startDelayNs: 0,
  seed: 0n,
  timeoutMs: 60_000,
});
console.log(runner.pid);
