import { architectures } from '../../../src/architecture.ts';
import type { RecordedFile } from '../../../src/results/recorded-files.ts';
import type { ResultsDocument, Row } from '../../../src/results/schema.ts';
import { block, digestOf, rowOf } from '../../evidence/recorded-session.ts';
import { sampleDocument } from '../../results/sample-document.ts';

const strategies = ['kernel', 'no-smp_wmb@14'] as const;
const blocksOfRow = 5;
const iterationsOfBlock = 500_000;

/**
 * Made-up results of a survey: machines of all architectures, tests that differ in how often they are
 * seen, machines that differ too, and on x86-64 strategies that are the same code. No two counts are
 * alike, so the page finds nothing to save on that real results would not have.
 */
export function manyMachines(machines: number, tests: number): readonly RecordedFile[] {
  const random = generator(1);
  return Array.from({ length: machines }, (_, machine) => {
    const architecture = architectures[machine % architectures.length] ?? 'arm64';
    const rows = Array.from({ length: tests }, (_, test) => rowsOfTest(test, architecture, random)).flat();
    const document: ResultsDocument = {
      ...sampleDocument,
      machine: {
        ...sampleDocument.machine,
        architecture,
        cpu: { ...sampleDocument.machine.cpu, model: `Survey ${machine + 1}` },
      },
      rows,
    };
    return { kind: 'results', file: `survey-${machine}.json`, document, leftOut: [] };
  });
}

function rowsOfTest(test: number, architecture: string, random: () => number): readonly Row[] {
  const name = `T${String(test).padStart(3, '0')}+wmb+rmb`;
  return strategies.map((strategy): Row => {
    const same = architecture === 'x86-64' && strategy !== 'kernel';
    const seen = strategy !== 'kernel';
    const rate = seen ? 10 ** (-2 - 4 * random()) : 0;
    const blocks = Array.from({ length: blocksOfRow }, () =>
      block(
        Math.round(rate * iterationsOfBlock * (0.5 + random())),
        iterationsOfBlock + Math.round(1000 * random()),
      ),
    );
    const row = rowOf({
      test: name,
      strategy,
      blocks,
      verdict: seen ? 'seen' : 'upheld',
      reason: seen ? 'seen' : 'never while its controls fired',
      code: `${name} ${strategy} ${architecture}`,
      ...(same ? { sameCodeAs: 'kernel' } : {}),
    });
    const outcomes = row.runs[0]?.outcomes ?? [];
    const others = ['1', '2'].map((value) => ({
      values: { '0:r0': value, '1:r0': '1' },
      count: Math.round(1e6 * random()),
    }));
    return {
      ...row,
      test: { ...row.test, file: `survey/${name}.litmus`, digest: digestOf(name) },
      runs: row.runs.map((run) => ({ ...run, outcomes: [...outcomes, ...others] })),
    };
  });
}

/** A linear congruential generator: the same numbers in every run. */
function generator(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn;
    return Number(state >> 40n) / 2 ** 24;
  };
}
