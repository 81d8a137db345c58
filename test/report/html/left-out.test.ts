import { h } from 'preact';
import { renderToStaticMarkup } from 'preact-render-to-string';
import { describe, expect, it } from 'vitest';
import { barrierAnswers } from '../../../src/evidence/barrier-answers.ts';
import { columnsOf } from '../../../src/evidence/comparison-columns.ts';
import { overviewOf } from '../../../src/evidence/overview.ts';
import { Answers } from '../../../src/report/html/answers.tsx';
import { manyMachines } from './many-machines.ts';
import { pageOf } from './sample-report.ts';

const wordsOf = (html: string) => html.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' ');

describe('what a page has no room for', () => {
  it('is counted where barriers are listed, with the way to them', () => {
    const page = wordsOf(pageOf(manyMachines(1, 203)));
    expect(page).toContain('203 barriers of other tests');
    expect(page).toContain('3 more barriers are not in this list');
    expect(wordsOf(pageOf(manyMachines(1, 200)))).not.toContain('not in this list');
  });

  it('is counted where machines are listed, and those that saw it come first', () => {
    const { columns } = columnsOf(manyMachines(63, 1), 'machine');
    const [test] = overviewOf(columns).tests;
    const [answer] = test === undefined ? [] : barrierAnswers(test, columns, undefined);
    if (test === undefined || answer === undefined) throw new Error('no barrier');
    const groups = [{ name: 'it', members: [{ test: test.label, answer }] }];
    const html = renderToStaticMarkup(h(Answers, { groups, columns }));
    const seen = [...html.slice(html.indexOf('Without it, on')).matchAll(/<li>.*?<\/li>/g)].map(([item]) =>
      wordsOf(item)
        .replace(/^[^:]*: /, '')
        .slice(0, 4),
    );
    expect(seen).toHaveLength(60);
    const lastSeen = seen.lastIndexOf('seen');
    expect(seen.slice(0, lastSeen + 1).every((word) => word === 'seen')).toBe(true);
    expect(lastSeen).toBeGreaterThan(40);
    expect(wordsOf(html)).toContain(
      `3 more machines ran it: each test’s own view, as of ${test.label}, has all`,
    );
  });
});
