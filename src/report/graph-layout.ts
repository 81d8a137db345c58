import type { GraphEvent } from '../model/execution-graph.ts';
import { joinedBy, type Drawing, type Joint } from './drawing.ts';

/** Where everything of a picture goes: a column for each thread, program order downwards. */
export interface GraphLayout {
  readonly heads: readonly { readonly thread: number; readonly at: Point }[];
  readonly boxes: readonly Box[];
  readonly curves: readonly DrawnJoint[];
  readonly labels: readonly { readonly joint: Joint; readonly at: Point }[];
  readonly bounds: Rectangle;
}

export interface Box {
  readonly event: GraphEvent;
  /** What is written in it. */
  readonly lines: readonly [string, string];
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rectangle {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A joint with its cubic Bézier curve: start, two control points, end. */
export interface DrawnJoint {
  readonly joint: Joint;
  readonly curve: Curve;
}
export type Curve = readonly [Point, Point, Point, Point];

export const boxHeight = 38;
const rowGap = 26;
const rowHeight = boxHeight + rowGap;
const columnGap = 110;
const headHeight = 26;
/** Between the initial writes and the heads of the threads. */
const initialGap = 40;
/** Of the fonts in graph-svg.ts: 12 px, and 10 px for what an event is of. */
const characterWidth = 7.3;
const smallCharacterWidth = 6.1;
const labelCharacterWidth = 6.6;

export function layoutOf(drawing: Drawing): GraphLayout {
  const { events } = drawing.graph;
  const joints = joinedBy(drawing);
  const columns = columnsOf(events, joints);
  const initial = events.filter(({ thread }) => thread === undefined);
  const threadTop = initial.length === 0 ? 0 : boxHeight + initialGap;
  const boxes = [
    ...initialRow(initial, columns),
    ...columns.flatMap((column) =>
      column.events.map((event, row): Box => {
        const y = threadTop + headHeight + row * rowHeight;
        return { event, lines: linesOf(event), x: column.x, width: column.width, y };
      }),
    ),
  ];
  const curves = joints.map((joint) => ({ joint, curve: curveOf(joint, boxes, columns) }));
  const labels = placedLabels(curves, boxes);
  const extents = [
    ...boxes.map(rectangleOf),
    ...labels.map(({ joint, at }) => labelRectangle(joint, at)),
    ...curves.flatMap(({ curve }) => [0.25, 0.5, 0.75].map((t) => around(pointOn(curve, t), 4))),
  ];
  return {
    heads: columns.map(({ thread, x, width }) => ({ thread, at: { x: x + width / 2, y: threadTop + 12 } })),
    boxes,
    curves,
    labels,
    bounds: {
      left: Math.min(...extents.map(({ left }) => left)),
      right: Math.max(...extents.map(({ right }) => right)),
      top: Math.min(threadTop, ...extents.map(({ top }) => top)),
      bottom: Math.max(...extents.map(({ bottom }) => bottom)),
    },
  };
}

interface Column {
  readonly thread: number;
  readonly events: readonly GraphEvent[];
  readonly x: number;
  readonly width: number;
}

function columnsOf(events: readonly GraphEvent[], joints: readonly Joint[]): readonly Column[] {
  const threads = [...new Set(events.flatMap(({ thread }) => thread ?? []))];
  let x = 0;
  return threads.map((thread, index) => {
    const own = events.filter((event) => event.thread === thread);
    const column = { thread, events: own, x, width: Math.max(...own.map(widthOf)) };
    // The first column's arcs are on its other side.
    x += column.width + columnGap + (index === 0 ? 0 : reachOfArcs(own, joints));
    return column;
  });
}

/** How far the arcs beside a column reach. */
function reachOfArcs(events: readonly GraphEvent[], joints: readonly Joint[]): number {
  const rows = new Map(events.map(({ id }, row) => [id, row]));
  const spans = joints.flatMap(({ from, to, relation }) => {
    const [first, last] = [rows.get(from), rows.get(to)];
    return relation === 'po' || first === undefined || last === undefined ? [] : [Math.abs(last - first)];
  });
  return spans.length === 0 ? 0 : 0.75 * bulgeOf(Math.max(...spans));
}

const bulgeOf = (rows: number): number => 24 + 13 * Math.min(rows, 10);

/** Above the threads, in the middle of them all. */
function initialRow(events: readonly GraphEvent[], columns: readonly Column[]): readonly Box[] {
  const gap = 24;
  const total = events.reduce((sum, event) => sum + widthOf(event) + gap, -gap);
  const last = columns.at(-1);
  let x = ((last?.x ?? 0) + (last?.width ?? 0) - total) / 2;
  return events.map((event) => {
    const box = { event, lines: linesOf(event), x, y: 0, width: widthOf(event) };
    x += box.width + gap;
    return box;
  });
}

function linesOf({ letter, label, text, line, thread }: GraphEvent): readonly [string, string] {
  const first = letter === undefined ? label : `${letter}: ${label}`;
  if (thread === undefined) return [first, 'at the start'];
  return [first, line === undefined ? text : `${line}: ${text}`];
}

function widthOf(event: GraphEvent): number {
  const [first, second] = linesOf(event);
  return 18 + Math.max(first.length * characterWidth, second.length * smallCharacterWidth);
}

/** Straight down to the next event, an arc beside the column to another of the thread, else across. */
function curveOf({ from, to, relation }: Joint, boxes: readonly Box[], columns: readonly Column[]): Curve {
  const [source, target] = [from, to].map((id) => boxes.find(({ event }) => event.id === id)) as [Box, Box];
  const { thread } = source.event;
  if (thread === undefined) return fromInitial(source, target);
  if (thread !== target.event.thread) return across(source, target);
  if (relation === 'po' && target.y - source.y === rowHeight) return down(source, target);
  return beside(source, target, columns[0]?.thread === thread);
}

const centre = (box: Box): number => box.x + box.width / 2;
const middle = (box: Box): number => box.y + boxHeight / 2;

function down(source: Box, target: Box): Curve {
  const [start, end] = [
    { x: centre(source), y: source.y + boxHeight },
    { x: centre(target), y: target.y },
  ];
  return [start, { ...start, y: start.y + 6 }, { ...end, y: end.y - 6 }, end];
}

/** The first column's arcs are on its left, where no other thread is. */
function beside(source: Box, target: Box, onLeft: boolean): Curve {
  const rows = Math.abs(target.y - source.y) / rowHeight;
  const edge = onLeft ? source.x : source.x + source.width;
  const x = edge + (onLeft ? -1 : 1) * bulgeOf(rows);
  const [start, end] = [
    { x: edge, y: middle(source) },
    { x: edge, y: middle(target) },
  ];
  return [start, { x, y: start.y }, { x, y: end.y }, end];
}

/** So that what leaves an event and what comes to it from one side do not lie on each other. */
const portOffset = 6;

function across(source: Box, target: Box): Curve {
  const rightwards = centre(source) < centre(target);
  const start = { x: rightwards ? source.x + source.width : source.x, y: middle(source) - portOffset };
  const end = { x: rightwards ? target.x : target.x + target.width, y: middle(target) + portOffset };
  const pull = Math.max(40, Math.abs(end.x - start.x) / 2.2) * (rightwards ? 1 : -1);
  return [start, { ...start, x: start.x + pull }, { ...end, x: end.x - pull }, end];
}

function fromInitial(source: Box, target: Box): Curve {
  const start = { x: centre(source), y: source.y + boxHeight };
  const isFirstRow = target.y <= start.y + initialGap + headHeight;
  if (isFirstRow) {
    const end = { x: centre(target), y: target.y };
    return [start, { ...start, y: start.y + 36 }, { ...end, y: end.y - 36 }, end];
  }
  const fromRight = centre(target) < start.x;
  const end = { x: fromRight ? target.x + target.width : target.x, y: middle(target) };
  return [start, { ...start, y: start.y + 60 }, { ...end, x: end.x + (fromRight ? 44 : -44) }, end];
}

/** Each label on its curve where it covers neither a box nor another label; the cycle's choose first. */
function placedLabels(curves: readonly DrawnJoint[], boxes: readonly Box[]): GraphLayout['labels'] {
  const taken = boxes.map(rectangleOf);
  const order = curves
    .filter(({ joint }) => joint.relation !== 'po' || joint.emphasised)
    .toSorted((left, right) => Number(right.joint.emphasised) - Number(left.joint.emphasised));
  return order.map(({ joint, curve }) => {
    const places = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82].map((t) => pointOn(curve, t));
    const isFree = (at: Point) => !taken.some((other) => overlap(labelRectangle(joint, at), other));
    const at = places.find(isFree) ?? pointOn(curve, 0.5);
    taken.push(labelRectangle(joint, at));
    return { joint, at };
  });
}

function labelRectangle({ relation }: Joint, { x, y }: Point): Rectangle {
  const half = (relation.length * labelCharacterWidth) / 2 + 2;
  return { left: x - half, right: x + half, top: y - 8, bottom: y + 8 };
}

function rectangleOf({ x, y, width }: Box): Rectangle {
  return { left: x, right: x + width, top: y, bottom: y + boxHeight };
}

function around({ x, y }: Point, distance: number): Rectangle {
  return { left: x - distance, right: x + distance, top: y - distance, bottom: y + distance };
}

function overlap(one: Rectangle, other: Rectangle): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function pointOn([a, b, c, d]: Curve, t: number): Point {
  const mix = (p: number, q: number, r: number, s: number) =>
    (1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * q + 3 * (1 - t) * t ** 2 * r + t ** 3 * s;
  return { x: mix(a.x, b.x, c.x, d.x), y: mix(a.y, b.y, c.y, d.y) };
}
