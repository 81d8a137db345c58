/** The report as one HTML file that needs nothing else: text first, and what its client shows on demand. */

import { createHash } from 'node:crypto';
import { renderToStaticMarkup } from 'preact-render-to-string';
import type { Column } from '../../evidence/comparison-columns.ts';
import type { MutationScore } from '../../results/evidence-schema.ts';
import { printableText } from '../printable.ts';
import { plural } from '../quantity.ts';
import type { BarrierGroup } from './answer-words.ts';
import { Answers, AnswerTable } from './answers.tsx';
import { Machines } from './machines.tsx';
import type { PackedData } from './page-data.ts';

export interface PageContent {
  readonly columns: readonly Column[];
  readonly testCount: number;
  readonly rowCount: number;
  /** Violations, broken chains and false results: what contradicts a model, a sentence each. */
  readonly contradictions: readonly string[];
  readonly score: MutationScore;
  /** Barriers that their tests have names for. */
  readonly named: readonly BarrierGroup[];
  /** Of the tests that the tool was made for. */
  readonly others: readonly BarrierGroup[];
  /** Of all others. */
  readonly further: readonly BarrierGroup[];
  /** How many of them there are that are not listed. */
  readonly furtherLeftOut: number;
  readonly note: string | undefined;
  readonly data: PackedData;
  readonly tool: string;
  readonly madeAt: string;
}

/** What the build made of the page's client (scripts/build-page.mjs), and the libraries that it plots with. */
export interface PageAssets {
  readonly style: string;
  /** In the order in which they are to run. */
  readonly scripts: readonly string[];
}

export function reportPage(content: PageContent, { style, scripts }: PageAssets): string {
  // What would turn the direction of a text, or hide in it, is written out.
  const body = printableText(renderToStaticMarkup(<Body {...content} />));
  const data = JSON.stringify(content.data);
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(' ')}`,
    // Plots set widths and colours on what they draw.
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    '<title>Fencepost report</title>',
    `<style>${style}</style>`,
    '</head>',
    `<body>${body}`,
    `<script type="application/json" id="data">${data}</script>`,
    ...scripts.map((script) => `<script>${script}</script>`),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function hashOf(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}

function Body({
  columns,
  testCount,
  rowCount,
  contradictions,
  score,
  named,
  others,
  further,
  furtherLeftOut,
  note,
  tool,
  madeAt,
}: PageContent) {
  return (
    <>
      <a class="skip" href="#answers">
        Skip to the answers
      </a>
      <header>
        <h1>Do I need this barrier?</h1>
        <p class="faint">
          {plural(columns.length, 'machine')}, {plural(testCount, 'test')},{' '}
          {plural(rowCount, 'strategy').replace('strategys', 'strategies')}; made by {tool} on {madeAt}
        </p>
        <nav aria-label="Sections">
          <a href="#answers">Answers</a>
          <a href="#explore">Every test</a>
          <a href="#machines">Machines</a>
          <a href="#reading">How to read this</a>
          <button type="button" id="theme" hidden>
            Theme
          </button>
        </nav>
      </header>
      <main>
        {contradictions.length === 0 ? null : (
          <section class="alert" aria-labelledby="contradictions">
            <h2 id="contradictions">Contradicts a model</h2>
            <ul>
              {contradictions.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
            <p>
              A violation is more often a wrong test than a broken chip: read the code that ran before you
              blame the CPU.
            </p>
          </section>
        )}
        <section aria-labelledby="answers">
          <h2 id="answers">Is it needed, was that seen, what does it cost?</h2>
          <p>
            A barrier is <b>needed</b> where the Linux kernel’s memory model (LKMM), or the model of a CPU,
            allows without it what the test forbids. It was <b>seen to matter</b> where a machine did show
            that without it. Its <b>price</b> is what a pass through its code takes longer with it than
            without.
          </p>
          {note === undefined ? null : <p class="note">{note}</p>}
          {named.length + others.length + further.length === 0 ? (
            <p>No test of these results has a barrier to ask about.</p>
          ) : null}
          <Answers groups={named} columns={columns} />
          {others.length === 0 ? null : (
            <>
              <h3>More barriers of KVM’s shapes</h3>
              <AnswerTable groups={others} columns={columns} />
            </>
          )}
          {further.length === 0 ? null : (
            <details open={named.length + others.length === 0}>
              <summary>{plural(further.length + furtherLeftOut, 'barrier')} of other tests</summary>
              <AnswerTable groups={further} columns={columns} />
              {furtherLeftOut === 0 ? null : (
                <p class="note">
                  {plural(furtherLeftOut, 'more barrier')} {furtherLeftOut === 1 ? 'is' : 'are'} not in this
                  list, which has those of most tests and the needed ones first: filter{' '}
                  <a href="#explore">every test</a> by name and open it to see all of its own.
                </p>
              )}
            </details>
          )}
          <Score score={score} />
        </section>
        <section aria-labelledby="explore">
          <h2 id="explore">Every test on every machine</h2>
          <div id="explorer">
            <p>This part needs JavaScript: it is in this file, and fetches nothing.</p>
          </div>
        </section>
        <section aria-labelledby="machines">
          <h2 id="machines">Machines</h2>
          <Machines columns={columns} />
        </section>
        <section aria-labelledby="reading">
          <h2 id="reading">How to read this</h2>
          <Reading />
        </section>
      </main>
    </>
  );
}

function Score({ score: { controls, fired, silent } }: { readonly score: MutationScore }) {
  if (controls === 0)
    return <p class="score">No control ran: nothing shows that these runs could have caught anything.</p>;
  return (
    <p class="score">
      What the runs could catch: {fired} of {plural(controls, 'control')} fired
      {silent.length === 0
        ? ''
        : `; silent: ${silent.slice(0, 12).join(', ')}${silent.length > 12 ? ` and ${silent.length - 12} more` : ''}`}
      . A control is a test, or a test without its barrier, that must be seen for a “never” beside it to mean
      something.
    </p>
  );
}

function Reading() {
  return (
    <dl class="facts">
      <div>
        <dt>needed</dt>
        <dd>
          Without this one barrier the model (LKMM of the C, or the architecture’s of the machine code) allows
          what the test forbids.
        </dd>
      </div>
      <div>
        <dt>no instruction</dt>
        <dd>
          The barrier emits nothing there: it costs nothing, and no run can show that it matters. It still
          binds the compiler.
        </dd>
      </div>
      <div>
        <dt>rate</dt>
        <dd>
          How often an iteration ended in the outcome that the test asks about, with the interval that holds
          the true rate in 95 % of runs; iterations of one block or launch are not independent, and the
          interval allows for it.
        </dd>
      </div>
      <div>
        <dt>upheld, unseen, inconclusive</dt>
        <dd>
          Never seen: forbidden by a model, with controls that fired; allowed by the models; or with nothing
          that shows the run could have caught it. Never seen is not “cannot happen”: only a model forbids.
        </dd>
      </div>
      <div>
        <dt>emulated</dt>
        <dd>An emulator’s ordering is its own: such columns are no evidence.</dd>
      </div>
    </dl>
  );
}
