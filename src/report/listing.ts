import pc from 'picocolors';
import type { LitmusTest, Thread } from '../language/litmus-test.ts';
import { signatures } from '../language/primitives.ts';
import { forEachExpressionIn } from '../language/walk.ts';
import type { ListedInstruction, MachineCode, Role } from '../lower/machine-code.ts';
import type { TableStyle } from './table.ts';

const roleNames: Readonly<Record<Role, string>> = {
  frame: 'frame',
  body: '',
  outcome: 'keep outcome',
  loop: 'next iteration',
};

const widestBytes = 10;

/**
 * The machine code of each thread: offset, bytes, instruction, and the source line it came from. A
 * fence that emits nothing has a line of its own that says so: that is the answer for many a barrier.
 * @param test the variant that was lowered. @param source the file's text, for its lines.
 */
export function listingText(code: MachineCode, test: LitmusTest, source: string, style: TableStyle): string {
  const lines = source.split(/\r?\n/);
  const colors = pc.createColors(style.color);
  return code.threads
    .map(({ listing, bytes }, index) => {
      const title = `P${index} on ${code.architecture}, layout ${code.layout.name}, ${bytes.length} bytes`;
      const entries = withSilentFences(listing, test.threads[index]);
      return [colors.bold(title), ...entryLines(entries, lines, colors.dim)].join('\n');
    })
    .join('\n\n');
}

/** A fence for which this architecture needs no instruction. */
interface SilentFence {
  readonly sourceLine: number;
}

type Entry = ListedInstruction | SilentFence;

function withSilentFences(
  listing: readonly ListedInstruction[],
  thread: Thread | undefined,
): readonly Entry[] {
  const fences: number[] = [];
  forEachExpressionIn(thread?.body ?? [], (expression) => {
    if (expression.kind !== 'call' || signatures.get(expression.name)?.primitive.kind !== 'fence') return;
    if (!listing.some(({ sourceLine }) => sourceLine === expression.at.line)) fences.push(expression.at.line);
  });
  const entries: Entry[] = [...listing];
  for (const sourceLine of fences) {
    const later = entries.findIndex((entry) => (entry.sourceLine ?? 0) > sourceLine);
    const end = entries.findIndex((entry) => 'role' in entry && entry.role === 'outcome');
    entries.splice(later !== -1 ? later : end !== -1 ? end : entries.length, 0, { sourceLine });
  }
  return entries;
}

function entryLines(
  entries: readonly Entry[],
  lines: readonly string[],
  dim: (text: string) => string,
): readonly string[] {
  let last: string | undefined;
  return entries.map((entry) => {
    const origin = originOf(entry, lines);
    const shown = origin === last ? '' : dim(origin);
    last = origin;
    return `${'text' in entry ? instructionText(entry) : silentText}  ${shown}`.trimEnd();
  });
}

const textColumn = 6 + 2 * widestBytes + 2;
const silentText = `${' '.repeat(textColumn)}${'(no instruction)'.padEnd(30)}`;

function instructionText({ offset, bytes, text }: ListedInstruction): string {
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const shown = hex.length <= 2 * widestBytes ? hex : `${hex.slice(0, 2 * widestBytes - 2)}..`;
  return `${offset.toString(16).padStart(4)}: ${shown.padEnd(2 * widestBytes)}  ${text.padEnd(30)}`;
}

function originOf(entry: Entry, lines: readonly string[]): string {
  if (entry.sourceLine !== undefined)
    return `${entry.sourceLine}: ${lines[entry.sourceLine - 1]?.trim() ?? ''}`;
  return 'role' in entry ? roleNames[entry.role] : '';
}
