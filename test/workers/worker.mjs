/** Does what a job says: sends, then ends, throws, exits, stays silent or stays busy. */
import { workerData } from 'node:worker_threads';
import { serve } from '../../dist/workers/serve.js';

serve(({ sends = [], then = 'end' }, send) => {
  for (const message of sends) send(message);
  if (then === 'data') send(workerData);
  if (then === 'throw') throw new Error('on purpose');
  if (then === 'exit') process.exit(1);
  if (then === 'hang') for (;;);
});
