import { expect, test } from 'vitest';
import { structuresOf } from '../../src/model/structure.ts';
import { shape } from './shapes.ts';

test('a read is settled on no write whose address, open at the time, turns out to be another', () => {
  const { program } = shape('Wx=1 Rx=0 | Ry=0 Rx=0', '[rmw] addr [rmw]', '[rmw] addr');
  const structures = [...structuresOf(program, () => {})];
  expect(structures.length).toBeGreaterThan(0);
  for (const { events, settled } of structures) {
    for (const [read, write] of settled) expect(events[write]!.location).toBe(events[read]!.location);
  }
});
