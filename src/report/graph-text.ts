import type { Graph, GraphEvent } from '../model/execution-graph.ts';
import type { Explanation, Link, Reason, Refusal, Witness } from '../model/explain.ts';
import type { Step } from '../model/steps.ts';
import { wrap } from './columns.ts';

/** What an explanation is of. */
export interface ExplainedTest {
  readonly test: string;
  readonly model: string;
  /** What is looked for: the condition's proposition, or for `forall` its opposite. */
  readonly asked: string;
}

/** Why a test comes out as it does: the events of one execution, and what joins them, in lines of text. */
export function explanationText(of: ExplainedTest, explanation: Explanation, width: number): string {
  switch (explanation.kind) {
    case 'witness':
      return witnessText(of, explanation, width);
    case 'refusal':
      return refusalText(of, explanation, width);
    case 'impossible':
      return wrap(
        `No choice of what the reads see gives ${of.asked}: the model is not what forbids it.`,
        width,
      ).join('\n');
    case 'unexplained':
      return wrap(
        `Why ${of.model} forbids ${of.asked} was not found within ${explanation.timeoutMs / 1000} s: allow more with --timeout.`,
        width,
      ).join('\n');
  }
}

function witnessText({ model, asked }: ExplainedTest, witness: Witness, width: number): string {
  const { graph, cycle, orders, interleaving, flags } = witness;
  const heading = wrap(`${model} allows this execution, which shows ${asked}:`, width);
  const say = (sentence: string) => wrap(sentence, width);
  const flagged = flags.flatMap(({ name, events }) => {
    const places = events.map((one) => one.map((id) => placed(graph, id)).join(' and '));
    return say(`Flag ${name}: ${places.join('; ')}.`);
  });
  if (cycle === undefined) {
    const order = interleaving.map((id) => shortName(graph, id)).join(' ');
    const sentence = `Nothing is out of order: the threads show it when they take turns as ${order}.`;
    return [...heading, '', ...graphLines(graph), '', ...say(sentence), ...flagged].join('\n');
  }
  const missing = orders.filter(({ kept }) => kept === undefined);
  const sentences =
    missing.length > 0
      ? missing.map(
          ({ from, to }) =>
            `The missing edge: nothing in ${model} keeps ${placed(graph, from)} before ${placed(graph, to)}.`,
        )
      : [
          'Each thread keeps its own order. What is missing is propagation: threads may see the writes of others at different times.',
        ];
  return [
    ...heading,
    '',
    ...graphLines(graph),
    '',
    ...say(`No interleaving of the threads has this cycle, and ${model} does not forbid it:`),
    ...cycle.flatMap((link) => linkLines(graph, link, width)),
    '',
    ...sentences.flatMap(say),
    ...flagged,
  ].join('\n');
}

function refusalText({ model, asked }: ExplainedTest, { graph, reasons }: Refusal, width: number): string {
  const names = reasons.map(({ check }) => check).join(' and ');
  const heading = `This execution would show ${asked}; ${model} forbids it by ${names}:`;
  return [
    ...wrap(heading, width),
    '',
    ...graphLines(graph),
    ...reasons.flatMap((reason) => ['', ...reasonLines(graph, reason, width)]),
  ].join('\n');
}

function reasonLines(graph: Graph, reason: Reason, width: number): readonly string[] {
  const { check, file, line, shape, links, events } = reason;
  const place = `${check} (${file.split('/').at(-1)}:${line})`;
  const what = reason.relation === undefined ? place : `${place}: ${reason.relation}`;
  switch (shape) {
    case 'cycle':
      return [
        ...wrap(`${what} must have no cycle, and here is one:`, width),
        ...links.flatMap((link) => linkLines(graph, link, width)),
      ];
    case 'pair':
      return [
        ...wrap(`${what} must be empty, and here is a pair of it:`, width),
        ...links.flatMap((link) => linkLines(graph, link, width)),
      ];
    case 'events':
      return wrap(
        `${place} does not hold${events.length === 0 ? '' : `: ${events.map((id) => placed(graph, id)).join(', ')}`}`,
        width,
      );
  }
}

