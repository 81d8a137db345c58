import { basename, dirname } from 'node:path';
import type { TestFile } from '../language/test-files.ts';
import { layOut, rowLines } from './columns.ts';

/** Tests by folder, each with what LKMM says of it and the question it asks. */
export function listText(tests: readonly TestFile[], width: number): string {
  const rows = tests.map(({ test }) => [
    test.name,
    test.header.result ?? '-',
    test.header.question ?? test.header.text[0] ?? '',
  ]);
  const titles = [
    { title: 'test', align: 'left' },
    { title: 'LKMM', align: 'left', dispensable: 1 },
    { title: 'question', align: 'left', grow: true },
  ] as const;
  const layout = layOut(titles, rows, width);
  const lines = rowLines(
    layout,
    titles.map(({ title }) => title),
  );
  let folder = '';
  for (const [index, { file }] of tests.entries()) {
    const next = basename(dirname(file));
    if (next !== folder) lines.push('', `${next}/`);
    folder = next;
    lines.push(...rowLines(layout, rows[index] ?? []));
  }
  return lines.join('\n');
}
