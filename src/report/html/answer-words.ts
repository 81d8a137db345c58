/** How the page puts into words what there is to say of a barrier. */

import { architectures, type Architecture } from '../../architecture.ts';
import type { BarrierAnswer, Dropped, ModelAnswer } from '../../evidence/barrier-answers.ts';
import { rateToBeSeen } from '../../evidence/comparison-cell.ts';
import type { Column } from '../../evidence/comparison-columns.ts';
import { sightingsToClaim } from '../../evidence/seen.ts';
import { capital, listed, nounOf, stateText, where } from '../advice-words.ts';
import { shortCount, shortRate } from '../quantity.ts';
import type { BarrierData, NeedMark } from './page-data.ts';

/** What the test itself calls a barrier, or what it is and where. */
export function barrierName({ advice, guard }: BarrierAnswer): string {
  if (advice === undefined) return guard.replace(/^no-/, '');
  return advice.place.comment ?? `${nounOf(advice)}, ${advice.place.position}`;
}

/** `P1 line 60, between snap = READ_ONCE(*seq) and pfn = READ_ONCE(*pte)` */
export function barrierSpot(answer: BarrierAnswer): string {
  const place = barrierPlace(answer);
  return answer.advice === undefined ? place : `${place}, ${answer.advice.place.position}`;
}

export function barrierPlace({ advice, guard }: BarrierAnswer): string {
  if (advice !== undefined) return where(advice);
  return `line ${guard.replace(/^.*@/, '')}`;
}

/** A need in a word, and its kind for the eye. */
export function needWord({ need, sameCode }: ModelAnswer): {
  readonly word: string;
  readonly mark: NeedMark;
} {
  switch (need) {
    case 'needed':
      return { word: 'needed', mark: 'needed' };
    case 'not-needed':
      return sameCode ? { word: 'no instruction', mark: 'free' } : { word: 'not needed', mark: 'spare' };
    case 'allowed-anyway':
      return { word: 'allowed with it too', mark: 'open' };
    case 'unknown':
      return { word: 'undecided', mark: 'open' };
    case 'not-asked':
      return { word: 'not asked', mark: 'open' };
  }
}

/** The code of a barrier where a model's architecture has some. */
export function needCode({ advice }: BarrierAnswer, { model, sameCode }: ModelAnswer): string | undefined {
  const architecture = architectures.find((one) => one === model);
  if (advice === undefined || architecture === undefined) return undefined;
  const texts = advice.instructions[architecture];
  if (texts === undefined) return undefined;
  if (texts.length === 0) return undefined;
  return `${texts.join('; ')}${sameCode ? ' (and the same without it)' : ''}`;
}

/** What the model's answer rests on, in a sentence; empty where there is none. */
export function needDetail({ need, finding }: ModelAnswer): string {
  if (finding === undefined)
    return need === 'needed' || need === 'not-needed' ? 'as recorded when the test ran' : '';
  switch (finding.kind) {
    case 'allowed':
      return `without it ${stateText(finding)} is allowed`;
    case 'forbidden':
      return finding.flags.length === 0 ? '' : `without it the model finds a ${finding.flags.join(', ')}`;
    case 'undecided':
    case 'unasked':
      return finding.reason;
  }
}

export function barrierData(answer: BarrierAnswer): BarrierData {
  return {
    guard: answer.guard,
    name: barrierName(answer),
    thread: answer.advice?.place.thread,
    lines: answer.advice?.place.lines ?? [],
    needs: answer.models.map((model) => ({
      model: model.model === 'lkmm' ? 'LKMM' : model.model,
      ...needWord(model),
      detail: needDetail(model),
    })),
  };
}

/** A barrier as it is called in one or more tests. */
export interface BarrierGroup {
  readonly name: string;
  readonly members: readonly { readonly test: string; readonly answer: BarrierAnswer }[];
}

/** `Needed by LKMM …; on x86-64 and s390x it is no instruction.` */
export function needSentence(group: BarrierGroup): string {
  const { members } = group;
  const which = (kind: ModelAnswer['need']) =>
    testsOf(members.filter(({ answer }) => lkmmOf(answer)?.need === kind));
  const [needing, sparing, anyway] = [which('needed'), which('not-needed'), which('allowed-anyway')];
  const all = needing.length === testsOf(members).length && needing.length > 1;
  const first = [
    ...(needing.length === 0
      ? []
      : [`needed by LKMM in ${all ? `all ${needing.length} tests that have it` : listed(needing)}`]),
    ...(sparing.length === 0 ? [] : [`not needed by LKMM in ${listed(sparing)}`]),
    ...(anyway.length === 0
      ? []
      : [
          `in ${listed(anyway)} LKMM allows the outcome with it too, so this barrier is not what keeps it away`,
        ]),
  ];
  const needed = architecturesWhere(group, (answers) => answers.some(({ need }) => need === 'needed'));
  const free = architecturesWhere(group, (answers) => {
    const told = answers.filter(({ need }) => need === 'needed' || need === 'not-needed');
    return told.length > 0 && told.every(({ sameCode }) => sameCode);
  });
  const untold = members.filter(({ answer }) => isOpen(lkmmOf(answer)));
  const unknown = architecturesWhere(
    group,
    (answers) =>
      answers.some(isOpen) && answers.every((answer) => isOpen(answer) || answer.need === 'not-needed'),
  ).filter((architecture) => !free.includes(architecture));
  const open = [
    ...(untold.length === 0 ? [] : [`LKMM of ${listed(testsOf(untold))}`]),
    ...(unknown.length === 0 ? [] : [listed(unknown)]),
  ];
  const asked = members.some(({ answer }) => answer.advice !== undefined);
  const parts = [
    ...(needed.length === 0 ? [] : [`needed on ${listed(needed)} by the models of their CPUs`]),
    ...(free.length === 0 ? [] : [`on ${listed(free)} the code is the same without it`]),
    ...(open.length === 0 ? [] : [`${asked ? 'undecided in the time' : 'not asked'}: ${open.join(', ')}`]),
  ];
  return `${capital([...first, ...parts].join('; '))}.`;
}

