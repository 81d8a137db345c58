import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecordedFiles, RecordedFileError } from '../../src/results/recorded-files.ts';
import { sampleDocument } from './sample-document.ts';

let folder: string;
const path = (name: string) => join(folder, name);
const good = JSON.stringify(sampleDocument);
const log = 'Test SB Allowed\nHistogram (1 states)\n5:>0:r0=1;\nNo\nObservation SB Never 0 5\n';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-recorded-'));
  for (const name of ['machine', 'bad', 'empty']) mkdirSync(path(name));
  writeFileSync(path('machine/2.json'), good);
  writeFileSync(path('machine/1.json'), good);
  writeFileSync(path('machine/old.log'), log);
  writeFileSync(path('machine/1.journal.ndjson'), 'a session that was killed');
  writeFileSync(path('machine/fencepost-results.schema.json'), '{}');
  writeFileSync(path('machine/errata.json'), '{"format":"fencepost-errata","version":1,"errata":[]}');
  writeFileSync(path('bad/cut.json'), good.slice(0, 2000));
  writeFileSync(path('bad/future.json'), JSON.stringify({ ...sampleDocument, version: 99 }));
  writeFileSync(path('bad/foreign.json'), '{"name":"fencepost"}');
  writeFileSync(path('bad/nothing.json'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('results files and logs', () => {
  it('are found in a folder, without what else results have there', () => {
    const found = readRecordedFiles([path('machine')]);
    expect(found.map(({ kind, file }) => [kind, file.replace(/.*\//, '')])).toEqual([
      ['results', '1.json'],
      ['results', '2.json'],
      ['litmus7', 'old.log'],
    ]);
  });

  it('are read once, though named by a glob and by name', () => {
    expect(
      readRecordedFiles([path('machine/1.json'), path('machine/*.json').replace('*', '[12]')]),
    ).toHaveLength(2);
  });

  it('that cannot be read are all named, each with its reason', () => {
    const read = () =>
      readRecordedFiles([path('machine/1.json'), path('bad'), path('nowhere.json'), path('empty')]);
    expect(read).toThrow(RecordedFileError);
    expect(read).toThrow(/cut\.json .*cut short/);
    expect(read).toThrow(/future\.json has version 99 .*use a newer one/);
    expect(read).toThrow(/foreign\.json is not a Fencepost results file/);
    expect(read).toThrow(/nothing\.json is empty/);
    expect(read).toThrow(/nowhere\.json: there is no such file or folder/);
    expect(read).toThrow(/empty has no results file in it/);
  });

  it('are not what a glob finds beside them', () => {
    expect(readRecordedFiles([path('machine/*.json')])).toHaveLength(2);
  });

  it('named by a pattern that fits nothing are an error', () => {
    expect(() => readRecordedFiles([path('*.none')])).toThrow(/names no file/);
  });
});
