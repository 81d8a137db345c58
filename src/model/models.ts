/** The models: our own by name, and those of a folder or a file that a user names. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Architecture } from '../architecture.ts';
import { linkModel, type LinkedModel, type Loader } from './cat/linked.ts';
import { ownMacros, type Macros } from './kernel-macros.ts';

/** A model of the kernel's C, with what it takes the primitives for. */
export interface KernelModel {
  readonly name: string;
  readonly linked: LinkedModel;
  readonly macros: Macros;
}

/** In the package as they are written: from here and from the compiled file alike. */
const library = fileURLToPath(new URL('../../src/model/models/', import.meta.url));

/** Our own models' texts by the name that `--model` takes. */
export const kernelModelNames = ['lkmm', 'sc'] as const;

const linkedOwn = new Map<string, LinkedModel>();

/** One of our own models. */
export function ownModel(name: string): LinkedModel {
  const known = linkedOwn.get(name);
  if (known !== undefined) return known;
  const linked = linkModel(['stdlib.cat', `${name}.cat`], loader(undefined));
  linkedOwn.set(name, linked);
  return linked;
}

export function ownKernelModel(name: (typeof kernelModelNames)[number]): KernelModel {
  return { name, linked: ownModel(name), macros: ownMacros };
}

/** The model of what an architecture's machine code may do. */
export function architectureModel(architecture: Architecture): LinkedModel {
  return ownModel(architectureModelNames[architecture]);
}

export const architectureModelNames: Readonly<Record<Architecture, string>> = {
  'x86-64': 'x86-tso',
  arm64: 'arm64',
  ppc64le: 'power',
  s390x: 's390x',
  riscv64: 'riscv',
};

/** A file by name: from the model's own folder first, then from the library. */
function loader(folder: string | undefined): Loader {
  return (file) => {
    for (const path of [
      ...(folder === undefined ? [] : [join(folder, file)]),
      join(library, basename(file)),
    ]) {
      if (existsSync(path) && statSync(path).isFile())
        return { source: readFileSync(path, 'utf8'), name: path };
    }
    return undefined;
  };
}

/** A model of files in a folder, which may include those of our library. */
export function linkFrom(
  folder: string,
  files: readonly string[],
  variants?: ReadonlySet<string>,
): LinkedModel {
  return linkModel(['stdlib.cat', ...files], loader(folder), variants);
}
