import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalFormat, journalVersion, type JournalHeader } from '../../src/results/journal.ts';
import { openSession } from '../../src/results/session-files.ts';
import { sampleDocument } from './sample-document.ts';

const { tool, machine, plans, session } = sampleDocument;
const { startedAt, seed, arguments: typed } = session;
const header: JournalHeader = {
  format: journalFormat,
  version: journalVersion,
  tool,
  machine,
  plans,
  session: { startedAt, seed, arguments: typed },
  variants: [],
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-session-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the files of a session', () => {
  it('are its own, however many sessions begin in the same second', () => {
    const sessions = Array.from({ length: 4 }, () => openSession(folder, new Date(startedAt), header));
    for (const { journal } of sessions) journal.close();
    expect(new Set(sessions.map(({ resultsPath }) => resultsPath)).size).toBe(4);
    expect(readdirSync(folder).filter((name) => name.endsWith('.journal.ndjson')).length).toBe(4);
  });

  it('are not looked for without end in a folder that cannot be written', () => {
    expect(() => openSession(join(folder, 'absent'), new Date(startedAt), header)).toThrow(
      /Cannot create the journal/,
    );
  });
});
