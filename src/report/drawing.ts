import type { Graph } from '../model/execution-graph.ts';
import type { Explanation, Link } from '../model/explain.ts';

/** An execution to be drawn. */
export interface Drawing {
  readonly title: string;
  readonly graph: Graph;
  /** The edges of the cycle that allows or refuses it. */
  readonly links: readonly Link[];
}

/** What joins two events in a picture. */
export interface Joint {
  readonly from: number;
  readonly to: number;
  readonly relation: string;
  /** Whether it is of the cycle. */
  readonly emphasised: boolean;
  /** One that is readable on light and on dark ground. */
  readonly color: string;
}

/** What there is to draw of an explanation; undefined where it has no execution. */
export function drawingOf(title: string, explanation: Explanation): Drawing | undefined {
  switch (explanation.kind) {
    case 'witness':
      return { title, graph: explanation.graph, links: explanation.cycle ?? [] };
    case 'refusal':
      return { title, graph: explanation.graph, links: explanation.reasons.flatMap(({ links }) => links) };
    case 'impossible':
    case 'unexplained':
      return undefined;
  }
}

export const emphasisColor = '#e03131';
export const dependencyColor = '#9c36b5';
export const relationColors: Readonly<Record<string, string>> = {
  po: '#868e96',
  rf: '#2f9e44',
  co: '#1c7ed6',
  fr: '#e8590c',
  addr: dependencyColor,
  data: dependencyColor,
  ctrl: dependencyColor,
  rmw: dependencyColor,
};

/** Every edge once: program order from event to event, what is read and overwritten, and the cycle's steps. */
export function joinedBy({ graph: { events, edges }, links }: Drawing): readonly Joint[] {
  const joints = new Map<string, Joint>();
  const enter = (joint: Joint) => joints.set(`${joint.from} ${joint.to} ${base(joint.relation)}`, joint);
  for (const [index, { id, thread }] of events.entries()) {
    const next = events[index + 1];
    if (thread === undefined || next?.thread !== thread) continue;
    enter({ from: id, to: next.id, relation: 'po', emphasised: false, color: colorOf('po') });
  }
  for (const { from, to, relation } of edges) {
    enter({ from, to, relation, emphasised: false, color: colorOf(relation) });
  }
  for (const { from, to, relation } of links.flatMap(({ steps }) => steps)) {
    if (from !== to) enter({ from, to, relation, emphasised: true, color: emphasisColor });
  }
  return [...joints.values()];
}

function colorOf(relation: string): string {
  return relationColors[relation] ?? emphasisColor;
}

/** `rf` of `rfe`: the cycle's steps take the place of the edges that they are. */
function base(relation: string): string {
  return relation.replace(/^(rf|co|fr)[ei]$/, '$1');
}
