/** Results as a page: what there is of each test put together. Pure but for the client that the build left. */

import {
  barrierAnswers,
  pricesIn,
  type AskedModels,
  type BarrierAnswer,
} from '../../evidence/barrier-answers.ts';
import { documentsOf, type Column } from '../../evidence/comparison-columns.ts';
import type { Overview, OverviewTest } from '../../evidence/overview.ts';
import { controlStates } from '../../evidence/control-states.ts';
import { mutationScore } from '../../evidence/sensitivity.ts';
import type { TestFile } from '../../language/test-files.ts';
import { barrierName, type BarrierGroup } from './answer-words.ts';
import { rowSessions, testDetail } from './detail-data.ts';
import { indexData } from './index-data.ts';
import { packed } from './packed.ts';
import { reportPage, type PageAssets } from './page.tsx';
import type { GraphData, PriceData } from './page-data.ts';
import { priceTables } from '../cost.ts';
import { priceSentences } from '../cost-words.ts';
import { testText } from './test-text.ts';

/** A test of the results with what is at hand of it beside them. */
export interface ReportedTest {
  readonly test: OverviewTest;
  /** Undefined where its text is not at hand, or is that of another version. */
  readonly source: (TestFile & { readonly text: string }) | undefined;
  /** Undefined where there was no time to ask. */
  readonly asked: (AskedModels & { readonly graphs: readonly GraphData[] }) | undefined;
}

export interface ReportedResults {
  readonly overview: Overview;
  /** In the order of the overview. */
  readonly tests: readonly ReportedTest[];
  readonly tool: string;
  readonly madeAt: string;
}

export function reportText({ overview, tests, tool, madeAt }: ReportedResults, assets: PageAssets): string {
  const { columns } = overview;
  const answered = tests.map((one) => ({ ...one, barriers: barrierAnswers(one.test, columns, one.asked) }));
  const documents = columns.flatMap(documentsOf);
  const sessions = rowSessions(documents);
  const data = packed(
    indexData(
      overview,
      tests.map(({ source }) => source),
    ),
    (number, level) => {
      const { test, source, asked, barriers } = answered[number] as (typeof answered)[number];
      const text = source && testText(source.test, source.text);
      const prices = columns.flatMap((column) => pricesOf(column, test));
      return testDetail({ test, sessions, text, barriers, prices, graphs: asked?.graphs ?? [] }, level);
    },
  );
  const groups = groupsOf(answered.filter((one) => !isControl(one)));
  const named = groups.filter(({ named }) => named).slice(0, mostNamed);
  const unnamed = groups.filter((group) => !named.includes(group));
  const others = unnamed.filter(({ ofQuestion }) => ofQuestion);
  const further = unnamed.filter(({ ofQuestion }) => !ofQuestion);
  return reportPage(
    {
      columns,
      testCount: overview.tests.length,
      rowCount: overview.tests.reduce((sum, { rows }) => sum + rows.length, 0),
      contradictions: contradictionsIn(overview),
      score: mutationScore(documents.flatMap(({ rows }) => controlStates(rows))),
      named,
      others,
      further: further.slice(0, mostFurther),
      furtherLeftOut: Math.max(0, further.length - mostFurther),
      note: noteOn(tests),
      data,
      tool,
      madeAt,
    },
    assets,
  );
}

/** One that is there to fire, asked for or not: its barriers are not in question. */
function isControl({ test, source }: ReportedTest): boolean {
  return test.role === 'control' || (source?.test.header.vouchesFor.length ?? 0) > 0;
}

/** What one machine's last pricing of a test says. */
function pricesOf(column: Column, test: OverviewTest): readonly PriceData[] {
  const last = pricesIn(column, test).at(-1);
  if (last === undefined) return [];
  const timed = documentsOf(column).find(({ prices }) => prices?.tests.includes(last) === true);
  const units = timed?.prices?.unit === 'launch' ? 'launches' : 'blocks';
  return [
    {
      machine: column.name,
      sentences: priceSentences(last),
      ...priceTables(last),
      counted: `${last.blocks} ${units}`,
    },
  ];
}

