import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { ColumnsDistance } from '../../src/evidence/comparison-ratios.ts';
import { comparisonCsv } from '../../src/report/comparison-csv.ts';
import { comparisonJson } from '../../src/report/comparison-json.ts';
import { comparisonJunit } from '../../src/report/comparison-junit.ts';
import { comparisonLitmus7 } from '../../src/report/comparison-litmus7.ts';
import { comparisonMarkdown } from '../../src/report/comparison-markdown.ts';
import { comparisonText } from '../../src/report/comparison-text.ts';
import { comparisonNotes, ratioWithCounts } from '../../src/report/comparison-words.ts';
import { parseLitmus7Log } from '../../src/results/litmus7-log.ts';
import { hostileName, sampleComparison } from './comparison-sample.ts';

describe('a comparison as text', () => {
  it('fits 80 columns', async () => {
    const text = comparisonText(sampleComparison, 80);
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
    await expect(`${text}\n`).toMatchFileSnapshot('golden/comparison-80.txt');
  });

  it('sends nothing to the terminal that it would obey', () => {
    expect(comparisonText(sampleComparison, 200)).not.toMatch(/[^\P{C}\n]/u);
    expect(comparisonText(sampleComparison, 200)).toContain(String.raw`\u{1b}[31m\u{202e}`);
  });
});

describe('the notes of a comparison', () => {
  it('say by what sessions of one machine differ in all rows, where it is worth a word', () => {
    const notes = (sessionDeviation: number) =>
      comparisonNotes({ ...sampleComparison, sessionDeviation }).join(' ');
    expect(notes(0.3)).toContain('Sessions of one machine differ here in all rows, by some 1.3x');
    expect(notes(0.01)).not.toContain('Sessions of one machine');
  });
});

describe('how far apart CPUs were', () => {
  const range = { leastNs: 64.2, mostNs: 128.4 };
  const looks = (...within: readonly [number, number]): ColumnsDistance['looks'] => [
    { all: 10, within: within[0] },
    { all: 20, within: within[1] },
  ];
  const notes = (distance: Pick<ColumnsDistance, 'range' | 'looks'>) =>
    comparisonNotes({
      ...sampleComparison,
      distances: [{ column: 1, reference: 0, ...distance }],
    }).filter((note) => note.startsWith('CPUs of '));

  it('is said with the blocks that are compared, or that all are', () => {
    const [told] = notes({ range, looks: looks(8, 6) });
    expect(told).toContain('64 to 128 ns apart (a cache line there and back; 8 of 10 looks');
    expect(notes({ range: undefined, looks: looks(0, 0) })[0]).toContain('hardly ever equally far apart');
    const unknown: ColumnsDistance['looks'] = [{ all: 0, within: 0 }, looks(0, 0)[1]];
    expect(notes({ range: undefined, looks: unknown })[0]).toContain('it is not known how far apart');
  });

  it('is not worth a word where nothing was left out, or nobody looked', () => {
    expect(notes({ range, looks: looks(10, 20) })).toEqual([]);
    const none = { all: 0, within: 0 };
    expect(notes({ range: undefined, looks: [none, none] })).toEqual([]);
  });

  it('and the N of a ratio stands beside it where it is not all', () => {
    const row = sampleComparison.rows.find(({ cells }) => cells[1]?.ratio !== undefined);
    const cell = row?.cells[1];
    if (row === undefined || cell?.ratio === undefined) throw new Error('no row of the sample has a ratio');
    const filtered = { ...cell, ratio: { ...cell.ratio, iterations: [3_000_000, 2_000_000] as const } };
    expect(ratioWithCounts(cell, row)).not.toContain('(N ');
    expect(ratioWithCounts(filtered, row)).toMatch(/ \(N 3\.00M over 2\.00M\)$/);
  });
});

