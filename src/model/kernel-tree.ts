/** The model of a kernel tree: its tools/memory-model with the .def, .bell, .cat and lock.cat of its own. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDefinitions } from './kernel-definitions.ts';
import { ownMacros } from './kernel-macros.ts';
import { linkFrom, type KernelModel } from './models.ts';

/** A path that holds no model. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}

const configurationName = 'linux-kernel.cfg';

/**
 * Reads a model from a kernel tree or its tools/memory-model, from a `.cfg` (`macros`, `bell` and `model`
 * lines), or from a `.cat` file, which takes the primitives as our own lkmm does.
 * @throws ModelFileError, CatError
 */
export function readKernelModel(path: string): KernelModel {
  if (!existsSync(path)) throw new ModelFileError(`${path}: there is no such file or folder`);
  if (!statSync(path).isDirectory()) {
    return path.endsWith('.cfg') ? fromConfiguration(path) : fromCat(path);
  }
  const folders = [path, join(path, 'tools/memory-model')];
  const found = folders.map((folder) => join(folder, configurationName)).find((file) => existsSync(file));
  if (found !== undefined) return fromConfiguration(found);
  throw new ModelFileError(
    `${path} holds no ${configurationName}: name a kernel tree, its tools/memory-model, a .cfg or a .cat file`,
  );
}

function fromCat(path: string): KernelModel {
  const folder = dirname(path);
  return { name: path, linked: linkFrom(folder, [path.slice(folder.length + 1)]), macros: ownMacros };
}

function fromConfiguration(path: string): KernelModel {
  const folder = dirname(path);
  const settings = new Map(
    readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/, 2))
      .map(([key = '', value = '']) => [key, value]),
  );
  const model = settings.get('model');
  if (model === undefined)
    throw new ModelFileError(`${path} names no model: it needs a line "model FILE.cat"`);
  const bell = settings.get('bell');
  const macros = settings.get('macros');
  return {
    name: path,
    linked: linkFrom(folder, [...(bell === undefined ? [] : [bell]), model]),
    macros: macros === undefined ? ownMacros : definitions(join(folder, macros), path),
  };
}

function definitions(file: string, configuration: string) {
  if (!existsSync(file))
    throw new ModelFileError(`${configuration} names ${file}, and there is no such file`);
  return parseDefinitions(readFileSync(file, 'utf8'), file);
}
