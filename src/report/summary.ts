import stringWidth from 'string-width';
import { machineName } from '../results/machine.ts';
import type { ResultsDocument, Row } from '../results/schema.ts';
import { shortCount } from './quantity.ts';

/**
 * What several machines showed, as Markdown: a table of tests and their strategies by machine, then the
 * machines. A column of emulated results says what was seen and gives no verdict, for it is no evidence.
 */
export function summaryText(documents: readonly ResultsDocument[]): string {
  const names = columnNames(documents);
  const columns = documents.map(({ rows }) => new Map(rows.map((row) => [keyOf(row), row])));
  const keys = new Set(columns.flatMap((column) => [...column.keys()]));
  const body = [...keys].map((key) => [
    code(key),
    ...columns.map((column, index) =>
      cell(column.get(key), documents[index]?.machine.emulation !== undefined),
    ),
  ]);
  return [
    ...table([
      ['test and strategy', ...documents.map((document, index) => `${names[index]}${mark(document)}`)],
      ...body,
    ]),
    '',
    'A cell has the verdict and how often the outcome was seen in how many iterations; `= none`: the same machine code as under `none`.',
    ...documents.flatMap((document, index) => ['', ...machineNotes(names[index] ?? '', document)]),
  ].join('\n');
}

/** The machines' names; with the time of the session where several have the same. */
function columnNames(documents: readonly ResultsDocument[]): readonly string[] {
  const names = documents.map(({ machine }) => machineName(machine));
  return names.map((name, index) =>
    names.filter((other) => other === name).length === 1
      ? name
      : `${name} ${documents[index]?.session.startedAt}`,
  );
}

function mark({ machine }: ResultsDocument): string {
  if (machine.emulation !== undefined) return ' (emulated: no evidence)';
  return machine.hypervisor === undefined ? '' : ' (virtual)';
}

function keyOf({ test, strategy }: Row): string {
  return `${test.name} ${strategy}`;
}

function cell(row: Row | undefined, emulated: boolean): string {
  if (row === undefined) return '';
  if (row.verdict === 'not-run' || row.verdict === 'invalid') return row.verdict;
  if (row.sameCodeAs !== undefined) return `= ${row.sameCodeAs}`;
  const sightings = row.test.quantifier === 'forall' ? row.iterations - row.witnesses : row.witnesses;
  const word = emulated ? (sightings > 0 ? '(seen)' : '(never)') : row.verdict;
  return `${word} ${shortCount(sightings)}/${shortCount(row.iterations)}`;
}

/** What the machine is, what stands between it and bare hardware, and rows that need an explanation. */
function machineNotes(name: string, { machine, session, plans, tool, rows }: ResultsDocument): string[] {
  const facts = [
    machine.cpu.model,
    machine.architecture,
    `${machine.topology.threads} CPUs`,
    `${machine.operatingSystem} ${machine.kernelRelease}`,
    `${tool.name} ${tool.version}`,
    session.startedAt,
  ];
  const conditions = [
    machine.emulation && `Emulated (${machine.emulation.kind}). ${machine.emulation.evidence}`,
    machine.hypervisor && `Virtual (${machine.hypervisor.kind}). ${machine.hypervisor.evidence}`,
    machine.ordering && `Ordering (${machine.ordering.kind}). ${machine.ordering.evidence}`,
    session.interrupted ? 'Interrupted: the counts are those reached until then.' : undefined,
    plans.some(({ pinned }) => !pinned)
      ? `Threads were not pinned to CPUs${machine.pinning?.problem === undefined ? '' : `: ${machine.pinning.problem}`}.`
      : undefined,
  ].filter((sentence) => sentence !== undefined);
  const explained = rows.filter(({ verdict }) => verdict === 'violation' || verdict === 'invalid');
  return [
    `**${name}**: ${facts.join(', ')}.`,
    ...conditions.map((sentence) => `- ${sentence}`),
    ...explained.map((row) => `- ${code(keyOf(row))}: ${row.verdict}: ${row.reason}.`),
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Lines of a Markdown table whose columns also line up as plain text; a bar would end a cell. */
function table(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map((text) => text.replaceAll('|', String.raw`\|`)));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => stringWidth(row[column] ?? ''))),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => text + ' '.repeat((widths[column] ?? 0) - stringWidth(text))).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}