describe('a comparison as Markdown', () => {
  const text = comparisonMarkdown(sampleComparison);

  it('is a table for each section, what does not differ folded away', async () => {
    await expect(`${text}\n`).toMatchFileSnapshot('golden/comparison.md');
  });

  it('has the same number of cells in every row of a table', () => {
    const cells = text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').length);
    expect(new Set(cells)).toEqual(new Set([sampleComparison.columns.length + 3]));
  });

  it('keeps what comes from a file in code spans', () => {
    const outside = text.replaceAll(/(`+)[^`](?:.*?[^`])?\1(?!`)/g, '');
    expect(outside).not.toMatch(/script|@all|EPYC/);
    expect(outside).not.toMatch(/<(?!\/?details>|\/?summary>)/);
  });
});

describe('a comparison as JSON', () => {
  it('has every number and name as it is', async () => {
    const text = comparisonJson(sampleComparison);
    await expect(`${text}\n`).toMatchFileSnapshot('golden/comparison.golden.json');
    const { format, version, columns, rows } = JSON.parse(text);
    expect({ format, version }).toEqual({ format: 'fencepost-comparison', version: 1 });
    expect(columns).toHaveLength(4);
    expect(rows.map(({ test }: { test: string }) => test)).toContain(hostileName);
    for (const { cells } of rows) expect(cells).toHaveLength(4);
  });
});

describe('a comparison as CSV', () => {
  const text = comparisonCsv(sampleComparison);

  it('is as RFC 4180 says', async () => {
    await expect(text).toMatchFileSnapshot('golden/comparison.csv');
    const records = recordsOf(text);
    const [head = []] = records;
    expect(new Set(records.map((record) => record.length))).toEqual(new Set([head.length]));
    const cells = sampleComparison.rows.flatMap(({ cells: row }) => row.filter((cell) => cell !== undefined));
    expect(records).toHaveLength(cells.length + 1);
  });

  it('gives a spreadsheet no formula', () => {
    expect(recordsOf(text).map(([test]) => test)).toContain(`'${hostileName}`);
  });
});

/** RFC 4180, section 2: fields, quoted or not, between commas; records end in CR LF. */
function recordsOf(csv: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let record: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (field.lastIndex < csv.length) {
    const at = field.lastIndex;
    const found = field.exec(csv);
    if (found === null) throw new Error(`no field at ${at}: ${csv.slice(at, at + 40)}`);
    record.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
}

/** The elements of a well-formed document of the plain kind that JUnit reports are; no XSD validator is at hand. */
function parseXml(text: string): Element {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
  if (!text.startsWith(declaration)) throw new Error('no XML declaration');
  const token = /<(\/?)([\w-]+)((?: [\w-]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#\d+);[^"<&]*)*")*)(\/?)>|([^<]+)/gy;
  const root: Element = { name: '', attributes: {}, children: [] };
  const open = [root];
  token.lastIndex = declaration.length;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (found === null) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 60)}`);
    const [, closes, name = '', attributes = '', empty, characters] = found;
    if (characters !== undefined) {
      if (/&(?!(?:amp|lt|gt|quot|#\d+);)/.test(characters)) throw new Error(`a bare & at ${at}`);
    } else if (closes === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing at ${at}`);
    } else {
      const pairs = [...attributes.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]);
      const element = { name, attributes: Object.fromEntries(pairs) as Record<string, string>, children: [] };
      open.at(-1)?.children.push(element);
      if (empty === '') open.push(element);
    }
  }
  const [document] = root.children;
  if (document === undefined || open.length !== 1) throw new Error('something is left open');
  return document;
}

describe('a comparison as JUnit XML', () => {
  const text = comparisonJunit(sampleComparison, ['violation', 'difference']);
  const root = parseXml(text);

  it('is well-formed, whatever the names', async () => {
    await expect(`${text}\n`).toMatchFileSnapshot('golden/comparison.xml');
    expect(text).not.toMatch(/[^\P{C}\n]/u);
  });

  // Told in our own words from junit-10.xsd of Jenkins' xunit plugin; the order is that of Ant's schema, which has one.
  it('has the elements and attributes that junit-10.xsd has and requires', () => {
    const allowed: Readonly<Record<string, readonly [children: string, required: string, optional: string]>> =
      {
        testsuites: ['testsuite', '', 'name tests failures'],
        testsuite: ['properties testcase', 'name tests failures errors', 'skipped'],
        properties: ['property', '', ''],
        property: ['', 'name value', ''],
        testcase: ['skipped failure system-out', 'name classname', ''],
        skipped: ['', '', 'message'],
        failure: ['', '', 'message type'],
        'system-out': ['', '', ''],
      };
    const check = ({ name, attributes, children }: Element) => {
      const [order = '', required = '', optional = ''] = allowed[name] ?? [];
      const names = Object.keys(attributes);
      expect(names).toEqual(expect.arrayContaining(required.split(' ').filter(Boolean)));
      expect([...required.split(' '), ...optional.split(' ')]).toEqual(expect.arrayContaining(names));
      const places = children.map((child) => order.split(' ').indexOf(child.name));
      expect(places).toEqual(places.toSorted());
      expect(places).not.toContain(-1);
      children.forEach(check);
    };
    expect(root.name).toBe('testsuites');
    check(root);
  });

  it('counts what is in it', () => {
    for (const { attributes, children } of root.children) {
      const cases = children.filter(({ name }) => name === 'testcase');
      const having = (kind: string) =>
        cases.filter((one) => one.children.some(({ name }) => name === kind)).length;
      expect(attributes).toMatchObject({
        tests: String(cases.length),
        failures: String(having('failure')),
        skipped: String(having('skipped')),
      });
    }
    expect(Number(root.attributes['failures'])).toBeGreaterThan(1);
  });

  it('fails on violations alone where nothing is named', () => {
    expect(parseXml(comparisonJunit(sampleComparison, [])).attributes['failures']).toBe('1');
  });
});

describe('a column as a litmus7 log', () => {
  const [column] = sampleComparison.columns;
  if (column === undefined) throw new Error('the sample has columns');
  const text = comparisonLitmus7(column);

  it('has what litmus7 prints', async () => {
    await expect(text).toMatchFileSnapshot('golden/comparison.log');
  });

  it('reads back as what it was, in names that other tools take', () => {
    const tests = parseLitmus7Log(text, 'it');
    const names = tests.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(['SB', 'SB--none', 'SB--full']);
    expect(names.filter((name) => !/^[A-Za-z0-9_/.+[\]-]+$/.test(name))).toEqual([]);
    expect(tests.find(({ name }) => name === 'F')).toMatchObject({
      quantifier: 'forall',
      iterations: 6_000_000,
      witnesses: 6_000_000 - 315,
    });
  });

  it('of a log is the log, but for the time', () => {
    const log = sampleComparison.columns[3];
    if (log === undefined) throw new Error('the sample has a log');
    expect(comparisonLitmus7(log)).toContain('12      *>0:r0=0; 1:r0=0;\n');
    expect(comparisonLitmus7(log)).toContain(String.raw`Condition exists (0:r0=0 /\ 1:r0=0) is validated`);
  });
});
