import type { Session } from '../results/schema.ts';

/** Less is the clock's, and the machine's mood. */
const leastFactor = 1.5;

/** That the CPUs of a session were nearer to each other at one time than at another, in a sentence; or undefined. */
export function distanceSentence({ distance }: Pick<Session, 'distance'>): string | undefined {
  const sorted = (distance?.looks ?? []).map(({ roundTripNs }) => roundTripNs).toSorted((a, b) => a - b);
  const [least, most] = [sorted.at(0), sorted.at(-1)];
  const median = sorted[Math.floor(sorted.length / 2)];
  if (distance === undefined || least === undefined || most === undefined || median === undefined) {
    return undefined;
  }
  if (most < leastFactor * least) return undefined;
  const [first, second] = distance.cpus;
  return (
    `CPUs ${first} and ${second} were ${ns(least)} to ${ns(most)} ns apart (a cache line there and back, ` +
    `${ns(median)} at the median of ${sorted.length} looks), as when a hypervisor moves them from core to core: ` +
    'rates and prices change with it.'
  );
}

const ns = (value: number) => Math.round(value).toLocaleString('en');
