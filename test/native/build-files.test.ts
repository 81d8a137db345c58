import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = (path: string) => readFileSync(`${root}${path}`, 'utf8');

const gyp = text('binding.gyp');
const cmake = text('native/CMakeLists.txt');
const sourcesOf = (build: string, pattern: RegExp) =>
  [...build.matchAll(pattern)].map(([, name]) => name).toSorted();

describe('node-gyp and CMake build the same addon', () => {
  it('of the same sources: all there are', () => {
    const all = readdirSync(`${root}native`).filter((name) => name.endsWith('.cc'));
    expect(sourcesOf(gyp, /"native\/(\w+\.cc)"/g)).toEqual(all.toSorted());
    expect(sourcesOf(cmake, /^\s+(\w+\.cc)$/gm)).toEqual(all.toSorted());
  });

  it.each([
    '-std=c++17',
    '-O3',
    '-Wall',
    '-Wextra',
    '-Werror',
    'NAPI_VERSION=8',
    'NODE_ADDON_API_CPP_EXCEPTIONS',
  ])('with %s', (flag) => {
    expect(gyp).toContain(flag);
    expect(cmake).toContain(flag);
  });
});
