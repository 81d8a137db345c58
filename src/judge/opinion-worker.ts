/** Answers questions to the models in a thread of its own, a job at a time. */

import { parentPort, workerData } from 'node:worker_threads';
import { targetFor } from '../lower/targets.ts';
import { answerTo } from './opinion.ts';
import type { HelperData, HelperJob } from './opinion-helper.ts';

const port = parentPort;
if (port === null) throw new Error('this file is a worker');
const { architecture, variant } = workerData as HelperData;
const target = targetFor(architecture, variant);
if (target === undefined) throw new Error(`there is no target ${architecture} ${variant}`);

port.on('message', ({ questions, deadline }: HelperJob) => {
  port.postMessage(questions.map((question) => answerTo(question, target, deadline)));
});
