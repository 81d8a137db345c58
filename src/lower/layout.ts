import type { LitmusTest } from '../language/litmus-test.ts';
import { typesOf } from '../language/types.ts';
import { elementStrideBytes, locationBytes, locationsOf } from './locations.ts';
import type { Location } from './locations.ts';
import { LoweringError } from './lowering-error.ts';
import type { CellLayout, LayoutName } from './machine-code.ts';

/** Arrays start on a page of their own, whatever the page's size on the machine is: 4096 is the least. */
const pageBytes = 4096;
/** Added to each array's start: an odd multiple of 64 bytes, so 128-byte lines differ too. */
const skewBytes = 128;
const firstSkewBytes = 64;

/**
 * Places a test's locations for `cells` iterations, `spacingBytes` apart (rounded up to a multiple of
 * 8; the same for every array, so one pointer walks them all). Throws a LoweringError where the
 * spacing cannot hold what lies together, or where the kernel layout has no `Struct:` to follow.
 */
export function cellLayout(
  test: LitmusTest,
  name: LayoutName,
  spacingBytes: number,
  cells: number,
): CellLayout {
  const spacing = roundUp(spacingBytes, elementStrideBytes);
  const groups = groupsOf(test, name);
  const least = leastSpacingBytes(groups);
  if (spacing < least) {
    throw new LoweringError(
      `the ${name} layout of ${test.name} needs ${least} bytes for each iteration, and the spacing is ` +
        `${spacingBytes}: use a spacing of at least ${least} bytes`,
    );
  }
  const offsets = new Map<string, number>();
  const named = new Map<number, string>();
  let endBytes = 0;
  groups.forEach((group, index) => {
    const start = groups.length === 1 ? 0 : startOf(index, groups, endBytes);
    let offset = start;
    for (const location of group) {
      offsets.set(location.name, offset);
      for (let index = 0; index < location.elements; index++) {
        named.set(
          offset + index * elementStrideBytes,
          index === 0 ? location.name : `${location.name}[${index}]`,
        );
      }
      offset += locationBytes(location);
    }
    endBytes = start + cells * spacing;
  });
  return {
    name,
    spacingBytes: spacing,
    cells,
    offsets,
    named,
    sizeBytes: Math.max(endBytes, cells * spacing),
  };
}

/** The least spacing that `cellLayout` accepts for this test and layout. */
export function leastSpacing(test: LitmusTest, name: LayoutName): number {
  return leastSpacingBytes(groupsOf(test, name));
}

/** What lies next to each other, in order: each group becomes one array of records. */
type Group = readonly Location[];

function groupsOf(test: LitmusTest, name: LayoutName): readonly Group[] {
  const locations = locationsOf(test, typesOf(test));
  const all = [...locations.values()];
  switch (name) {
    case 'split':
      return all.map((location) => [location]);
    case 'packed':
      return [all];
    case 'kernel': {
      const record = structOf(test, locations);
      return [record, ...all.filter((location) => !record.includes(location)).map((location) => [location])];
    }
  }
}

function structOf(test: LitmusTest, locations: ReadonlyMap<string, Location>): Group {
  if (test.header.struct.length === 0) {
    throw new LoweringError(
      `${test.name} has no kernel layout: name the struct's fields, in order, in a "Struct:" line of its header`,
    );
  }
  return test.header.struct.map((field) => {
    const location = locations.get(field);
    if (location !== undefined) return location;
    throw new LoweringError(
      `the "Struct:" line of ${test.name} names ${field}, which is no location of the test: leave it out or correct it`,
    );
  });
}

function leastSpacingBytes(groups: readonly Group[]): number {
  return Math.max(elementStrideBytes, ...groups.map(groupBytes));
}

function groupBytes(group: Group): number {
  return group.reduce((sum, location) => sum + locationBytes(location), 0);
}

/**
 * Where a group's array starts: on a page after the last array's end, then skewed past the lines that
 * the groups before it take within their pages, so that no two locations of one iteration share
 * their low 12 address bits (as long as all of them together fit in a page).
 */
function startOf(index: number, groups: readonly Group[], endBytes: number): number {
  const skew = groups
    .slice(0, index)
    .reduce((sum, group) => sum + roundUp(groupBytes(group), skewBytes), firstSkewBytes);
  return roundUp(endBytes, pageBytes) + (skew % pageBytes);
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