function isOpen(answer: ModelAnswer | undefined): boolean {
  return answer === undefined || answer.need === 'unknown' || answer.need === 'not-asked';
}

/** Each once: a test may have two barriers of one name. */
export function testsOf(members: BarrierGroup['members']): readonly string[] {
  return [...new Set(members.map(({ test }) => test))];
}

function lkmmOf({ models }: BarrierAnswer): ModelAnswer | undefined {
  return models.find(({ model }) => model === 'lkmm');
}

export function architecturesWhere(
  { members }: BarrierGroup,
  holds: (answers: readonly ModelAnswer[]) => boolean,
): readonly Architecture[] {
  return architectures.filter((architecture) =>
    holds(members.flatMap(({ answer }) => answer.models.find(({ model }) => model === architecture) ?? [])),
  );
}

/** Where a machine showed what the barrier keeps away, each machine once. */
export function seenSentence({ members }: BarrierGroup, columns: readonly Column[]): string {
  const told = columns.map((column, index) => ({
    column,
    dropped: members
      .flatMap(({ answer }) => answer.dropped[index] ?? [])
      .filter(({ kind }) => kind !== 'not-run'),
  }));
  const ran = told.filter(({ dropped }) => dropped.length > 0);
  const evidence = ran.filter(({ column }) => column.standing !== 'emulated');
  if (evidence.length === 0) {
    return ran.length > 0
      ? 'Only emulators ran it without, and they are no evidence.'
      : 'No machine ran it without the barrier.';
  }
  const has = (kind: Dropped['kind']) => (one: (typeof evidence)[number]) =>
    one.dropped.some((dropped) => dropped.kind === kind);
  const seen = evidence.filter(has('seen'));
  const never = evidence.filter((one) => !has('seen')(one) && has('never')(one));
  const same = evidence.filter((one) => !has('seen')(one) && !has('never')(one));
  const names = (list: typeof evidence) =>
    list.length > 3 ? `${list.length} machines` : listed(list.map(({ column }) => column.name));
  const parts = [
    ...(seen.length === 0
      ? []
      : [
          `without it the outcome was seen on ${names(seen)}${highest(seen.flatMap(({ dropped }) => dropped))}`,
        ]),
    ...(never.length === 0 ? [] : [`without it never seen on ${names(never)}`]),
    ...(same.length === 0 ? [] : [`on ${names(same)} the code is the same without it`]),
  ];
  const lead = seen.length > 0 ? '' : never.length > 0 ? 'Not yet: ' : 'No run here can tell: ';
  return `${lead === '' ? capital(parts.join('; ')) : `${lead}${parts.join('; ')}`}.`;
}

/** `, up to 2.1e-3 times an iteration` */
function highest(dropped: readonly Dropped[]): string {
  const rates = dropped.flatMap(({ cell }) => (cell?.rate === undefined ? [] : [cell.rate.rate]));
  return rates.length === 0
    ? ''
    : ` (a rate of ${dropped.length > 1 ? 'up to ' : ''}${shortRate(Math.max(...rates))} per iteration)`;
}

/** What one machine showed without the barrier. */
export function droppedWords({ kind, cell }: Dropped, emulated: boolean): string {
  const mark = emulated ? ' (emulated: no evidence)' : '';
  switch (kind) {
    case 'not-run':
      return 'not run';
    case 'same-code':
      return `identical code without it${mark}`;
    case 'seen': {
      const rate = cell?.rate;
      if (cell === undefined || rate === undefined) return `seen${mark}`;
      const times = cell.sightings < sightingsToClaim ? `seen ${cell.sightings} times only` : 'seen';
      return `${times}: ${shortRate(rate.rate)} [${shortRate(rate.low)}, ${shortRate(rate.high)}] per iteration, ${shortCount(rate.sightings)} of ${shortCount(rate.iterations)}${mark}`;
    }
    case 'never': {
      const rate = cell?.rate;
      if (cell === undefined || rate === undefined) return `never${mark}`;
      const bound = emulated
        ? ''
        : `: a rate above ${shortRate(rateToBeSeen(cell, rate))} per iteration would have shown`;
      return `never in ${shortCount(rate.iterations)}${bound} (${cell.verdict ?? 'a log'})${mark}`;
    }
  }
}

/** The answer on a barrier in a word or two, by LKMM. */
export function groupMark({ members }: BarrierGroup): { readonly word: string; readonly mark: NeedMark } {
  const all = testsOf(members);
  const needing = testsOf(members.filter(({ answer }) => lkmmOf(answer)?.need === 'needed'));
  if (needing.length === all.length) return { word: 'needed', mark: 'needed' };
  if (needing.length > 0) {
    return { word: `needed in ${needing.length} of ${all.length} tests`, mark: 'needed' };
  }
  const needs = members.map(({ answer }) => lkmmOf(answer)?.need);
  if (needs.every((need) => need === 'not-needed')) return { word: 'not needed', mark: 'spare' };
  if (needs.every((need) => need === 'allowed-anyway')) return { word: 'not enough', mark: 'open' };
  return { word: 'not decided', mark: 'open' };
}
