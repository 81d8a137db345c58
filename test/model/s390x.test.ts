import { describe } from 'vitest';
import { architectureModel } from '../../src/model/models.ts';
import { itGives } from './verdict.ts';

const z = architectureModel('s390x');

/**
 * PoP 5, "Relation between Operand Accesses": fetches come before all that follows and stores before
 * stores, as on x86 ("Herding Cats", section 4.8, on TSO: allowed exactly where some thread has a store
 * before a load).
 */
describe('z/Architecture, of fetches and stores,', () => {
  itGives(z, [
    ['SB', 'po', 'po', 'allowed'],
    ['MP', 'po', 'po', 'forbidden'],
    ['LB', 'po', 'po', 'forbidden'],
    ['S', 'po', 'po', 'forbidden'],
    ['R', 'po', 'po', 'allowed'],
    ['2+2W', 'po', 'po', 'forbidden'],
    ['WRC', 'po', 'po', 'forbidden'],
    ['RWC', 'po', 'po', 'allowed'],
    ['ISA2', 'po', 'po', 'po', 'forbidden'],
    ['W+RWC', 'po', 'po', 'po', 'allowed'],
    ['Z6.0', 'po', 'po', 'po', 'allowed'],
    ['Z6.1', 'po', 'po', 'po', 'forbidden'],
    ['Z6.2', 'po', 'po', 'po', 'forbidden'],
    ['Z6.3', 'po', 'po', 'po', 'forbidden'],
    ['Z6.4', 'po', 'po', 'po', 'allowed'],
    ['Z6.5', 'po', 'po', 'po', 'allowed'],
    ['3.SB', 'po', 'po', 'po', 'allowed'],
    ['IRIW', 'po', 'po', 'forbidden'],
    ['CoRR', 'po', 'forbidden'],
    ['CoWW', 'po', 'forbidden'],
    ['CoRW1', 'po', 'forbidden'],
    ['CoRW2', 'po', 'forbidden'],
    ['CoWR', 'po', '', 'forbidden'],
  ]);
});

/**
 * PoP, ibid.: a store precedes a later fetch from the same location. Adve and Gharachorloo, "Shared Memory
 * Consistency Models: A Tutorial", 1996, so has it for the IBM 370, where TSO differs.
 */
describe("z/Architecture, of fetches of a thread's own stores,", () => {
  itGives(z, [
    ['SB+rfi', 'po po', 'po po', 'forbidden'],
    ['MP+rfi', 'po', 'po po po', 'forbidden'],
  ]);
});

/** PoP 5, "CPU Serialization": all that comes before is complete before all that follows. */
describe('z/Architecture, of serialisation,', () => {
  itGives(z, [
    ['SB', 'SER', 'SER', 'forbidden'],
    ['SB', 'SER', 'po', 'allowed'],
    ['R', 'po', 'SER', 'forbidden'],
    ['R', 'SER', 'po', 'allowed'],
    ['RWC', 'po', 'SER', 'forbidden'],
    ['W+RWC', 'po', 'po', 'SER', 'forbidden'],
    ['Z6.0', 'po', 'po', 'SER', 'forbidden'],
    ['Z6.4', 'po', 'SER', 'SER', 'forbidden'],
    ['Z6.5', 'po', 'po', 'SER', 'forbidden'],
    ['3.SB', 'SER', 'SER', 'SER', 'forbidden'],
    ['3.SB', 'SER', 'SER', 'po', 'allowed'],
  ]);
});

/** PoP 7, "COMPARE AND SWAP": serialises before its fetch and after it is done, whether it swaps or not. */
describe('z/Architecture, of compare and swap,', () => {
  itGives(z, [
    ['SB', '[rmw SER] po', '[rmw SER] po', 'forbidden'],
    ['SB', 'po [rmw SER]', 'po [rmw SER]', 'forbidden'],
    ['SB', 'po [SER]', 'po [SER]', 'forbidden'],
    ['SB', '[rmw SER] po', 'po', 'allowed'],
    ['RMW+W', '[SER] rmw [SER]', '', 'forbidden'],
    ['RMW+RMW', '[SER] rmw [SER]', '[SER] rmw [SER]', 'forbidden'],
  ]);
});

/** PoP 5, "Specific-Operand Serialization": what comes before is complete; of what follows it says nothing. */
describe('z/Architecture, of interlocked updates,', () => {
  itGives(z, [
    ['SB', 'po [rmw SOS]', 'po [rmw SOS]', 'forbidden'],
    ['SB', '[rmw SOS] po', '[rmw SOS] po', 'allowed'],
    ['SB', '[rmw SOS] SER', '[rmw SOS] SER', 'forbidden'],
    ['RMW+W', '[SOS] rmw [SOS]', '', 'forbidden'],
    ['RMW+RMW', '[SOS] rmw [SOS]', '[SOS] rmw [SOS]', 'forbidden'],
  ]);
});
