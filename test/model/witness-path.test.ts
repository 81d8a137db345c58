import { expect, it } from 'vitest';
import { parseLitmus } from '../../src/language/parser.ts';
import { checkProgram } from '../../src/model/check.ts';
import { kernelProgram } from '../../src/model/kernel-program.ts';
import { ownKernelModel } from '../../src/model/models.ts';
import { witnessPath, type Gap } from '../../src/model/witness-path.ts';

/** The path of the first execution that satisfies the condition under LKMM. */
function pathOf(source: string, gaps: readonly Gap[]) {
  const test = parseLitmus(source, 'test.litmus');
  const { linked, macros } = ownKernelModel('lkmm');
  const { witness } = checkProgram(test, kernelProgram(test, macros), linked, { timeoutMs: 10_000 });
  if (witness === undefined) throw new Error('no witness');
  return witnessPath(witness, gaps);
}

const storeBuffering = `C SB
{}
P0(int *x, int *y)
{
	int r0;
	WRITE_ONCE(*x, 1);

	r0 = READ_ONCE(*y);
}
P1(int *x, int *y)
{
	int r0;
	WRITE_ONCE(*y, 1);
	smp_mb();
	r0 = READ_ONCE(*x);
}
exists (0:r0=0 /\\ 1:r0=0)`;

it('is a cycle that ends with the step across the gap, each step with its place and its value', () => {
  const path = pathOf(storeBuffering, [{ thread: 0, lines: [7] }]);
  if (path.kind !== 'cycle') throw new Error('no cycle');
  expect(path.steps.map(({ thread, line, kind, value, edge }) => [thread, line, kind, value, edge])).toEqual([
    [0, 8, 'read', '0', 'fr'],
    [1, 13, 'write', '1', 'po'],
    [1, 15, 'read', '0', 'fr'],
    [0, 6, 'write', '1', 'po'],
  ]);
  expect(path.steps.map(({ acrossGap }) => acrossGap)).toEqual([false, false, false, true]);
});

it('is a cycle all the same where none goes across a gap', () => {
  const path = pathOf(storeBuffering, []);
  if (path.kind !== 'cycle') throw new Error('no cycle');
  expect(path.steps.map(({ edge }) => edge).toSorted()).toEqual(['fr', 'fr', 'po', 'po']);
  expect(path.steps.some(({ acrossGap }) => acrossGap)).toBe(false);
});

it('takes the lost order of an access for a gap at the access itself', () => {
  const source = `C MP
{}
P0(int *x, int *y)
{
	WRITE_ONCE(*x, 1);
	smp_wmb();
	WRITE_ONCE(*y, 1);
}
P1(int *x, int *y)
{
	int r0;
	int r1;
	r0 = READ_ONCE(*y);
	r1 = READ_ONCE(*x);
}
exists (1:r0=1 /\\ 1:r1=0)`;
  const path = pathOf(source, [{ thread: 1, lines: [13] }]);
  if (path.kind !== 'cycle') throw new Error('no cycle');
  const last = path.steps.at(-1);
  expect([last?.line, last?.edge, last?.acrossGap]).toEqual([13, 'po', true]);
});

it('is the turns that the threads take where nothing is out of order', () => {
  const source = `C turns
{}
P0(int *x)
{
	int r0;
	int r1;
	r0 = READ_ONCE(*x);
	r1 = READ_ONCE(*x);
}
P1(int *x)
{
	WRITE_ONCE(*x, 1);
}
exists (0:r0=0 /\\ 0:r1=1)`;
  const path = pathOf(source, [{ thread: 0, lines: [7, 8] }]);
  if (path.kind !== 'interleaving') throw new Error('a cycle');
  expect(path.turns.map(({ thread, first, last }) => [thread, first.line, last.line])).toEqual([
    [0, 7, 7],
    [1, 12, 12],
    [0, 8, 8],
  ]);
});
