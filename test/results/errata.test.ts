import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errataFor, ownErrata, parseErrata } from '../../src/results/errata.ts';
import { readWhole } from '../../src/results/read.ts';
import { ResultsError } from '../../src/results/results-error.ts';

const digest = 'a'.repeat(64);
const erratum = { date: '2026-11-23', reason: 'The reader was swapped by mistake', test: digest };
const list = (errata: readonly unknown[]) =>
  JSON.stringify({ format: 'fencepost-errata', version: 1, errata });

describe('a list of errata', () => {
  it('is read as it is written', () => {
    const all = { ...erratum, code: digest, plan: digest, before: '2026-11-01T00:00:00Z' };
    expect(parseErrata(list([erratum, all]), 'errata.json')).toEqual([erratum, all]);
  });

  it('of the project can be read', () => {
    expect(Array.isArray(parseErrata(readWhole(ownErrata), 'errata.json'))).toBe(true);
  });

  it.each([
    ['is cut short', list([erratum]).slice(0, -4), 'is not JSON, or was cut short'],
    ['is empty', '', 'is not JSON, or was cut short'],
    ['is another document', '{"format":"fencepost-results"}', 'its "format" is "fencepost-results", not'],
    ['is null', 'null', 'its "format" is undefined'],
    [
      'has a later version',
      list([]).replace('1', '2'),
      'version 2 of the errata format; this Fencepost reads up to',
    ],
    [
      'has an entry without a date',
      list([{ reason: 'x', test: digest }]),
      'errata[0]: the field "date" is missing',
    ],
    [
      'has an entry with an unknown field',
      list([{ ...erratum, tset: digest }]),
      'errata[0]: unknown field "tset"',
    ],
    ['has half a digest', list([{ ...erratum, test: 'abc' }]), 'errata[0].test: '],
    ['has an entry that names nothing', list([{ date: '2026-11-23', reason: 'x' }]), 'errata[0]: '],
    ['has no reason', list([{ ...erratum, reason: '' }]), 'errata[0].reason: '],
    ['has control characters in a reason', list([{ ...erratum, reason: '\u001B[2J' }]), 'errata[0].reason: '],
  ])('that %s is refused', (_, text, message) => {
    expect(() => parseErrata(text, 'errata.json')).toThrow(ResultsError);
    expect(() => parseErrata(text, 'errata.json')).toThrow(`errata.json`);
    expect(() => parseErrata(text, 'errata.json')).toThrow(message);
  });

  it('is read or refused with a ResultsError, whatever is in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          parseErrata(list([value]), 'errata.json');
        } catch (error) {
          expect(error).toBeInstanceOf(ResultsError);
          expect((error as Error).message).toMatch(/^errata\.json [^\p{Cc}]*\.$/u);
        }
      }),
    );
  });
});

describe('the errata that apply to a file', () => {
  let folder: string;
  const own = () => join(folder, 'own.json');
  const reasonsFor = (file: string) => errataFor(file, own()).map(({ reason }) => reason);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fencepost-errata-'));
    mkdirSync(join(folder, 'results/epyc'), { recursive: true });
    writeFileSync(own(), list([{ ...erratum, reason: 'own' }]));
    writeFileSync(join(folder, 'results/errata.json'), list([{ ...erratum, reason: 'above' }]));
    writeFileSync(join(folder, 'results/epyc/errata.json'), list([{ ...erratum, reason: 'beside' }]));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are the project's own, those beside it and those of the folder above", () => {
    expect(reasonsFor(join(folder, 'results/epyc/1.json'))).toEqual(['own', 'beside', 'above']);
    expect(reasonsFor(join(folder, 'results/1.json'))).toEqual(['own', 'above']);
    expect(reasonsFor(join(folder, '1.json'))).toEqual(['own']);
  });

  it('count once, however the list is reached', () => {
    expect(errataFor(join(folder, 'results/epyc/1.json'), join(folder, 'results/errata.json'))).toHaveLength(
      2,
    );
  });

  it('are an error where a list is damaged', () => {
    writeFileSync(join(folder, 'results/epyc/errata.json'), '{');
    expect(() => reasonsFor(join(folder, 'results/epyc/1.json'))).toThrow(
      /epyc\/errata\.json is not a valid list/,
    );
  });
});
