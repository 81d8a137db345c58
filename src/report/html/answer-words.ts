/** How the page puts into words what there is to say of a barrier. */

import { architectures } from '../../architecture.ts';
import type { BarrierAnswer, Dropped, ModelAnswer } from '../../evidence/barrier-answers.ts';
import type { Column } from '../../evidence/comparison-columns.ts';
import { sightingsToClaim } from '../../evidence/seen.ts';
import { capital, listed, nounOf, stateText, where } from '../advice-words.ts';
import { shortCount, shortRate } from '../quantity.ts';
import type { BarrierData } from './page-data.ts';

/** What the test itself calls a barrier, or what it is and where. */
export function barrierName({ advice, guard }: BarrierAnswer): string {
  if (advice === undefined) return guard.replace(/^no-/, '');
  return advice.place.comment ?? `${nounOf(advice)}, ${advice.place.position}`;
}

export function barrierPlace({ advice, guard }: BarrierAnswer): string {
  if (advice !== undefined) return where(advice);
  return `line ${guard.replace(/^.*@/, '')}`;
}

export type NeedMark = 'needed' | 'spare' | 'free' | 'open';

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
      word: needWord(model).word,
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
export function needSentence({ members }: BarrierGroup): string {
  const byModel = (model: string) =>
    members.flatMap(({ answer }) => answer.models.find((one) => one.model === model) ?? []);
  const lkmm = byModel('lkmm');
  const needing = members.filter(({ answer }) =>
    answer.models.some(({ model, need }) => model === 'lkmm' && need === 'needed'),
  );
  const sparing = members.filter(({ answer }) =>
    answer.models.some(({ model, need }) => model === 'lkmm' && need === 'not-needed'),
  );
  const names = (list: BarrierGroup['members']) => listed(list.map(({ test }) => test));
  const whole = members.length;
  const first =
    needing.length === 0
      ? sparing.length === 0
        ? `LKMM does not tell${lkmm.some(({ need }) => need === 'not-asked') ? ': it was not asked' : ''}`
        : `Not needed by LKMM in ${names(sparing)}`
      : `Needed by LKMM in ${needing.length === whole && whole > 1 ? `all ${whole} tests that have it` : names(needing)}${sparing.length === 0 ? '' : `, not in ${names(sparing)}`}`;
  const needs = (kind: (answer: ModelAnswer) => boolean) =>
    architectures.filter((architecture) => byModel(architecture).some(kind));
  const free = architectures.filter((architecture) => {
    const told = byModel(architecture).filter(({ need }) => need === 'needed' || need === 'not-needed');
    return told.length > 0 && told.every(({ sameCode }) => sameCode);
  });
  const needed = needs(({ need }) => need === 'needed');
  const parts = [
    ...(needed.length === 0 ? [] : [`by the models of the CPUs on ${listed(needed)}`]),
    ...(free.length === 0 ? [] : [`on ${listed(free)} it is no instruction at all`]),
  ];
  return `${[first, ...parts].join('; ')}.`;
}

/** Where a machine showed what the barrier keeps away, in sentences; each machine once. */
export function seenSentence({ members }: BarrierGroup, columns: readonly Column[]): string {
  const kinds = columns.map((column, index) => {
    const dropped = members.flatMap(({ answer }) => answer.dropped[index] ?? []);
    return { column, dropped };
  });
  const evidence = kinds.filter(({ column }) => column.standing !== 'emulated');
  const seen = evidence.filter(({ dropped }) => dropped.some(({ kind }) => kind === 'seen'));
  const never = evidence.filter(
    ({ dropped }) =>
      !dropped.some(({ kind }) => kind === 'seen') && dropped.some(({ kind }) => kind === 'never'),
  );
  const same = evidence.filter(
    ({ dropped }) =>
      dropped.some(({ kind }) => kind === 'same-code') &&
      dropped.every(({ kind }) => kind === 'same-code' || kind === 'not-run'),
  );
  const emulated = kinds.length - evidence.length;
  const ran = seen.length + never.length + same.length;
  if (ran === 0) {
    return emulated > 0
      ? 'Only emulators ran it, and they are no evidence.'
      : 'No machine ran it without the barrier.';
  }
  const names = (list: typeof kinds) =>
    list.length > 3 ? `${list.length} machines` : listed(list.map(({ column }) => column.name));
  const parts = [
    ...(seen.length === 0 ? [] : [`without it the outcome was seen on ${names(seen)}`]),
    ...(never.length === 0 ? [] : [`never on ${names(never)}`]),
    ...(same.length === 0 ? [] : [`on ${names(same)} the code is the same without it`]),
  ];
  const lead =
    seen.length === 0 ? (never.length === 0 ? 'No run can tell: ' : 'Not on the machines here: ') : '';
  return `${lead === '' ? capital(parts.join('; ')) : `${lead}${parts.join('; ')}`}.`;
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
      return rate === undefined
        ? `never${mark}`
        : `never in ${shortCount(rate.iterations)} (${cell?.verdict ?? 'a log'})${mark}`;
    }
  }
}

/** The verdict on a barrier in one word. */
export function groupMark({ members }: BarrierGroup): { readonly word: string; readonly mark: NeedMark } {
  const needs = members.flatMap(({ answer }) =>
    answer.models.filter(({ model }) => model === 'lkmm').map(({ need }) => need),
  );
  if (needs.includes('needed')) return { word: 'needed', mark: 'needed' };
  if (needs.length > 0 && needs.every((need) => need === 'not-needed'))
    return { word: 'not needed', mark: 'spare' };
  return { word: 'not decided', mark: 'open' };
}