/** Threads with their events, and the edges between them. */
function graphLines(graph: Graph): readonly string[] {
  const { events, edges } = graph;
  const own = events.filter(({ thread }) => thread !== undefined);
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));
  const letters = widest(own.map(({ letter }) => letter ?? ''));
  const labels = widest(own.map(({ label }) => label));
  const lines = widest(own.map(({ line }) => String(line ?? '')));
  const eventLines = own.map(({ thread, letter, label, line, text }, index) => {
    const head = own[index - 1]?.thread === thread ? '' : `P${thread}`;
    const place = line === undefined ? ' '.repeat(lines + 5) : `line ${String(line).padStart(lines)}`;
    return `  ${head.padEnd(4)}${(letter ?? '').padEnd(letters)}  ${label.padEnd(labels)}  ${place}  ${text}`.trimEnd();
  });
  const names = [...new Set(edges.map(({ relation }) => relation))];
  const relations = widest(names);
  const edgeLines = names.flatMap((relation) => {
    const pairs = edges
      .filter((edge) => edge.relation === relation)
      .map(({ from, to }) => `${shortName(graph, from)} -> ${shortName(graph, to)}`);
    return wrapList(pairs, 72 - relations).map(
      (line, index) => `  ${(index === 0 ? relation : '').padEnd(relations)}  ${line}`,
    );
  });
  return [...eventLines, ...(edgeLines.length === 0 ? [] : ['', ...edgeLines])];
}

/** Items with commas between them, in lines of at most `width` characters. */
function wrapList(items: readonly string[], width: number): readonly string[] {
  return items.reduce<readonly string[]>((lines, item) => {
    const last = lines.at(-1);
    if (last === undefined) return [item];
    const longer = `${last}, ${item}`;
    return longer.length <= width
      ? [...lines.slice(0, -1), longer]
      : [...lines.slice(0, -1), `${last},`, item];
  }, []);
}

/** A line for each step, or more; the relation that they are of stands before the first. */
function linkLines(graph: Graph, { relation, steps }: Link, width: number): readonly string[] {
  const [first] = steps;
  const own = steps.length === 1 && first?.relation === relation ? '' : `${relation}: `;
  const pairs = steps.map(({ from, to }) => `${shortName(graph, from)} -> ${shortName(graph, to)}`);
  const widest = Math.max(...pairs.map(({ length }) => length), 10);
  const indent = widest + own.length + 4;
  return steps.flatMap((step, index) =>
    wrap(stepText(graph, step), Math.max(24, width - indent)).map((text, line) => {
      const head = `  ${((line === 0 ? pairs[index] : undefined) ?? '').padEnd(widest)}  `;
      return `${head}${index === 0 && line === 0 ? own : ' '.repeat(own.length)}${text}`;
    }),
  );
}

/** `rmb (smp_rmb(), line 13)`: a step with the barrier that makes it. */
function stepText(graph: Graph, { relation, through, from, to, weak }: Step): string {
  const between = through.map((id) => eventOf(graph, id));
  const ends = weak ? [] : [from, to].map((id) => eventOf(graph, id)).filter(isBarrierAccess);
  const makers = between.length > 0 ? between : isCommunication(relation) ? [] : ends;
  const texts = makers.flatMap((event) =>
    event === undefined || event.text === '' ? [] : [textAndLine(event)],
  );
  return texts.length === 0 ? relation : `${relation} (${[...new Set(texts)].join('; ')})`;
}

const isCommunication = (relation: string): boolean =>
  /^(?:rf|co|fr)[ei]?$|^(?:addr|data|ctrl|rmw|po|po-loc)$/.test(relation);

/** A release, an acquire and the like; a fence where it is an end itself. */
const isBarrierAccess = (event: GraphEvent | undefined): boolean =>
  event !== undefined && /^(?:[RW]\[|(?:F|UL|LKR|LKW)\b)/.test(event.label);

function textAndLine({ text, line }: GraphEvent): string {
  return line === undefined ? text : `${text}, line ${line}`;
}

function eventOf({ events }: Graph, id: number): GraphEvent | undefined {
  return events.find((event) => event.id === id);
}

/** An event's letter; of an initial write what it writes. */
export function shortName(graph: Graph, id: number): string {
  const event = eventOf(graph, id);
  return event?.letter ?? event?.label ?? String(id);
}

/** `a (P0, line 12)`. */
function placed(graph: Graph, id: number): string {
  const event = eventOf(graph, id);
  const name = shortName(graph, id);
  if (event?.thread === undefined) return name;
  return event.line === undefined
    ? `${name} (P${event.thread})`
    : `${name} (P${event.thread}, line ${event.line})`;
}
