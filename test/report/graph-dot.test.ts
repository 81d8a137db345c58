import { describe, expect, it } from 'vitest';
import { graphDot } from '../../src/report/graph-dot.ts';
import { drawingFor, explainedRow } from './explained-sample.ts';

const drawing = drawingFor(explainedRow('classic/MP+wmb+rmb.litmus'));

describe('an execution for Graphviz', () => {
  it('has a cluster for each thread and the cycle in bold', async () => {
    await expect(graphDot(drawing)).toMatchFileSnapshot('golden/explain-MP.dot');
  });

  it('keeps quotes, backslashes and line breaks of a name within its string', () => {
    const text = graphDot({ ...drawing, title: 'a"];\n\\b' });
    expect(text.split('\n')[0]).toBe('digraph "a\\"];\\n\\\\b" {');
  });
});
