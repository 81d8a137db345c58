import type { ComparedCell, ComparedRow, Comparison } from '../evidence/comparison.ts';
import type { Column } from '../evidence/comparison-columns.ts';
import { failuresOf, type Failure } from '../evidence/comparison-failures.ts';
import { columnFacts, rateWord, ratioWithCounts, verdictWord } from './comparison-words.ts';
import { printable } from './printable.ts';

/**
 * A comparison as JUnit XML, after Jenkins' schema (xunit plugin, junit-10.xsd), of which only elements and
 * attributes are used that Ant's and GitLab's readers know too: a suite a column, a case a row, with the
 * test as class and the strategies as name. What `failOn` names is a failure, a violation where it names
 * nothing; what did not run is skipped.
 */
export function comparisonJunit(comparison: Comparison, failOn: readonly Failure[]): string {
  const { columns } = comparison;
  const failures = new Map<ComparedCell, string>();
  for (const { cell, sentence } of failuresOf(comparison, failOn.length > 0 ? failOn : ['violation']))
    failures.set(cell, sentence);
  const suites = columns.map((column, index) => suite(comparison.rows, column, index, failures));
  const total = (key: 'tests' | 'failed' | 'skipped') => suites.reduce((sum, one) => sum + one[key], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="fencepost compare" tests="${total('tests')}" failures="${total('failed')}">`,
    ...suites.flatMap(({ lines }) => lines),
    '</testsuites>',
  ].join('\n');
}

function suite(
  rows: readonly ComparedRow[],
  column: Column,
  index: number,
  failures: ReadonlyMap<ComparedCell, string>,
) {
  const cases = rows.flatMap((row) => {
    const cell = row.cells[index];
    return cell === undefined ? [] : [{ row, cell, failure: failures.get(cell) }];
  });
  const tests = cases.length;
  const failed = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter(({ cell, failure }) => failure === undefined && isSkipped(cell)).length;
  const lines = [
    `  <testsuite name="${escaped(column.name)}" tests="${tests}" failures="${failed}" errors="0" skipped="${skipped}">`,
    '    <properties>',
    `      <property name="machine" value="${escaped(columnFacts(column))}"/>`,
    '    </properties>',
    ...cases.flatMap(({ row, cell, failure }) => testCase(row, cell, column, failure)),
    '  </testsuite>',
  ];
  return { lines, tests, failed, skipped };
}

function isSkipped({ verdict, iterations }: ComparedCell): boolean {
  return verdict === 'not-run' || verdict === 'invalid' || iterations === 0;
}

function testCase(
  row: ComparedRow,
  cell: ComparedCell,
  column: Column,
  failure: string | undefined,
): readonly string[] {
  const head = `    <testcase classname="${escaped(row.test)}" name="${escaped(row.strategies.join(' = '))}">`;
  const word = verdictWord(cell, column);
  if (failure === undefined && isSkipped(cell)) {
    return [head, `      <skipped message="${escaped(cell.reason ?? word)}"/>`, '    </testcase>'];
  }
  const counts = `${word}: ${cell.sightings} in ${cell.iterations} iterations`;
  const details = [counts, rateWord(cell), ratioWithCounts(cell, row), cell.reason ?? '']
    .filter((part) => part !== '')
    .join('; ');
  return [
    head,
    ...(failure === undefined
      ? []
      : [
          `      <failure message="${escaped(failure)}" type="${escaped(word)}">${escaped(details)}</failure>`,
        ]),
    `      <system-out>${escaped(details)}</system-out>`,
    '    </testcase>',
  ];
}

/** For an attribute or an element's text. What XML 1.0 cannot say at all becomes U+FFFD. */
function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return printable(text)
    .replaceAll(/[\uFFFE\uFFFF]/g, '\u{FFFD}')
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
