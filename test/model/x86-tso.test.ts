import { describe } from 'vitest';
import { architectureModel } from '../../src/model/models.ts';
import { itGives } from './verdict.ts';

const x86 = architectureModel('x86-64');

/** Intel SDM, volume 3, "Examples Illustrating the Memory-Ordering Principles"; x86-TSO, CACM 2010, section 2. */
describe('x86-TSO, of ordinary loads and stores,', () => {
  itGives(x86, [
    ['MP', 'po', 'po', 'forbidden'], // Neither loads nor stores are reordered with like operations.
    ['LB', 'po', 'po', 'forbidden'], // Stores are not reordered with earlier loads.
    ['SB', 'po', 'po', 'allowed'], // Loads may be reordered with earlier stores to different locations.
    ['CoWR', 'po', '', 'forbidden'], // Loads are not reordered with earlier stores to the same location.
    ['SB+rfi', 'po po', 'po po', 'allowed'], // Intra-processor forwarding is allowed.
    ['WRC', 'po', 'po', 'forbidden'], // Stores are transitively visible.
    ['IRIW', 'po', 'po', 'forbidden'], // Stores are seen in a consistent order by other processors.
    ['2+2W', 'po', 'po', 'forbidden'],
    ['S', 'po', 'po', 'forbidden'],
    ['R', 'po', 'po', 'allowed'],
    ['CoRR', 'po', 'forbidden'],
    ['CoWW', 'po', 'forbidden'],
    ['CoRW1', 'po', 'forbidden'],
    ['CoRW2', 'po', 'forbidden'],
  ]);
});

/** Allowed exactly where some thread has a store before a load: "Herding Cats", section 4.8, on TSO. */
describe('x86-TSO, of three and more threads,', () => {
  itGives(x86, [
    ['RWC', 'po', 'po', 'allowed'],
    ['WWC', 'po', 'po', 'forbidden'],
    ['WRR+2W', 'po', 'po', 'forbidden'],
    ['WRW+WR', 'po', 'po', 'allowed'],
    ['WRW+2W', 'po', 'po', 'forbidden'],
    ['ISA2', 'po', 'po', 'po', 'forbidden'],
    ['W+RWC', 'po', 'po', 'po', 'allowed'],
    ['Z6.0', 'po', 'po', 'po', 'allowed'],
    ['Z6.1', 'po', 'po', 'po', 'forbidden'],
    ['Z6.2', 'po', 'po', 'po', 'forbidden'],
    ['Z6.3', 'po', 'po', 'po', 'forbidden'],
    ['Z6.4', 'po', 'po', 'po', 'allowed'],
    ['Z6.5', 'po', 'po', 'po', 'allowed'],
    ['3.SB', 'po', 'po', 'po', 'allowed'],
    ['3.LB', 'po', 'po', 'po', 'forbidden'],
    ['3.2W', 'po', 'po', 'po', 'forbidden'],
  ]);
});

/** SDM, volume 3, "Memory Ordering in P6 and More Recent Processor Families"; x86-TSO, CACM 2010, section 3. */
describe('x86-TSO, of fences between a store and a load,', () => {
  itGives(x86, [
    ['SB', 'MFENCE', 'MFENCE', 'forbidden'],
    ['SB', 'MFENCE', 'po', 'allowed'],
    ['SB', 'SFENCE', 'SFENCE', 'allowed'],
    ['SB', 'LFENCE', 'LFENCE', 'allowed'],
    ['SB+rfi', 'po MFENCE', 'po MFENCE', 'forbidden'],
    ['SB+rfi', 'MFENCE po', 'MFENCE po', 'forbidden'],
    ['R', 'po', 'MFENCE', 'forbidden'],
    ['R', 'MFENCE', 'po', 'allowed'],
    ['RWC', 'po', 'MFENCE', 'forbidden'],
    ['WRW+WR', 'po', 'MFENCE', 'forbidden'],
    ['W+RWC', 'po', 'po', 'MFENCE', 'forbidden'],
    ['Z6.0', 'po', 'po', 'MFENCE', 'forbidden'],
    ['Z6.4', 'po', 'MFENCE', 'MFENCE', 'forbidden'],
    ['Z6.4', 'po', 'MFENCE', 'po', 'allowed'],
    ['Z6.5', 'po', 'po', 'MFENCE', 'forbidden'],
    ['3.SB', 'MFENCE', 'MFENCE', 'MFENCE', 'forbidden'],
    ['3.SB', 'MFENCE', 'MFENCE', 'po', 'allowed'],
  ]);
});

/** SDM, volume 3: locked instructions have a total order, and loads and stores are not reordered with them. */
describe('x86-TSO, of locked instructions,', () => {
  itGives(x86, [
    ['SB', '[rmw X] po', '[rmw X] po', 'forbidden'],
    ['SB', 'po [rmw X]', 'po [rmw X]', 'forbidden'],
    ['SB', '[rmw X] po', 'po [rmw X]', 'forbidden'],
    ['SB', '[rmw X] po', 'po', 'allowed'],
    ['SB', 'po [X]', 'po [X]', 'forbidden'], // A compare and swap that failed is locked too.
    ['R', 'po', '[rmw X] po', 'forbidden'],
    ['IRIW', '[rmw X]', 'po', '[rmw X]', 'po', 'forbidden'],
    ['RMW+W', '[X] rmw [X]', '', 'forbidden'],
    ['RMW+RMW', '[X] rmw [X]', '[X] rmw [X]', 'forbidden'],
  ]);
});

/**
 * SDM, volume 3, "Memory Ordering in P6 and More Recent Processor Families" (its exceptions for
 * non-temporal moves) and volume 1, "Cacheability Control Instructions"; Raad, Maranget and Vafeiadis,
 * POPL 2022, section 2.
 */
describe('x86-TSO, of non-temporal stores,', () => {
  itGives(x86, [
    ['MP', '[NT] po', 'po', 'allowed'],
    ['MP', '[NT] po [NT]', 'po', 'allowed'],
    ['MP', '[NT] SFENCE', 'po', 'forbidden'],
    ['MP', '[NT] SFENCE [NT]', 'po', 'forbidden'],
    ['MP', '[NT] MFENCE', 'po', 'forbidden'],
    ['MP', '[NT] LFENCE', 'po', 'allowed'],
    ['MP', '[NT] po [rmw X]', 'po', 'forbidden'],
    ['2+2W', '[NT] po', 'po', 'allowed'],
    ['2+2W', '[NT] SFENCE', 'SFENCE', 'forbidden'],
    ['S', '[NT] po', 'po', 'allowed'],
    ['S', '[NT] SFENCE', 'po', 'forbidden'],
    ['SB', '[NT] SFENCE', '[NT] SFENCE', 'allowed'],
    ['SB', '[NT] MFENCE', '[NT] MFENCE', 'forbidden'],
    ['SB', '[NT] po [rmw X]', '[NT] po [rmw X]', 'forbidden'],
    ['LB', 'po [NT]', 'po [NT]', 'forbidden'], // Writes are not reordered with earlier reads.
    ['WRC', 'po [NT]', 'po', 'forbidden'],
    ['CoWW', '[NT] po', 'forbidden'],
    ['CoWW', 'po [NT]', 'forbidden'],
    ['CoWW', '[NT] po [NT]', 'forbidden'],
    ['CoWR', '[NT] po', '', 'forbidden'],
  ]);
});
