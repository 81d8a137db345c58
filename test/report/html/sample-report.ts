import { columnsOf } from '../../../src/evidence/comparison-columns.ts';
import { overviewOf } from '../../../src/evidence/overview.ts';
import { reportText, type ReportedTest } from '../../../src/report/html/report.ts';
import { readPageAssets } from '../../../src/report/html/assets.ts';
import type { RecordedFile } from '../../../src/results/recorded-files.ts';

/** A page of these files; `beside` tells what is at hand of their tests. */
export function pageOf(
  files: readonly RecordedFile[],
  beside: (test: ReportedTest['test']) => Partial<ReportedTest> = () => ({}),
): string {
  const overview = overviewOf(columnsOf(files, 'machine').columns);
  const tests = overview.tests.map((test) => ({
    test,
    source: undefined,
    asked: undefined,
    ...beside(test),
  }));
  return reportText({ overview, tests, tool: 'fencepost 0', madeAt: '2026-01-01' }, readPageAssets());
}

/** What may not get through to the page as anything but text. */
export const hostileTexts = [
  '</script><script>window.pwned = 1</script>',
  '"><img src=x onerror="window.pwned = 2">',
  "<!--<script>'/ onmouseover=window.pwned=3",
  '\u202Egnp.exe\u2066 \u200F',
  '__proto__',
  `${'very'.repeat(400)} long`,
  '%E0%A4%A #/? & \uD800',
] as const;
