/** What one machine showed of a test under a strategy: counts, phases, time, and what weakens them. */

import type { CellDetail, MachineData } from '../html/page-data.ts';
import { shortCount, shortRate } from '../quantity.ts';
import { BlockChart, CountChart } from './chart.tsx';
import type { CellView } from './data.ts';
import { verdictWords } from './words.ts';

export interface CellPanelProps {
  readonly cell: CellDetail | undefined;
  readonly view: CellView;
  readonly machine: MachineData | undefined;
  readonly strategy: string;
  /** The first of those that are the same code on every machine. */
  readonly ranAs: string;
}

export function CellPanel({ cell, view, machine, strategy, ranAs }: CellPanelProps) {
  if (cell === undefined || machine === undefined) return <p>This machine has not run it.</p>;
  const caveats = [...machine.caveats, ...cell.caveats];
  const sameAs = cell.sameCodeAs ?? (ranAs === strategy ? undefined : ranAs);
  return (
    <>
      <h4>
        <bdi>{strategy}</bdi> on <bdi>{machine.name}</bdi>
      </h4>
      <p>
        <b>{verdictWords[view.verdict]}.</b> {cell.reason === undefined ? '' : `${cell.reason}.`}
      </p>
      {view.verdict === 'not-run' ? null : <p>{cell.rate}</p>}
      {sameAs === undefined ? null : (
        <p class="note">
          Its machine code is that of <bdi>{sameAs}</bdi>, which ran in its stead: these are its counts and
          its verdict.
        </p>
      )}
      {caveats.length === 0 ? null : (
        <ul class="caveats" aria-label="Caveats">
          {caveats.map((caveat) => (
            <li key={caveat}>{caveat}</li>
          ))}
        </ul>
      )}
      <Controls cell={cell} />
      <Outcomes cell={cell} />
      <Phases cell={cell} />
      <Blocks cell={cell} />
      <Runs cell={cell} />
    </>
  );
}

function Controls({ cell: { vouching, controls } }: { readonly cell: CellDetail }) {
  if (controls.length === 0) return null;
  return (
    <details>
      <summary>{vouching}</summary>
      <table>
        <caption>Controls</caption>
        <thead>
          <tr>
            <th scope="col">control</th>
            <th scope="col">state</th>
            <th scope="col">rate per iteration</th>
            <th scope="col">iterations</th>
          </tr>
        </thead>
        <tbody>
          {controls.map(([name, state, rate, iterations], index) => (
            <tr key={index}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td>{state}</td>
              <td>{iterations === 0 ? '–' : shortRate(rate)}</td>
              <td>{shortCount(iterations)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Outcomes({ cell: { outcomes, otherOutcomes, untold } }: { readonly cell: CellDetail }) {
  if (outcomes.length === 0) return null;
  const bars = outcomes.map(([name, count, event]) => ({ name, count, marked: event === 1 }));
  const others = [
    { name: 'all others', count: otherOutcomes, marked: false },
    { name: '(outcome not told)', count: untold, marked: false },
  ].filter(({ count }) => count > 0);
  const words = [...bars, ...others].map(({ name, count }) => `${name}: ${shortCount(count)}`).join('; ');
  return (
    <>
      <h5>Outcomes</h5>
      <CountChart label={`Outcomes. ${words}`} bars={[...bars, ...others]} />
      {outcomes.some(([, , event]) => event === 1) ? (
        <p class="faint">* the outcome that the test asks about</p>
      ) : null}
    </>
  );
}

function Phases({ cell: { phases } }: { readonly cell: CellDetail }) {
  if (phases.length === 0) return null;
  const words = phases.map(([name, count]) => `${name}: ${shortCount(count)}`).join('; ');
  return (
    <>
      <h5>Phases of the protocol that were met</h5>
      <CountChart
        label={`Phases. ${words}`}
        bars={phases.map(([name, count]) => ({ name, count, marked: false }))}
      />
    </>
  );
}

function Blocks({ cell: { runs } }: { readonly cell: CellDetail }) {
  let place = 0;
  const points = runs.flatMap(({ blocks, session, plan }) =>
    blocks.map((rate) => ({ series: `${session} ${plan}`, place: (place += 1), rate })),
  );
  if (points.length < 2) return null;
  const rates = points.map(({ rate }) => rate);
  return (
    <>
      <h5>Over time</h5>
      <BlockChart
        label={`Rates of ${points.length} blocks, from ${shortRate(Math.min(...rates))} to ${shortRate(Math.max(...rates))}`}
        points={points}
      />
    </>
  );
}

function Runs({ cell: { runs, placements } }: { readonly cell: CellDetail }) {
  if (runs.length === 0) return null;
  return (
    <details>
      <summary>Each session and plan by itself ({runs.length})</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="Sessions and plans">
        <table>
          <thead>
            <tr>
              <th scope="col">session</th>
              <th scope="col">plan</th>
              <th scope="col">seen</th>
              <th scope="col">iterations</th>
              <th scope="col">rate per iteration (95 %)</th>
            </tr>
          </thead>
          <tbody>
            {[...placements, ...runs].map(({ session, plan, sightings, iterations, low, high }) => (
              <tr key={`${session} ${plan}`}>
                <td>{session}</td>
                <td>
                  <bdi>{plan}</bdi>
                </td>
                <td>{sightings.toLocaleString('en')}</td>
                <td>{shortCount(iterations)}</td>
                <td>
                  {sightings === 0
                    ? `below ${shortRate(high)}`
                    : `${shortRate(sightings / iterations)} [${shortRate(low)}, ${shortRate(high)}]`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
