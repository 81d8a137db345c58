import { createHash } from 'node:crypto';
import type { Counts } from '../../src/evidence/counts.ts';
import type { RecordedFile } from '../../src/results/recorded-files.ts';
import type { ResultsDocument, Row } from '../../src/results/schema.ts';
import { sampleDocument } from '../results/sample-document.ts';

/** What a test says of a row; the rest is as in the sample document. */
export interface SessionRow {
  readonly test: string;
  readonly strategy?: string;
  readonly verdict?: Row['verdict'];
  readonly reason?: string;
  /** Block by block; without them the row is that of `sameCodeAs`, or did not run. */
  readonly blocks?: readonly (Counts & { readonly launch?: number })[];
  readonly sameCodeAs?: string;
  /** Any word; equal ones stand for equal machine code. */
  readonly code?: string;
  /** Any word; equal ones stand for equal texts. By default the test and the strategy. */
  readonly variant?: string;
  readonly quantifier?: Row['test']['quantifier'];
}

export const digestOf = (word: string) => createHash('sha256').update(word).digest('hex');

/** A block of so many iterations and sightings. */
export const block = (sightings: number, iterations: number): Counts => ({ sightings, iterations });

export function rowOf({
  test,
  strategy = 'kernel',
  blocks,
  verdict = blocks === undefined ? 'not-run' : 'seen',
  reason = 'as it was',
  sameCodeAs,
  code = `${test} ${strategy}`,
  variant = `${test} ${strategy}`,
  quantifier = 'exists',
}: SessionRow): Row {
  const [template] = sampleDocument.rows;
  if (template === undefined) throw new Error('the sample has no row');
  const iterations = (blocks ?? []).reduce((sum, one) => sum + one.iterations, 0);
  const sightings = (blocks ?? []).reduce((sum, one) => sum + one.sightings, 0);
  const event = quantifier === 'forall' ? 'counterexample' : 'witness';
  const witnessesOf = (one: Counts) => (event === 'witness' ? one.sightings : one.iterations - one.sightings);
  const witnesses = witnessesOf({ sightings, iterations });
  const plan = sampleDocument.plans[0]?.name ?? '';
  const outcomes = [
    { values: { '0:r0': '0', '1:r0': '0' }, count: witnesses },
    { values: { '0:r0': '1', '1:r0': '0' }, count: iterations - witnesses },
  ];
  const { sameCodeAs: _none, bound: _bound, ...rest } = template;
  return {
    ...rest,
    test: {
      ...template.test,
      name: test,
      quantifier,
      proposition: String.raw`0:r0=0 /\ 1:r0=0`,
    },
    strategy,
    variantDigest: digestOf(variant),
    codeDigest: digestOf(code),
    ...(sameCodeAs === undefined ? {} : { sameCodeAs }),
    expectation: { ...template.expectation, event },
    iterations,
    witnesses,
    observation: witnesses === 0 ? 'Never' : witnesses === iterations ? 'Always' : 'Sometimes',
    verdict,
    reason,
    controls: [],
    phases: [],
    runs:
      blocks === undefined || sameCodeAs !== undefined
        ? []
        : [
            {
              plan,
              iterations,
              filtered: 0,
              witnesses,
              outcomes,
              blocks: blocks.map((one) => ({
                iterations: one.iterations,
                witnesses: witnessesOf(one),
                runNs: 1e6,
                wallNs: 2e6,
                strayed: 0,
                switches: 0,
                ...(one.launch === undefined ? {} : { launch: one.launch }),
              })),
            },
          ],
  };
}

/** A results file of these rows; `change` makes it another machine. */
export function session(
  file: string,
  rows: readonly SessionRow[],
  change: (document: ResultsDocument) => ResultsDocument = (document) => document,
): RecordedFile {
  return {
    kind: 'results',
    file,
    document: change({ ...sampleDocument, rows: rows.map(rowOf) }),
    leftOut: [],
  };
}

/** The sample's machine with fields of its own. */
export const onMachine =
  (machine: Partial<ResultsDocument['machine']>) =>
  (document: ResultsDocument): ResultsDocument => ({
    ...document,
    machine: { ...document.machine, ...machine },
  });

/** Another CPU of the same architecture, without a hypervisor. */
export function onBareXeon(document: ResultsDocument): ResultsDocument {
  const { hypervisor: _hypervisor, ...machine } = document.machine;
  return { ...document, machine: { ...machine, cpu: { ...machine.cpu, model: 'Intel Xeon' } } };
}
