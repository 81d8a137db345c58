/** Answers questions to the models in a thread of its own. */

import { workerData } from 'node:worker_threads';
import { targetFor } from '../lower/targets.ts';
import { serve } from '../workers/serve.ts';
import { answerTo, type Answer } from './opinion.ts';
import type { OpinionJob, TargetName } from './opinions.ts';

const { architecture, variant } = workerData as TargetName;
const target = targetFor(architecture, variant);
if (target === undefined) throw new Error(`there is no target ${architecture} ${variant}`);

serve<OpinionJob, Answer>(({ questions, deadline }, send) => {
  for (const question of questions) send(answerTo(question, target, deadline));
});
