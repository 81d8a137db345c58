import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRow, checksOf, modelNamed } from '../../src/checking/checks.ts';
import type { Decided } from '../../src/report/check.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fencepost-checks-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Message passing with a header, its first store by `store`. */
function messagePassing(header: string, store: string): string {
  const file = join(folder, 'MP.litmus');
  const threads = [
    `P0(int *x, int *y)\n{\n\t${store};\n\tWRITE_ONCE(*y, 1);\n}`,
    'P1(int *x, int *y)\n{\n\tint r0;\n\tint r1;\n\n\tr0 = READ_ONCE(*y);\n\tr1 = READ_ONCE(*x);\n}',
  ];
  writeFileSync(
    file,
    `C MP\n\n(*\n * ${header}\n *)\n\n{}\n\n${threads.join('\n\n')}\n\nexists (1:r0=1 /\\ 1:r1=0)\n`,
  );
  return file;
}

function outcome(header: string, { store = 'WRITE_ONCE(*x, 1)', model = 'lkmm' } = {}) {
  const checks = checksOf(messagePassing(header, store), ['kernel'], [modelNamed(model)]);
  return checkRow(checks, checks.checks[0]!, { timeoutMs: 30_000, explain: false }).outcome;
}

const contradicted = (header: string, given?: Parameters<typeof outcome>[1]) =>
  (outcome(header, given) as Decided).contradicted;

describe("a file's Result: line", () => {
  it('is contradicted where lkmm says otherwise, with its line', () => {
    expect(contradicted('Result: Never')).toEqual({ line: 4, result: 'Never' });
    expect(contradicted('Result: Sometimes')).toBeUndefined();
    expect(contradicted('Question: why?')).toBeUndefined();
  });

  it('says nothing of other models, nor in another word', () => {
    expect(contradicted('Result: Sometimes', { model: 'sc' })).toBeUndefined();
    expect(contradicted('Result: DEADLOCK')).toBeUndefined();
  });

  it('that owns up to a data race is right where there is one, and wrong where there is none', () => {
    expect(contradicted('Result: Never DATARACE', { store: '*x = 1' })).toBeUndefined();
    expect(contradicted('Result: Sometimes DATARACE')).toEqual({ line: 4, result: 'Sometimes DATARACE' });
  });
});

describe('a check', () => {
  it('says which primitive has no meaning in the model, and where it stands', () => {
    expect(outcome('', { store: 'WRITE_ONCE_NT(*x, 1)' })).toEqual({
      kind: 'no-meaning',
      reason: expect.stringMatching(/WRITE_ONCE_NT\(\).*line 11/),
    });
    expect(outcome('', { store: 'WRITE_ONCE_NT(*x, 1)', model: 'x86-tso' }).kind).toBe('decided');
  });

  it("under an architecture's model is of the machine code", () => {
    expect(outcome('', { model: 'x86-tso' })).toMatchObject({ observation: 'Never' });
    expect(outcome('', { model: 'arm64' })).toMatchObject({ observation: 'Sometimes' });
    expect(modelNamed('ppc64le').name).toBe('power');
  });

  it('of a name that is no model names those that are', () => {
    expect(() => modelNamed('lkm')).toThrow(/no model "lkm"; did you mean 'lkmm'\? Choose among lkmm, sc, /);
    expect(() => modelNamed('./nowhere.cat')).toThrow('no such file');
  });

  it('keeps what a cat text does wrong to one outcome, with its place', () => {
    const file = join(folder, 'wrong.cat');
    writeFileSync(file, '"wrong"\nlet a = R ; rf\nacyclic a as b\n');
    expect(outcome('', { model: file })).toMatchObject({
      kind: 'model-error',
      message: expect.stringContaining('wrong.cat:2:'),
    });
  });
});
