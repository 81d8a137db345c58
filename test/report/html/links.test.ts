import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkOf, testLink } from '../../../src/report/html/links.ts';
import { printable } from '../../../src/report/printable.ts';

const name = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom('\uD800', '%', 'a/b', '#'),
);

describe('links into the page', () => {
  it('lead back to the names that they were made of, as the page prints them', () => {
    fc.assert(
      fc.property(name, name, name, (test, strategy, machine) => {
        expect(linkOf(testLink(test, strategy, machine))).toEqual({
          test: printable(test),
          strategy: printable(strategy),
          machine: printable(machine),
        });
      }),
    );
  });

  it('need no escape in an attribute', () => {
    fc.assert(fc.property(name, (test) => !/["<>&\s]/.test(testLink(test))));
  });

  it('are nothing where a hash is no link', () => {
    for (const hash of ['', '#', '#answers', '#test/', '#test/%', '#test/%E0%A4%A']) {
      expect(linkOf(hash)).toBeUndefined();
    }
  });
});
