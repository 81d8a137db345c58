import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MachineIdentity } from '../../src/results/machine-schema.ts';
import { ResultsError } from '../../src/results/results-error.ts';
import {
  emptyTuning,
  readTuning,
  tuningPath,
  withFamilies,
  writeTuning,
  type TunedFamily,
} from '../../src/results/tuning-file.ts';
import { sampleDocument } from './sample-document.ts';

const { machine, tool } = sampleDocument;
const family: TunedFamily = {
  controls: 'SB-two',
  digest: 'a'.repeat(64),
  threads: 2,
  placement: 'shared-cache',
  tunedAt: '2026-01-01T00:00:00.000Z',
  seed: '18446744073709551615',
  spentMs: 400,
  objective: 'SB-two',
  best: {
    name: 'tuned-split-spin-g64-8B-c8192-d50',
    layout: 'split',
    rendezvous: 'spin',
    group: 64,
    cells: 8192,
    spacingBytes: 8,
    startDelayNs: 50,
  },
  times: { low: 1.2 },
  controlsUnderBest: [{ name: 'SB-two', perSecond: 1e6 }],
  tried: [],
};
const tuning = withFamilies(emptyTuning(machine, tool), [family]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-tuning-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  const path = join(folder, 'edited.json');
  writeFileSync(path, text);
  return path;
}

describe('a tuning', () => {
  test('is kept in a folder of the machine, and read back the same', () => {
    const path = tuningPath(folder, machine);
    writeTuning(path, tuning);
    expect(readTuning(path, machine)).toEqual(tuning);
    writeTuning(path, tuning);
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(tuning, undefined, 1)}\n`);
  });

  test('of the same machine with another kernel or Node is its own; with another CPU set it is not', () => {
    const path = written(JSON.stringify(tuning));
    expect(readTuning(path, { ...machine, kernelRelease: '7.0', nodeVersion: 'v99.0.0' })).toEqual(tuning);
    const others: MachineIdentity[] = [
      { ...machine, allowedCpus: [5] },
      { ...machine, cpu: { ...machine.cpu, model: 'another' } },
    ];
    for (const other of others) expect(() => readTuning(path, other)).toThrow('another machine');
  });

  const text = JSON.stringify(tuning);
  test.each([
    ['nothing', '', 'is not JSON'],
    ['half a file', text.slice(0, text.length / 2), 'is not JSON'],
    ['another format', JSON.stringify({ ...tuning, format: 'fencepost-results' }), 'is not a tuning'],
    ['null', 'null', 'is not a tuning'],
    ['a later version', JSON.stringify({ ...tuning, version: 2 }), 'has version 2'],
    ['a group of no iterations', text.replace('"group":64', '"group":0'), 'families[0].best.group'],
    ['cells without end', text.replace('"cells":8192', '"cells":1e12'), 'families[0].best.cells'],
    ['a perpetual plan', text.replace('"rendezvous":"spin"', '"rendezvous":"perpetual"'), 'rendezvous'],
    [
      'a place that there is not',
      text.replace('"rendezvous"', '"placement":"near","rendezvous"'),
      'placement',
    ],
    ['a field too many', text.replace('"seed"', '"host":"h","seed"'), 'unknown field "host"'],
  ])('that is %s is refused, with the file and the place', (_, wrong, reason) => {
    const path = written(wrong);
    expect(() => readTuning(path, machine)).toThrow(ResultsError);
    expect(() => readTuning(path, machine)).toThrow(reason);
    expect(() => readTuning(path, machine)).toThrow(path);
  });

  test('takes over what is found anew, and keeps the rest', () => {
    const other = { ...family, controls: 'MP+nt' };
    const again = { ...family, spentMs: 9 };
    expect(withFamilies(withFamilies(tuning, [other]), [again]).families).toEqual([again, other]);
  });

  test('names the place of a plan, and keeps a search among places beside one without a choice', () => {
    const { best } = family;
    if (best === undefined) throw new Error('no plan');
    const placement = 'across-sockets';
    const among: TunedFamily = { ...family, placements: [placement], best: { ...best, placement } };
    const both = withFamilies(tuning, [among]);
    expect(both.families).toEqual([family, among]);
    expect(readTuning(written(JSON.stringify(both)), machine)).toEqual(both);
    expect(withFamilies(both, [{ ...among, spentMs: 9 }]).families).toHaveLength(2);
  });
});
