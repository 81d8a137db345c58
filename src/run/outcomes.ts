import { observableName } from '../language/litmus-test.ts';
import type { MachineCode, Unlisted } from '../lower/machine-code.ts';
import { numberInPointer, type RunReply } from './addon.ts';

/** An outcome as it was counted: final values by observable name (`0:r1`, `x`), in text. */
export interface ObservedOutcome {
  readonly values: Readonly<Record<string, string>>;
  readonly count: number;
}

/** A reply's histogram with its numbers as decimals and its addresses as names of locations. */
export function outcomesOf(reply: RunReply, code: Unlisted<MachineCode>): readonly ObservedOutcome[] {
  const width = code.observed.length;
  return Array.from(reply.counts, (count, index) => ({
    values: Object.fromEntries(
      code.observed.map(({ observable, pointer }, place) => {
        const value = reply.values[index * width + place] ?? 0n;
        return [
          observableName(observable),
          pointer ? pointerText(value, code.layout.named) : value.toString(),
        ];
      }),
    ),
    count,
  }));
}

function pointerText(value: bigint, named: ReadonlyMap<number, string>): string {
  return numberInPointer(value)?.toString() ?? named.get(Number(value)) ?? `cell+${value}`;
}
