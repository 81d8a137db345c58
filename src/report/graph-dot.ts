import { joinedBy, type Drawing } from './drawing.ts';
import type { GraphEvent } from '../model/execution-graph.ts';

/** An execution as Graphviz dot: a cluster for each thread, and the edges of the cycle bold. */
export function graphDot(drawing: Drawing): string {
  const { title, graph } = drawing;
  const threads = new Set(graph.events.map(({ thread }) => thread));
  const clusters = [...threads].flatMap((thread) => {
    const events = graph.events.filter((event) => event.thread === thread);
    return thread === undefined ? events.map((event) => `  ${node(event)}`) : cluster(thread, events);
  });
  const edges = joinedBy(drawing).map(
    ({ from, to, relation, emphasised, color }) =>
      `  e${from} -> e${to} [label=${quoted(relation)}, color=${quoted(color)}, fontcolor=${quoted(color)}${
        emphasised ? ', penwidth=2.5' : ''
      }${relation === 'po' && !emphasised ? ', weight=8' : ', constraint=false'}];`,
  );
  return [
    `digraph ${quoted(title)} {`,
    `  label=${quoted(title)};`,
    '  labelloc=t;',
    '  fontname="Helvetica";',
    '  node [shape=box, style=rounded, fontname="Courier", fontsize=11];',
    '  edge [fontname="Helvetica", fontsize=10];',
    ...clusters,
    ...edges,
    '}',
    '',
  ].join('\n');
}

function cluster(thread: number, events: readonly GraphEvent[]): readonly string[] {
  return [
    `  subgraph cluster_P${thread} {`,
    `    label=${quoted(`P${thread}`)};`,
    '    color="gray70";',
    ...events.map((event) => `    ${node(event)}`),
    '  }',
  ];
}

function node({ id, letter, label, line, text }: GraphEvent): string {
  const first = letter === undefined ? label : `${letter}: ${label}`;
  const second = text === '' ? [] : [line === undefined ? text : `${line}: ${text}`];
  return `e${id} [label=${quoted([first, ...second].join('\n'))}];`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
