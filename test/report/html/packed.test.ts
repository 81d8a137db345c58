import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packed } from '../../../src/report/html/packed.ts';
import type { PageIndex, TestDetail } from '../../../src/report/html/page-data.ts';

const unpacked = (text: string): unknown =>
  JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString());

const nothing: TestDetail = { text: undefined, barriers: [], graphs: [], prices: [], rows: [] };

const index = (tests: number): Omit<PageIndex, 'leftOut'> => ({
  machines: [],
  tests: Array.from({ length: tests }, () => ({
    name: 'T',
    question: undefined,
    folder: '',
    control: false,
  })),
  rows: [],
  cells: { verdicts: '', same: '', rated: '', sightings: [], iterations: [], low: [], high: [] },
});

describe('the data in the page', () => {
  it('is all there where there is room', () => {
    const levels: number[] = [];
    const { index: head, tests } = packed(index(3), (test, { blocks }) => {
      levels.push(blocks);
      return {
        ...nothing,
        barriers: [{ guard: `no-smp_mb@${test}`, name: '', thread: 0, lines: [], needs: [] }],
      };
    });
    expect(unpacked(head)).not.toHaveProperty('leftOut');
    expect(tests.map((text) => (unpacked(text) as TestDetail).barriers[0]?.guard)).toEqual([
      'no-smp_mb@0',
      'no-smp_mb@1',
      'no-smp_mb@2',
    ]);
    expect(new Set(levels).size).toBe(1);
  });

  it('is less where there is too much of it, and says what it lacks', () => {
    let state = 1;
    const noise = (length: number) =>
      Array.from({ length }, () => {
        state = (state * 48_271) % 2_147_483_647;
        return state;
      });
    const { index: head, tests } = packed(index(40), (_test, { blocks, outcomes }) => ({
      ...nothing,
      graphs: [{ strategy: '', kind: 'witness', svg: '', text: noise((blocks + outcomes) * 400).join(' ') }],
    }));
    const size = tests.reduce((sum, text) => sum + text.length, 0);
    expect(size).toBeGreaterThan(1_000_000);
    expect(size).toBeLessThan(8_000_000);
    expect(unpacked(head)).toHaveProperty('leftOut', expect.stringContaining('To keep this page small'));
  });

  it('has no character that hides or turns text', () => {
    const { tests } = packed(index(1), () => ({
      ...nothing,
      text: { lines: ['a\tb\u202E\u0000'], listings: [] },
    }));
    expect((unpacked(tests[0] ?? '') as TestDetail).text?.lines).toEqual(['a\tb\\u{202e}\\u{0}']);
  });
});
