/** Asks models about the barriers of tests in a thread of its own, so that it can be stopped at any time. */

import { eventOf, eventText, guardAdvice, modelNeeds } from '../evidence/advice.ts';
import { architectureJudge, kernelJudge } from '../evidence/judges.ts';
import { parseLitmus } from '../language/parser.ts';
import { rowExplanation, shownTest, type CheckRow } from '../report/check.ts';
import { drawingOf } from '../report/drawing.ts';
import { graphSvg } from '../report/graph-svg.ts';
import { guardsOf } from '../strategy/guards.ts';
import { variantsOf } from '../strategy/strategies.ts';
import { serve } from '../workers/serve.ts';
import { checkRow, modelNamed } from './checks.ts';
import type { NeedsJob, NeedsMessage } from './needs.ts';

const lkmm = modelNamed('lkmm');

serve<NeedsJob, NeedsMessage>((job, send) => {
  if (job.kind === 'model') askModel(job, send);
  else drawGraphs(job, send);
});

type Job<Kind extends NeedsJob['kind']> = Extract<NeedsJob, { kind: Kind }>;
type Send = (message: NeedsMessage) => void;

function askModel({ file, source, model, timeoutMs }: Job<'model'>, send: Send): void {
  const test = parseLitmus(source, file);
  const { guards } = guardsOf(test);
  const event = eventOf(test, timeoutMs);
  send({ kind: 'guards', event: eventText(test, event), guards: guardAdvice(test, guards, source) });
  const judge = model === 'lkmm' ? kernelJudge(event, timeoutMs) : architectureJudge(model, event, timeoutMs);
  const barriers = guards.filter(({ isStrategy }) => isStrategy);
  send({ kind: 'model', needs: modelNeeds(judge, test, barriers) });
}

/** How LKMM comes to what it says of a test under strategies, drawn. */
function drawGraphs({ file, source, strategies, timeoutMs }: Job<'graphs'>, send: Send): void {
  const test = parseLitmus(source, file);
  for (const variant of variantsOf(test, strategies).variants) {
    const limits = { timeoutMs, explain: true };
    const row = checkRow({ file, source, test }, { variant, model: lkmm }, limits);
    const explanation = row.outcome.kind === 'decided' ? row.outcome.explanation : undefined;
    const drawing = explanation && drawingOf(drawingTitle(row), explanation);
    if (drawing === undefined || (explanation?.kind !== 'witness' && explanation?.kind !== 'refusal'))
      continue;
    const text = rowExplanation(row, textWidth) ?? '';
    const graph = { strategy: variant.strategy, kind: explanation.kind, svg: graphSvg(drawing), text };
    send({ kind: 'graph', graph });
  }
}

const textWidth = 90;

function drawingTitle(row: CheckRow): string {
  return `${shownTest(row)} under ${row.model}`;
}
