import { expect, test } from 'vitest';
import { watchDistance, watchedCpus } from '../../src/run/distance.ts';
import { plannedTests } from '../plan/planned-tests.ts';

/** A runner whose CPUs are so far apart, look by look; undefined: it gives no answer. */
function apart(...roundTripsNs: readonly (number | undefined)[]) {
  const asked: unknown[] = [];
  return {
    asked,
    pingPong: async (request: unknown) => {
      const reply = roundTripsNs[asked.push(request) - 1];
      return reply === undefined
        ? ({ kind: 'failed', message: 'not done within 10 s' } as const)
        : ({ kind: 'reply', reply } as const);
    },
  };
}

test('two CPUs are looked at now and then, and not before each block', async () => {
  let nowMs = 0;
  const runner = apart(29, 64, 312);
  const watch = watchDistance([2, 5], () => nowMs);
  for (nowMs = 10; nowMs < 600; nowMs += 50) await watch.look(runner);
  expect(runner.asked).toHaveLength(3);
  expect(runner.asked[0]).toMatchObject({ firstCpu: 2, secondCpu: 5 });
  expect(watch.seen()).toEqual({
    distance: {
      cpus: [2, 5],
      looks: [
        { atMs: 10, roundTripNs: 29 },
        { atMs: 260, roundTripNs: 64 },
        { atMs: 510, roundTripNs: 312 },
      ],
    },
  });
});

test('looks are told once, and those of the session that is gone on with are there with them', async () => {
  let nowMs = 700;
  const runner = apart(64, 65);
  const earlier = [{ atMs: 600, roundTripNs: 300 }];
  const watch = watchDistance([0, 1], () => nowMs, earlier);
  expect(watch.news()).toEqual({});
  await watch.look(runner);
  expect(watch.news()).toEqual({ distance: { cpus: [0, 1], looks: [{ atMs: 700, roundTripNs: 64 }] } });
  nowMs = 1000;
  await watch.look(runner);
  expect(watch.news().distance?.looks).toEqual([{ atMs: 1000, roundTripNs: 65 }]);
  expect(watch.news()).toEqual({});
  expect(watch.seen().distance?.looks.map(({ atMs }) => atMs)).toEqual([600, 700, 1000]);
});

test('a look without an answer, or while one CPU did not run, leaves a gap', async () => {
  let nowMs = 0;
  const watch = watchDistance([0, 1], () => nowMs);
  const runner = apart(undefined, 1_177_165, 64);
  await watch.look(runner);
  nowMs = 300;
  await watch.look(runner);
  expect(watch.seen()).toEqual({});
  nowMs = 600;
  await watch.look(runner);
  expect(watch.seen().distance?.looks).toEqual([{ atMs: 600, roundTripNs: 64 }]);
});

test('the longer a look takes, the longer it is until the next, answer or none', async () => {
  let nowMs = 0;
  const asked: number[] = [];
  const slow = {
    pingPong: async () => {
      asked.push(nowMs);
      nowMs += 40;
      return { kind: 'failed', message: 'not done within 10 s' } as const;
    },
  };
  const watch = watchDistance([0, 1], () => nowMs);
  for (; nowMs < 3000; nowMs += 20) await watch.look(slow);
  expect(asked).toEqual([0, 2000]);
});

test('without two CPUs there is nothing to look at', async () => {
  const runner = apart(64);
  const watch = watchDistance(undefined, () => 0);
  await watch.look(runner);
  expect(runner.asked).toEqual([]);
  expect(watch.seen()).toEqual({});
});

test('the CPUs are those of a test, where it is pinned to two', () => {
  const [planned] = plannedTests(['SB']);
  if (planned === undefined) throw new Error('nothing is planned');
  const on = (cpus: readonly number[]) => ({
    ...planned,
    plans: planned.plans.map((placed) => ({ ...placed, affinity: { ...placed.affinity, cpus } })),
  });
  expect(watchedCpus([planned])).toEqual([0, 1]);
  expect(watchedCpus([on([3, 3]), on([3, 7, 3])])).toEqual([3, 7]);
  expect(watchedCpus([on([-1, -1])])).toBeUndefined();
});