/** More are in the tests' own views only, and the page says how many. */
const [mostNamed, mostFurther] = [20, 200];

/** The tests that the tool was made for come first. */
export function isOfQuestion({ file }: OverviewTest): boolean {
  return file !== undefined && /(?:^|\/)kvm\//.test(file);
}

type Answered = ReportedTest & { readonly barriers: readonly BarrierAnswer[] };

interface RankedGroup extends BarrierGroup {
  /** Whether its tests have a name for it. */
  readonly named: boolean;
  /** Whether it is of a test that the tool was made for. */
  readonly ofQuestion: boolean;
}

/** Barriers that their tests call by the same name are one, those of most tests first; the needed ones before others. */
function groupsOf(tests: readonly Answered[]): readonly RankedGroup[] {
  const groups = new Map<string, RankedGroup & { readonly members: BarrierGroup['members'][number][] }>();
  for (const { test, barriers } of tests.toSorted(
    (one, other) => distance(one.test) - distance(other.test),
  )) {
    for (const answer of barriers) {
      const comment = answer.advice?.place.comment;
      const name = comment ?? `${test.label}: ${barrierName(answer)}`;
      const key = comment ?? `${test.label} ${answer.guard}`;
      const group = groups.get(key) ?? {
        name,
        named: comment !== undefined,
        ofQuestion: isOfQuestion(test),
        members: [],
      };
      group.members.push({ test: test.label, answer });
      groups.set(key, group);
    }
  }
  return [...groups.values()].toSorted(
    (one, other) => other.members.length - one.members.length || rank(one) - rank(other),
  );
}

function distance(test: OverviewTest): number {
  return isOfQuestion(test) ? 0 : 1;
}

function rank({ members }: BarrierGroup): number {
  const needed = members.some(({ answer }) =>
    answer.models.some(({ model, need }) => model === 'lkmm' && need === 'needed'),
  );
  return needed ? 0 : 1;
}

function contradictionsIn({ columns, tests }: Overview): readonly string[] {
  const violations = tests.flatMap(({ name, rows }) =>
    rows.flatMap(({ strategies, cells }) =>
      cells.flatMap((cell, index) =>
        cell?.verdict === 'violation'
          ? [`${name} (${strategies[0]}) on ${columns[index]?.name}: ${cell.reason ?? 'violation'}`]
          : [],
      ),
    ),
  );
  const findings = columns
    .flatMap(documentsOf)
    .flatMap((document) =>
      document.findings.map(
        ({ kind, test, strategy, sentence }) =>
          `${kind === 'false-result' ? 'false Result' : 'broken chain'}: ${test} (${strategy}): ${sentence}`,
      ),
    );
  return [...new Set([...violations, ...findings])];
}

function noteOn(tests: readonly ReportedTest[]): string | undefined {
  const asked = tests.filter((one) => !isControl(one));
  const strange = asked.filter(({ source }) => source === undefined);
  const late = asked.filter((one) => one.source !== undefined && (one.asked?.models ?? []).length === 0);
  const timed = asked.filter(({ test }) => test.rows.every(({ entries }) => entries.flat().length === 0));
  const sentences = [
    timed.length === 0
      ? undefined
      : `Of ${some(timed)} these results have prices alone: nothing was run, so nothing can have been seen.`,
    strange.length === 0
      ? undefined
      : `The text of ${some(strange)} is not at hand, or is another version than the one that ran: name its files with --tests. Of these the models' answers are those recorded when they ran.`,
    late.length === 0
      ? undefined
      : `There was no time to ask the models about ${some(late)}: allow more with --model-time. What is said of them was recorded when they ran.`,
  ].filter((sentence) => sentence !== undefined);
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

function some(tests: readonly ReportedTest[]): string {
  const names = tests.slice(0, 3).map(({ test }) => test.name);
  return tests.length > 3 ? `${names.join(', ')} and ${tests.length - 3} more tests` : names.join(', ');
}
