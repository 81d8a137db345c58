/** One guard of a test by itself: where it stands, why it is needed, and what it becomes on each architecture. */

import { architectures } from '../architecture.ts';
import { needOf, type Advice, type GuardAdvice, type ModelAdvice } from '../evidence/advice.ts';
import type { Recorded } from '../evidence/recorded.ts';
import type { PathStep, WitnessPath } from '../model/witness-path.ts';
import {
  hanging,
  isSection,
  modelColumn,
  needIn,
  nounOf,
  shown,
  stateText,
  titleOf,
  where,
} from './advice-words.ts';

const needColumn = 16;

export function guardLines(
  advice: Advice,
  lead: ModelAdvice,
  guard: GuardAdvice,
  recorded: readonly Recorded[],
  width: number,
): readonly string[] {
  const { place } = guard;
  const name = place.comment ?? nounOf(guard);
  return [
    ...hanging(`${where(guard)}: `, `${name}, ${place.position}`, width),
    ...reasonLines(lead, guard, width),
    ...leadCodeLines(lead, guard, width),
    ...architectures.flatMap((architecture) => {
      const model = advice.models.find((one) => one.model === architecture);
      if (model === undefined || model === lead || model.asWritten.kind === 'unasked') return [];
      const head = `  ${architecture.padEnd(modelColumn)}${needWord(model, guard).padEnd(needColumn)}`;
      return hanging(head, instructionText(guard, model), width);
    }),
    ...recorded
      .filter(({ strategy }) => strategy === guard.name)
      .flatMap((one) => hanging('  ', `${one.machine} without it: ${shown(one)}`, width)),
  ];
}

const needWords: Readonly<Record<string, string>> = {
  needed: 'needed',
  'not-needed': 'not needed',
  unknown: 'undecided',
};

/** An architecture that judges in LKMM's place has its code on a line of its own. */
function leadCodeLines(lead: ModelAdvice, guard: GuardAdvice, width: number): readonly string[] {
  const text = instructionText(guard, lead);
  return text === '' ? [] : hanging(`  ${''.padEnd(modelColumn)}`, text, width);
}

function instructionText(guard: GuardAdvice, { model, alone }: ModelAdvice): string {
  const architecture = architectures.find((one) => one === model);
  const texts = architecture === undefined ? undefined : guard.instructions[architecture];
  if (texts === undefined) return '';
  if (texts.length === 0) return '(no instruction)';
  // A lock is several accesses that differ in nothing but registers and offsets.
  const shownTexts = isSection(guard) ? texts.map(mnemonic) : texts;
  const same = alone.find((one) => one.guard === guard.name)?.sameCode === true;
  return `${shownTexts.join('; ')}${same ? ', and the same without it' : ''}`;
}

function mnemonic(text: string): string {
  return /^(lock )?\S+/.exec(text)?.[0] ?? text;
}

function needWord(model: ModelAdvice, guard: GuardAdvice): string {
  switch (model.asWritten.kind) {
    case 'unasked':
      return 'not asked';
    case 'undecided':
      return 'undecided';
    case 'allowed':
      return 'allowed anyway';
    case 'forbidden':
      return needWords[needIn(model, guard)] ?? 'undecided';
  }
}

function reasonLines(lead: ModelAdvice, guard: GuardAdvice, width: number): readonly string[] {
  const finding = lead.alone.find((one) => one.guard === guard.name)?.finding;
  const head = `  ${titleOf(lead).padEnd(modelColumn)}`;
  if (finding === undefined) return [];
  switch (finding.kind) {
    case 'forbidden': {
      const need = needOf(lead.asWritten, finding);
      return need === 'needed'
        ? hanging(head, `needed: without it the model finds a ${finding.flags.join(', ')}`, width)
        : [`${head}not needed`];
    }
    case 'allowed':
      return [
        ...hanging(head, `needed: without it ${stateText(finding)} is allowed`, width),
        ...pathLines(finding.path, nounOf(guard), width),
      ];
    case 'undecided':
    case 'unasked':
      return hanging(head, `${finding.kind}: ${finding.reason}`, width);
  }
}

function stepText({ thread, line, text, kind, value }: PathStep): string {
  if (thread === undefined) return text;
  return `P${thread} line ${line ?? '?'}: ${text}${kind === 'read' ? ` reads ${value}` : ''}`;
}

/** An access a line, each after the edge that leads to it. */
export function pathLines(path: WitnessPath, guard: string, width: number): readonly string[] {
  const deep = ' '.repeat(2 + modelColumn);
  if (path.kind === 'interleaving') {
    const turns = path.turns.map(({ thread, first, last }) =>
      first.line === last.line
        ? `P${thread} line ${first.line}`
        : `P${thread} lines ${first.line}-${last.line}`,
    );
    return hanging(deep, `by taking turns, nothing reordered: ${turns.join(', then ')}`, width);
  }
  const [first] = path.steps;
  const lines = path.steps.map((step, index) => {
    const edge = index === 0 ? '' : (path.steps[index - 1]?.edge ?? '');
    return hanging(`${deep}${edge.padEnd(4)}`, stepText(step), width);
  });
  const last = path.steps.at(-1);
  const across = last?.acrossGap === true ? `, where ${guard} was` : '';
  const back = first === undefined ? '' : `back to the first${across}`;
  return [...lines.flat(), ...hanging(`${deep}${(last?.edge ?? '').padEnd(4)}`, back, width)];
}
