/** The answers: of each barrier whether it is needed, where that was seen, and what it costs. */

import { architectures } from '../../architecture.ts';
import type { BarrierAnswer, Dropped, ModelAnswer } from '../../evidence/barrier-answers.ts';
import type { Column } from '../../evidence/comparison-columns.ts';
import { titleOf } from '../advice-words.ts';
import {
  barrierPlace,
  barrierSpot,
  droppedWords,
  groupMark,
  needCode,
  needDetail,
  needSentence,
  needWord,
  seenSentence,
  testsOf,
  type BarrierGroup,
} from './answer-words.ts';
import { priceSentence } from './price-words.ts';
import { plural } from '../quantity.ts';
import { testLink } from './links.ts';

export interface AnswersProps {
  readonly groups: readonly BarrierGroup[];
  readonly columns: readonly Column[];
}

/** A card for each barrier. */
export function Answers({ groups, columns }: AnswersProps) {
  return (
    <>
      {groups.map((group) => (
        <Group key={group.name} group={group} columns={columns} />
      ))}
    </>
  );
}

/** A line for each barrier. */
export function AnswerTable({ groups, columns }: AnswersProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="More barriers">
      <table class="answers">
        <thead>
          <tr>
            <th scope="col">barrier</th>
            <th scope="col">needed by LKMM</th>
            <th scope="col">seen to matter?</th>
            <th scope="col">price</th>
            {architectures.map((architecture) => (
              <th scope="col" key={architecture}>
                {architecture}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <Line key={group.name} group={group} columns={columns} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ group, columns }: { readonly group: BarrierGroup; readonly columns: readonly Column[] }) {
  const [first] = group.members;
  if (first === undefined) return null;
  const [lkmm, ...others] = first.answer.models;
  return (
    <tr>
      <th scope="row">
        <a href={testLink(first.test, first.answer.guard)}>
          <bdi>{group.name}</bdi>
        </a>
      </th>
      {lkmm === undefined ? <td /> : <Need answer={first.answer} model={lkmm} />}
      <td>{seenSentence(group, columns)}</td>
      <td>{priceSentence(group, columns)}</td>
      {others.map((model) => (
        <Need key={model.model} answer={first.answer} model={model} />
      ))}
    </tr>
  );
}

function Group({ group, columns }: { readonly group: BarrierGroup; readonly columns: readonly Column[] }) {
  const { word, mark } = groupMark(group);
  return (
    <article class="answer">
      <h3>
        <bdi>{group.name}</bdi> <span class={`badge ${mark}`}>{word}</span>
      </h3>
      <dl>
        <dt>Where</dt>
        <dd>
          <Where group={group} />
        </dd>
        <dt>Needed?</dt>
        <dd>{needSentence(group)}</dd>
        <dt>Seen to matter?</dt>
        <dd>{seenSentence(group, columns)}</dd>
        <dt>Price</dt>
        <dd>{priceSentence(group, columns)}</dd>
      </dl>
      <details>
        <summary>By test, architecture and machine ({plural(testsOf(group.members).length, 'test')})</summary>
        <Needs group={group} />
        <Seen group={group} columns={columns} />
      </details>
    </article>
  );
}

/** In the first of its tests; the table below has them all. */
function Where({ group: { members } }: { readonly group: BarrierGroup }) {
  const [first] = members;
  if (first === undefined) return null;
  const others = testsOf(members).length - 1;
  return (
    <>
      <a href={testLink(first.test, first.answer.guard)}>
        <bdi>{first.test}</bdi>
      </a>{' '}
      {barrierSpot(first.answer)}
      {others === 0 ? '' : `; and in ${plural(others, 'more test')}`}
    </>
  );
}

function Needs({ group: { name, members } }: { readonly group: BarrierGroup }) {
  const models = members[0]?.answer.models ?? [];
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`What the models say of ${name}`}>
      <table class="needs">
        <caption>Needed by the model of …</caption>
        <thead>
          <tr>
            <th scope="col">test</th>
            {models.map(({ model }) => (
              <th scope="col" key={model}>
                {titleOf({ model })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {members.map(({ test, answer }) => (
            <tr key={test + answer.guard}>
              <th scope="row">
                <a href={testLink(test, answer.guard)}>
                  <bdi>{test}</bdi>
                </a>{' '}
                <span class="faint">{barrierPlace(answer)}</span>
              </th>
              {answer.models.map((model) => (
                <Need key={model.model} answer={answer} model={model} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Need({ answer, model }: { readonly answer: BarrierAnswer; readonly model: ModelAnswer }) {
  const { word, mark } = needWord(model);
  const code = needCode(answer, model);
  return (
    <td title={needDetail(model)}>
      <span class={`need ${mark}`}>{word}</span>
      {code === undefined ? null : <code>{code}</code>}
    </td>
  );
}

/** More are in the tests' own views. */
const mostMachines = 60;

function Seen({
  group: { name, members },
  columns,
}: {
  readonly group: BarrierGroup;
  readonly columns: readonly Column[];
}) {
  const rows = columns.flatMap((column, index) => {
    const parts = members.flatMap(({ test, answer }) => {
      const dropped = answer.dropped[index];
      return dropped === undefined || dropped.kind === 'not-run' ? [] : [{ test, answer, dropped }];
    });
    return parts.length === 0 ? [] : [{ column, parts }];
  });
  const [first] = members;
  if (rows.length === 0 || first === undefined) return null;
  const seenFirst = rows.toSorted((one, other) => Number(sawIt(other)) - Number(sawIt(one)));
  const leftOut = rows.length - mostMachines;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`What machines showed without ${name}`}>
      <table class="seen">
        <caption>Without it, on …</caption>
        <tbody>
          {seenFirst.slice(0, mostMachines).map(({ column, parts }) => (
            <tr key={column.name}>
              <th scope="row">
                <bdi>{column.name}</bdi>
              </th>
              <td>
                <ul>
                  {parts.map(({ test, answer, dropped }) => (
                    <li key={test + answer.guard}>
                      <a href={testLink(test, answer.guard, column.name)}>
                        <bdi>{test}</bdi>
                      </a>
                      : {droppedWords(dropped, column.standing === 'emulated')}
                    </li>
                  ))}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {leftOut <= 0 ? null : (
        <p class="note">
          {plural(leftOut, 'more machine')} ran it: each test’s own view, as of{' '}
          <a href={testLink(first.test, first.answer.guard)}>
            <bdi>{first.test}</bdi>
          </a>
          , has all of them.
        </p>
      )}
    </div>
  );
}

function sawIt({ parts }: { readonly parts: readonly { readonly dropped: Dropped }[] }): boolean {
  return parts.some(({ dropped }) => dropped.kind === 'seen');
}
