import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseResults, readResults } from '../../src/results/read.ts';
import { ResultsError } from '../../src/results/results-error.ts';
import { arbitraryDocument } from './arbitrary-document.ts';
import { pathsIn, replacedAt } from './edit.ts';
import { sampleDocument } from './sample-document.ts';

const sampleText = JSON.stringify(sampleDocument);

test('what is printed is read back the same', () => {
  expect(parseResults(sampleText, 'a.json')).toEqual(sampleDocument);
  fc.assert(
    fc.property(arbitraryDocument, (document) => {
      expect(parseResults(JSON.stringify(document), 'a.json')).toEqual(document);
    }),
  );
});

describe('a text that is no results document of this version is refused', () => {
  test.each([
    ['nothing', '', 'a.json is empty.'],
    ['blanks', ' \n', 'a.json is empty.'],
    ['no JSON', '{"format": nonsense}', 'a.json is not a valid results file: it is not JSON.'],
    [
      'no JSON further down',
      '{\n"format":\n1 2}',
      'a.json is not a valid results file: it stops being JSON in line 3.',
    ],
    [
      'another document',
      '{}',
      'a.json is not a Fencepost results file: its "format" is undefined, not "fencepost-results".',
    ],
    [
      'null',
      'null',
      'a.json is not a Fencepost results file: its "format" is undefined, not "fencepost-results".',
    ],
    [
      'a list',
      '[1]',
      'a.json is not a Fencepost results file: its "format" is undefined, not "fencepost-results".',
    ],
    [
      'a future version, whatever else it holds',
      '{"format":"fencepost-results","version":7,"planets":[]}',
      'a.json has version 7 of the results format; this Fencepost reads up to version 2: use a newer one.',
    ],
    [
      'a version that never was',
      '{"format":"fencepost-results","version":0}',
      'a.json is not a valid results file: the document: the field "tool" is missing.',
    ],
    [
      'a version that is no number',
      sampleText.replace('"version":2', '"version":"2"'),
      'a.json is not a valid results file: version: expected number, found "2".',
    ],
    [
      'an edited count',
      sampleText.replace('"count":7192', '"count":7193'),
      'a.json is not a valid results file: rows[0].runs[0].outcomes: 8192, but its outcomes add up to 8193.',
    ],
    [
      'a plan whose digest is of another',
      sampleText.replace('"startDelayNs"', `"digest": "${'0'.repeat(64)}", "startDelayNs"`),
      "a.json is not a valid results file: plans[0].digest: not that of the plan's parameters.",
    ],
    [
      'a number too great for JavaScript',
      sampleText.replace('"count":7192', '"count":1e400'),
      'a.json is not a valid results file: rows[0].runs[0].outcomes[1].count: expected integer, found Infinity.',
    ],
    [
      'a __proto__ that would pass for a field',
      sampleText.replace('"tool"', '"__proto__": {}, "tool"'),
      'a.json is not a valid results file: the document: unknown field "__proto__".',
    ],
    [
      'control characters, which the message does not repeat',
      sampleText.replace('"seen"', '"\\u001b[31m\\u009b31m\\u202e\\u2028seen"'),
      'a.json is not a valid results file: rows[0].verdict: expected one of violation, seen, upheld, unseen, ' +
        'inconclusive, invalid, not-run, found "\\u001b[31m\\u{9b}31m\\u{202e}\\u{2028}seen".',
    ],
    [
      'a long text, of which the message shows the beginning',
      sampleText.replace('"seen"', `"${'x'.repeat(100_000)}"`),
      'a.json is not a valid results file: rows[0].verdict: expected one of violation, seen, upheld, unseen, ' +
        `inconclusive, invalid, not-run, found "${'x'.repeat(59)}….`,
    ],
  ])('%s', (_, text, message) => {
    expect(() => parseResults(text, 'a.json')).toThrow(new ResultsError(message));
  });

  test('a document that was cut short, wherever it was', () => {
    fc.assert(
      fc.property(fc.nat({ max: sampleText.length - 3 }), (length) => {
        const cut = sampleText.slice(0, length);
        expect(() => parseResults(cut, 'a.json')).toThrow(/it was cut short|is empty/);
      }),
    );
  });

  test('a document nested a hundred thousand deep', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(() => parseResults(deep, 'a.json')).toThrow(ResultsError);
    expect(() => parseResults(sampleText.replace('"seen"', deep), 'a.json')).toThrow(
      /rows\[0\].verdict: expected one of/,
    );
  });

  test('a document of which every row is wrong', () => {
    const rows = Array.from({ length: 100_000 }, () => ({}));
    expect(() => parseResults(JSON.stringify({ ...sampleDocument, rows }), 'a.json')).toThrow(
      'a.json is not a valid results file: rows[0]: the field "role" is missing.',
    );
  });
});

describe('whatever is done to a document, it is read or refused with a ResultsError', () => {
  const paths = pathsIn(sampleDocument);
  const answerTo = (text: string): string => {
    try {
      parseResults(text, 'a.json');
      return 'a.json is fine.';
    } catch (error) {
      if (error instanceof ResultsError) return error.message;
      throw error;
    }
  };
  const sentence = /^a\.json [^\p{Cc}]*\.$/u;

  test('a value replaced by any other', () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, item) => {
        expect(answerTo(JSON.stringify(replacedAt(sampleDocument, path, item)))).toMatch(sentence);
      }),
      { numRuns: 300 },
    );
  });

  test('characters replaced, dropped or put in', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: sampleText.length }),
        fc.nat({ max: 5 }),
        fc.string({ unit: 'binary', maxLength: 5 }),
        (at, dropped, put) => {
          expect(answerTo(sampleText.slice(0, at) + put + sampleText.slice(at + dropped))).toMatch(sentence);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a file', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fencepost-read-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is read', () => {
    const path = join(folder, 'good.json');
    writeFileSync(path, sampleText);
    expect(readResults(path)).toEqual(sampleDocument);
  });

  test('that is not there is named', () => {
    const path = join(folder, 'none.json');
    expect(() => readResults(path)).toThrow(
      new ResultsError(`Cannot read ${path}: there is no such file or folder.`),
    );
  });

  test('that is a folder is named', () => {
    const path = join(folder, 'sub');
    mkdirSync(path);
    expect(() => readResults(path)).toThrow(
      new ResultsError(`Cannot read ${path}: it is not a regular file.`),
    );
  });

  test.skipIf(process.platform === 'win32')(
    'that is a pipe is not waited for (skipped on Windows: no mkfifo)',
    () => {
      const path = join(folder, 'pipe.json');
      execFileSync('mkfifo', [path]);
      expect(() => readResults(path)).toThrow(
        new ResultsError(`Cannot read ${path}: it is not a regular file.`),
      );
    },
  );

  test('that is too large is not loaded', () => {
    const path = join(folder, 'huge.json');
    writeFileSync(path, '');
    truncateSync(path, 2 ** 40);
    expect(() => readResults(path)).toThrow(
      new ResultsError(`Cannot read ${path}: ${2 ** 40} bytes are more than any results file has.`),
    );
  });
});
