import { describe, expect, it } from 'vitest';
import { controlsAmong } from '../../src/judge/controls.ts';
import type { Architecture } from '../../src/architecture.ts';
import { parseLitmus } from '../../src/language/parser.ts';

const twoThreads = (name: string, header: string) =>
  parseLitmus(
    `C ${name}\n(*\n${header}\n*)\n{}\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\nP1(int *x)\n{\n\tWRITE_ONCE(*x, 2);\n}\nexists (x=1)\n`,
    `${name}.litmus`,
  );

const subject = twoThreads('subject', 'Controls: none on arm64\nControls: helper on x86-64');
const swapped = twoThreads('swapped', 'Vouches-for: subject other');
const nonTemporal = twoThreads('non-temporal', 'Vouches-for: subject on x86-64 in split');
const everywhere = twoThreads('everywhere', 'Vouches-for: *');
const helper = twoThreads('helper', 'Question: does it help?');
const suite = [subject, swapped, nonTemporal, everywhere, helper];

const controlsOf = controlsAmong(suite);
const names = (architecture: Architecture, layout: string) =>
  controlsOf(subject, architecture, layout).map(({ test, strategy }) => `${test}/${strategy}`);

describe('the controls of a test', () => {
  it('are those that vouch for it on this architecture and in this layout', () => {
    expect(names('x86-64', 'split')).toEqual([
      'swapped/kernel',
      'non-temporal/kernel',
      'everywhere/kernel',
      'helper/kernel',
    ]);
    expect(names('x86-64', 'packed')).not.toContain('non-temporal/kernel');
    expect(names('arm64', 'split')).not.toContain('non-temporal/kernel');
  });

  it('may be strategies of its own', () => {
    expect(names('arm64', 'split')).toContain('subject/none');
  });

  it('never include the test itself', () => {
    expect(controlsOf(everywhere, 'x86-64', 'split')).toEqual([]);
  });
});
