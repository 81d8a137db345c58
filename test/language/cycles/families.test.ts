import { describe, expect, it } from 'vitest';
import { familiesOf } from '../../../src/language/cycles/families.ts';

const namesOf = (threads: number) => familiesOf(threads).map(({ name }) => name);

describe('families', () => {
  it('of two threads are the six of two locations, and two of coherence', () => {
    expect(namesOf(2).toSorted()).toEqual(['2+2W', 'CoRR', 'CoRW2', 'LB', 'MP', 'R', 'S', 'SB']);
  });

  it('of three threads are those that the field has names for', () => {
    const lone = ['WRC', 'RWC', 'WWC', 'WRW+WR', 'WRR+2W', 'WRW+2W'];
    const others = ['3.2W', '3.LB', '3.SB', 'ISA2', 'W+RWC', 'Z6.0', 'Z6.1', 'Z6.2', 'Z6.3', 'Z6.4', 'Z6.5'];
    expect(namesOf(3).toSorted()).toEqual([...lone, ...others].toSorted());
  });

  it('of four threads are 45, most of them called by the ends of their threads', () => {
    const names = namesOf(4);
    expect(names).toHaveLength(45);
    expect(names.filter((name) => !/^W+\+/.test(name)).toSorted()).toEqual([
      '4.2W',
      '4.LB',
      '4.SB',
      'IRIW',
      'IRRWIW',
      'IRWIW',
    ]);
    expect(names).toContain('W+RW+RR+WR');
    expect(names).toContain('WW+RW+WW+WR');
  });

  it('are each named once', () => {
    const names = [2, 3, 4].flatMap(namesOf);
    expect(new Set(names).size).toBe(names.length);
  });

  it('hold what each name stands for', () => {
    const ends = new Map([2, 3, 4].flatMap(familiesOf).map(({ name, threads }) => [name, threads.join(' ')]));
    expect(ends.get('MP')).toBe('WW RR');
    expect(ends.get('WRC')).toBe('W RW RR');
    expect(ends.get('ISA2')).toBe('WW RW RR');
    expect(ends.get('Z6.0')).toBe('WW RW WR');
    expect(ends.get('IRIW')).toBe('W RR W RR');
    expect(ends.get('R')).toBe('WW WR');
    expect(ends.get('S')).toBe('WW RW');
  });
});
