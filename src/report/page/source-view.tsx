/** A test's text beside its code on every architecture, with the barriers marked in each. */

import type { BarrierData, ListingData, TestText } from '../html/page-data.ts';

export interface SourceViewProps {
  readonly text: TestText;
  readonly barriers: readonly BarrierData[];
  /** The strategy that is looked at: the ablation of a barrier marks that one alone. */
  readonly strategy: string;
}

export function SourceView({ text, barriers, strategy }: SourceViewProps) {
  const chosen = barriers.filter(({ guard }) => guard === strategy);
  const marked = chosen.length > 0 ? chosen : barriers;
  const barrierAt = new Map(
    marked.flatMap((barrier) => barrier.lines.map((line) => [line, barrier] as const)),
  );
  const first = firstLineOfCode(text);
  const codes = text.listings.map((listing) => ({ listing, byLine: instructionsByLine(listing) }));
  return (
    <div class="scroll" role="region" aria-label="Source and machine code" tabIndex={0}>
      <table class="source">
        <caption>
          {chosen.length > 0 ? 'The barrier in question is marked' : 'Barriers are marked'}: the C, and what
          it is on each architecture
        </caption>
        <thead>
          <tr>
            <th scope="col">line</th>
            <th scope="col">C</th>
            {codes.map(({ listing }) => (
              <th scope="col" key={listing.architecture}>
                {listing.architecture}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {text.lines.slice(first).map((source, index) => {
            const line = first + index + 1;
            const barrier = barrierAt.get(line);
            return (
              <tr key={line} class={barrier === undefined ? '' : 'barrier'}>
                <th scope="row">{line}</th>
                <td>
                  <code>{source === '' ? ' ' : source.replaceAll('\t', '  ')}</code>
                  {barrier === undefined ? null : (
                    <strong class="here"> ◀ {chosen.length > 0 ? 'this barrier' : 'a barrier'}</strong>
                  )}
                </td>
                {codes.map(({ listing, byLine }) => (
                  <td key={listing.architecture}>
                    <Instructions texts={byLine.get(line) ?? []} />
                    {barrier !== undefined && !byLine.has(line) && listing.problem === undefined ? (
                      <em>no instruction</em>
                    ) : null}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      {text.listings.map(({ architecture, problem }) =>
        problem === undefined ? null : (
          <p key={architecture}>
            {architecture}: {problem}
          </p>
        ),
      )}
    </div>
  );
}

const mostInSight = 6;

/** A lock is a dozen instructions, which would push what matters off the screen. */
function Instructions({ texts }: { readonly texts: readonly string[] }) {
  const lines = texts.map((text, place) => <code key={place}>{text}</code>);
  if (texts.length <= mostInSight) return <>{lines}</>;
  return (
    <details>
      <summary>{texts.length} instructions</summary>
      {lines}
    </details>
  );
}

/** The comment above the test is told by the page in its own words. */
function firstLineOfCode({ lines }: TestText): number {
  const end = lines.findIndex((line) => /\*\)\s*$/.test(line));
  const code = lines.findIndex((line, index) => index > end && line.trim() !== '');
  return Math.max(0, code);
}

function instructionsByLine({ threads }: ListingData): ReadonlyMap<number, readonly string[]> {
  const lines = new Map<number, string[]>();
  for (const [line, instruction] of threads.flat()) {
    if (line === null) continue;
    lines.set(line, [...(lines.get(line) ?? []), instruction]);
  }
  return lines;
}
