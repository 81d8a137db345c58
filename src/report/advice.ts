import pc from 'picocolors';
import { weakestFirst, type Advice, type GuardAdvice, type ModelAdvice } from '../evidence/advice.ts';
import type { Recorded } from '../evidence/recorded.ts';
import { guardLines, pathLines } from './advice-guard.ts';
import {
  called,
  capital,
  hanging,
  isSection,
  listed,
  modelColumn,
  needIn,
  nounOf,
  shown,
  stateText,
  titleOf,
} from './advice-words.ts';
import { wrap } from './columns.ts';
import type { TableStyle } from './table.ts';

/**
 * What can be said of a test's barriers: the answer first, in sentences; then each barrier by itself with
 * the reason and what it becomes; then what can go together, the strategies, and what machines showed.
 */
export function adviceText(
  advice: Advice,
  recorded: readonly Recorded[],
  file: string,
  style: TableStyle,
): string {
  const colors = pc.createColors(style.color);
  const lead = leadOf(advice);
  const judged = lead.asWritten.kind === 'forbidden' && advice.guards.length > 0;
  const paragraphs = [
    answerLines(answer(advice, lead), style.width).map((line) => colors.bold(line)),
    ...(judged
      ? advice.guards
          .toSorted(barriersFirst)
          .map((guard) => guardLines(advice, lead, guard, recorded, style.width))
      : []),
    judged ? togetherLines(advice, style.width) : asWrittenLines(advice, style.width),
    strategyLines(advice, style.width),
    recordedLines(advice, recorded, style.width),
    unjudgedLines(advice, style.width),
    judged ? furtherLines(advice, lead, file, style.width) : [],
  ];
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** LKMM, or the first model that could be asked where LKMM has no meaning for the test. */
function leadOf({ models }: Pick<Advice, 'models'>): ModelAdvice {
  const lead = models.find(({ asWritten }) => asWritten.kind !== 'unasked') ?? models[0];
  if (lead === undefined) throw new Error('advice without a model');
  return lead;
}

function answer(advice: Advice, lead: ModelAdvice): readonly string[] {
  const { test, event, guards } = advice;
  const by =
    lead.model === 'lkmm' ? 'LKMM' : `LKMM has nothing to say of this test; the model of ${lead.model}`;
  switch (lead.asWritten.kind) {
    case 'unasked':
      return [`${test}: no model can judge it: ${lead.asWritten.reason}.`];
    case 'undecided':
      return [lead.asWritten.reason + '.'];
    case 'allowed':
      return [
        `${test}: ${by} allows ${event} as the test is written, so no barrier of it can be judged by taking it away.`,
        ...strengthening(advice, lead),
      ];
    case 'forbidden':
      return guards.length === 0
        ? [
            `${test}: ${by} forbids ${event}, and the test has no fence, acquire, release or lock to take away.`,
            ...breakSentences(advice),
          ]
        : [
            `${test}: ${by} forbids ${event} as the test is written.`,
            ...needSentences(advice, lead),
            ...weakest(advice, lead),
            ...breakSentences(advice),
          ];
  }
}

function answerLines([first, ...others]: readonly string[], width: number): readonly string[] {
  return [...wrap(first ?? '', width), ...others.flatMap((one) => hanging('- ', one, width))];
}

function strengthening({ strategies, weakestStrategy }: Advice, lead: ModelAdvice): readonly string[] {
  if (lead.model !== 'lkmm') return [];
  if (weakestStrategy === undefined) {
    const tried = strategies.filter(({ strategy }) => strategy !== 'kernel').map(({ strategy }) => strategy);
    return [
      tried.length === 0
        ? 'No strategy applies to it.'
        : `No strategy that applies to it makes it Never: ${tried.join(', ')}.`,
    ];
  }
  const others = strategies.filter(({ keeps, strategy }) => keeps && strategy !== weakestStrategy);
  const more =
    others.length === 0
      ? ''
      : `; so ${others.length === 1 ? 'does' : 'do'} ${listed(others.map(({ strategy }) => strategy))}`;
  return [`The strategy ${weakestStrategy} makes it Never${more}.`];
}

/** Barriers first, a sentence for those that carry weight and one for those that do not; then locks. */
function needSentences({ guards }: Advice, lead: ModelAdvice): readonly string[] {
  const of = (chosen: (guard: GuardAdvice) => boolean, need: string) =>
    guards.filter((guard) => chosen(guard) && needIn(lead, guard) === need);
  const locks = (guard: GuardAdvice) => isSection(guard);
  const barriers = (guard: GuardAdvice) => !isSection(guard);
  const bearing = of(barriers, 'needed');
  const spare = of(barriers, 'not-needed');
  const [neededLocks, spareLocks] = [of(locks, 'needed'), of(locks, 'not-needed')];
  const unknown = guards.filter((guard) => needIn(lead, guard) === 'unknown');
  return [
    ...(bearing.length === 0 ? [] : [sentence(listed(bearing.map(called)), bearing.length, 'load-bearing')]),
    ...(spare.length === 0 ? [] : [spareSentence(spare, lead)]),
    ...(neededLocks.length === 0
      ? []
      : [sentence(listed(neededLocks.map(called)), neededLocks.length, 'needed')]),
    ...(spareLocks.length === 0
      ? []
      : [
          `${listed(spareLocks.map(called))} ${spareLocks.length === 1 ? 'is' : 'are'} not needed${spareLocks.length === 1 ? '' : ', each by itself'}.`,
        ]),
    ...(unknown.length === 0 ? [] : [`Not decided: ${listed(unknown.map(called))}.`]),
  ];
}

function sentence(subject: string, count: number, predicate: string): string {
  return `${capital(subject)} ${count === 1 ? 'is' : 'are'}${count > 2 ? ' all' : count === 2 ? ' both' : ''} ${predicate}.`;
}

function spareSentence(spare: readonly GuardAdvice[], { droppable }: ModelAdvice): string {
  const subject = capital(listed(spare.map(called)));
  const names = spare.map(({ name }) => name);
  if (spare.length === 1) return `${subject} is not load-bearing: it can go.`;
  const together = droppable.some((set) => names.every((name) => set.includes(name)));
  const how = together
    ? `${spare.length === 2 ? 'both' : 'all of them'} can go, even together`
    : 'each can go, but not all of them together (below)';
  return `${subject} are not load-bearing: ${how}.`;
}

function weakest({ weakestStrategy }: Advice, { model }: ModelAdvice): readonly string[] {
  if (model !== 'lkmm' || weakestStrategy === undefined) return [];
  const written = weakestStrategy === 'kernel' ? ' (the test as written)' : '';
  return [`The weakest strategy that keeps it forbidden is ${weakestStrategy}${written}.`];
}

function breakSentences({ chainBreaks }: Advice): readonly string[] {
  return chainBreaks.map(
    ({ architecture, without }) =>
      `A finding: the model of ${architecture} allows it ${without === undefined ? 'as written' : `with ${without}`}, where LKMM forbids it. One of the two models, or the code for ${architecture}, is wrong.`,
  );
}

function barriersFirst(one: GuardAdvice, other: GuardAdvice): number {
  return Number(isSection(one)) - Number(isSection(other));
}

/** The largest sets by model, models of one mind together; those whose sets say no more than the guards alone are left out. */
function togetherLines({ models, guards }: Advice, width: number): readonly string[] {
  const short = new Map(guards.map((guard) => [guard.name, shortName(guard)]));
  const said = new Map<string, string[]>();
  for (const model of models) {
    const text = setsText(model, short);
    said.set(text, [...(said.get(text) ?? []), titleOf(model)]);
  }
  const lines = [...said].flatMap(([text, names]) =>
    wrap(`${names.join(', ')}: ${text}`, width - 4).map(
      (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
    ),
  );
  return ['What can go together, by model:', ...lines];
}

function setsText({ asWritten, droppable, notes }: ModelAdvice, short: ReadonlyMap<string, string>): string {
  switch (asWritten.kind) {
    case 'unasked':
    case 'undecided':
      return `${asWritten.kind === 'unasked' ? 'cannot be asked' : 'undecided'}: ${asWritten.reason}`;
    case 'allowed':
      return `allowed as written (${stateText(asWritten)}), so nothing can be judged`;
    case 'forbidden': {
      const sets = droppable.map((set) => set.map((name) => short.get(name) ?? name).join(' + '));
      const text = sets.length === 0 ? 'nothing' : sets.join('; or ');
      return notes.length === 0 ? text : `${text} (${notes.join('; ')})`;
    }
  }
}

function shortName(guard: GuardAdvice): string {
  return `${nounOf(guard).replace(/^the /, '')} P${guard.place.thread}:${guard.place.lines[0]}`;
}

function asWrittenLines({ models }: Advice, width: number): readonly string[] {
  return models.flatMap((model) => {
    const { asWritten } = model;
    const head = `  ${titleOf(model).padEnd(modelColumn)}`;
    switch (asWritten.kind) {
      case 'allowed':
        return [
          ...hanging(head, `allowed as written: ${stateText(asWritten)}`, width),
          ...(model === leadOf({ models }) ? pathLines(asWritten.path, '', width) : []),
        ];
      case 'forbidden':
        return [`${head}forbidden as written`];
      case 'undecided':
        return hanging(head, `undecided: ${asWritten.reason}`, width);
      case 'unasked':
        return hanging(head, `cannot be asked: ${asWritten.reason}`, width);
    }
  });
}

function strategyLines({ strategies, models }: Advice, width: number): readonly string[] {
  if (models[0]?.asWritten.kind === 'unasked' || strategies.length < 2) return [];
  const of = (kind: string) => strategies.filter((one) => fate(one) === kind).map(({ strategy }) => strategy);
  return [
    ...wrap(`Strategies by LKMM, from the weakest (${weakestFirst.join(' < ')}):`, width),
    ...fates.flatMap((kind) => {
      const names = of(kind);
      return names.length === 0 ? [] : hanging('  ', `${kind}: ${names.join(', ')}`, width);
    }),
  ];
}

const fates = ['forbidden', 'allowed', 'forbidden, with a flag', 'undecided', 'unasked'] as const;

function fate({ finding, keeps }: Advice['strategies'][number]): (typeof fates)[number] {
  return finding.kind === 'forbidden' && !keeps ? 'forbidden, with a flag' : finding.kind;
}

function recordedLines(advice: Advice, recorded: readonly Recorded[], width: number): readonly string[] {
  const written = recorded.filter(({ strategy }) => strategy === 'kernel');
  const judged = leadOf(advice).asWritten.kind === 'forbidden';
  const others = judged ? [] : recorded.filter(({ strategy }) => strategy !== 'kernel');
  return [...written, ...others].flatMap((one) => {
    const what = one.strategy === 'kernel' ? 'as written' : one.strategy;
    return hanging('', `${one.machine}, ${what}: ${shown(one)} (${one.reason}).`, width);
  });
}

/** How to see the model's own reason, of the first barrier that a strategy can take away. */
function furtherLines({ guards }: Advice, lead: ModelAdvice, file: string, width: number): readonly string[] {
  const bearing = guards.find((guard) => guard.isStrategy && needIn(lead, guard) === 'needed');
  if (bearing === undefined) return [];
  const model = lead.model === 'lkmm' ? '' : ` --model ${lead.model}`;
  return wrap(
    `The model's reasons: fencepost check ${file} --strategy ${bearing.name}${model} --explain`,
    width,
  );
}

function unjudgedLines({ unjudged }: Advice, width: number): readonly string[] {
  return unjudged.flatMap(({ thread, line, text, reason }) =>
    hanging('', `Not judged: ${text} (P${thread} line ${line}): ${reason}.`, width),
  );
}
