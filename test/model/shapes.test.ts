import { describe, expect, it } from 'vitest';
import { classic, shape } from './shapes.ts';
import type { PathEvent } from '../../src/model/program.ts';

function eventsOf(thread: number, ...[name, ...texts]: Parameters<typeof classic>): readonly PathEvent[] {
  return classic(name, ...texts).program.threads[thread]![0]!.events;
}

const kinds = (events: readonly PathEvent[]) => events.map(({ kind, sets }) => [kind, ...sets].join(' '));

describe('the shapes that tables of verdicts are made of', () => {
  it('have the accesses and the fences of their threads in order', () => {
    const events = eventsOf(0, 'MP', 'DMB.ISH+F2&RW', 'po');
    expect(kinds(events)).toEqual(['write', 'other F DMB.ISH', 'other F F2 RW', 'write']);
  });

  it('ask for what the reads return, and for final values', () => {
    expect(classic('S', 'po', 'po').condition).toMatchObject({
      kind: 'and',
      left: { observable: { kind: 'register', thread: 1, name: 'r0' }, value: { value: 1n } },
      right: { observable: { kind: 'location', name: 'x' }, value: { value: 2n } },
    });
  });

  it('have dependencies on the access before, a control dependency for the whole rest', () => {
    const [read, fence, write, own, last] = eventsOf(1, 'MP+rfi', 'po', 'ctrl+ISB po po');
    expect(read!.ctrl).toEqual([]);
    for (const { ctrl } of [fence!, write!, own!, last!]) expect(ctrl).toEqual([0]);
    expect(eventsOf(1, 'MP', 'po', 'addr')[1]!.addr).toEqual([0]);
    expect(eventsOf(1, 'LB', 'po', 'data')[1]!.data).toEqual([0]);
  });

  it('take an access apart into the halves of a read-modify-write', () => {
    const events = eventsOf(0, 'SB', '[rmw A | L] po', 'po');
    expect(kinds(events)).toEqual(['read A', 'write L', 'read']);
    expect(events[1]!.rmw).toBe(0);
    expect(events[2]!.rmw).toBeUndefined();
  });

  it('leave a register to each read that the shape has, and none to those of its writes', () => {
    const { program } = classic('SB', '[rmw X] po', 'po');
    expect([...program.threads[0]![0]!.registers]).toEqual([['r0', { kind: 'read', read: 2 }]]);
  });

  it('take a text for each thread, or for each that has an edge', () => {
    expect(eventsOf(1, 'WRC', 'addr', 'po')[1]!.addr).toEqual([0]);
    expect(eventsOf(1, 'WRC', '', 'addr', 'po')[1]!.addr).toEqual([0]);
    expect(kinds(eventsOf(0, 'WRC', '[NT]', 'addr', 'po'))).toEqual(['write NT']);
  });

  it.each([
    [['MP', 'po'], /takes 2 or 2 threads, not 1/],
    [['MP', 'po po', 'po'], /2 edges for 2 accesses/],
    [['MP', 'adr', 'po'], /neither po, a dependency nor a fence/],
    [['MP', 'addr', 'po'], /a write has no addr dependency/],
    [['MP', 'po', 'data'], /the end of no data or rmw edge/],
  ] as const)('refuse texts that do not fit: %j', ([name, ...texts], message) => {
    expect(() => classic(name, ...texts)).toThrow(message);
  });

  it('refuse what is no access', () => {
    expect(() => shape('Wx=1 Qy=0', 'po')).toThrow(/no access/);
  });
});
