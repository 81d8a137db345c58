import { describe, expect, it } from 'vitest';
import type { Drawing } from '../../src/report/drawing.ts';
import { layoutOf } from '../../src/report/graph-layout.ts';
import { graphSvg } from '../../src/report/graph-svg.ts';
import { drawingFor, explainedRow } from './explained-sample.ts';

const messagePassing = drawingFor(explainedRow('classic/MP+wmb+rmb.litmus'));
const pageFault = drawingFor(explainedRow('kvm/C-page-fault.litmus'));

describe('the picture of an execution', () => {
  it('is an SVG of its own, without anything from elsewhere', async () => {
    await expect(graphSvg(messagePassing)).toMatchFileSnapshot('golden/explain-MP.svg');
  });

  it.each([messagePassing, pageFault])('holds all it draws within its bounds: $title', (drawing: Drawing) => {
    const { boxes, labels, bounds } = layoutOf(drawing);
    for (const { x, y, width } of boxes) {
      expect(x).toBeGreaterThanOrEqual(bounds.left);
      expect(x + width).toBeLessThanOrEqual(bounds.right);
      expect(y).toBeGreaterThanOrEqual(bounds.top);
    }
    for (const { at } of labels) {
      expect(at.x).toBeGreaterThan(bounds.left);
      expect(at.x).toBeLessThan(bounds.right);
      expect(at.y).toBeLessThan(bounds.bottom);
    }
  });

  it('has threads side by side and their events downwards, no box on another', () => {
    const { boxes } = layoutOf(pageFault);
    for (const [index, one] of boxes.entries()) {
      for (const other of boxes.slice(index + 1)) {
        const apart =
          one.x + one.width <= other.x || other.x + other.width <= one.x || Math.abs(one.y - other.y) >= 38;
        expect(apart, `${one.lines[0]} lies on ${other.lines[0]}`).toBe(true);
      }
      const next = boxes[index + 1];
      if (next !== undefined && one.event.thread !== undefined && next.event.thread === one.event.thread) {
        expect(next.y).toBeGreaterThan(one.y);
        expect(next.x).toBe(one.x);
      }
    }
  });

  it('emphasises each step of the cycle, and draws none of them twice', () => {
    const { curves } = layoutOf(messagePassing);
    const cycle = curves.filter(({ joint }) => joint.emphasised);
    expect(cycle.map(({ joint }) => joint.relation).toSorted()).toEqual(['fre', 'rfe', 'rmb', 'wmb']);
    expect(curves.map(({ joint }) => joint.relation)).not.toContain('fr');
  });

  it('is well-formed whatever a test calls itself', () => {
    const hostile = '</text><script>alert("1")</script>&\u0001\u001B[31m';
    const [event, ...events] = messagePassing.graph.events;
    const svg = graphSvg({
      ...messagePassing,
      title: hostile,
      graph: { ...messagePassing.graph, events: [{ ...event!, text: hostile, label: hostile }, ...events] },
    });
    expect(svg).not.toContain('<script');
    expect(svg).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/);
    // eslint-disable-next-line no-control-regex
    expect(svg).not.toMatch(/[\u0000-\u0008\u000B-\u001F]/);
  });
});
