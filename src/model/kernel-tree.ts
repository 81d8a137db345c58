/** The model of a kernel tree: its tools/memory-model with the .def, .bell, .cat and lock.cat of its own. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CatError, type Place } from './cat/cat-error.ts';
import { parseDefinitions } from './kernel-definitions.ts';
import { ownMacros } from './kernel-macros.ts';
import { linkFrom, type KernelModel } from './models.ts';

/** A path that holds no model. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}

const configurationName = 'linux-kernel.cfg';

/**
 * Reads a model from a kernel tree or its tools/memory-model, from a `.cfg` (`macros`, `bell`, `model` and
 * `variant` lines), or from a `.cat` file, which takes the primitives as our own lkmm does.
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

/** What a line of a configuration gives, and where. */
interface Setting {
  readonly value: string;
  readonly at: Place;
}

/** Settings of pictures, and herd7's others, are passed over. */
function fromConfiguration(path: string): KernelModel {
  const folder = dirname(path);
  const settings = settingsOf(path);
  const model = settings('model').at(-1);
  if (model === undefined) {
    throw new ModelFileError(`${path} names no model: it needs a line "model FILE.cat"`);
  }
  const bell = settings('bell').at(-1);
  const macros = settings('macros').at(-1);
  for (const named of [bell, model, macros]) if (named !== undefined) checkExists(folder, named);
  const variants = new Set(settings('variant').flatMap(({ value }) => value.split(',')));
  const files = bell === undefined ? [model.value] : [bell.value, model.value];
  const linked = linkFrom(folder, files, variants);
  if (macros === undefined) return { name: path, linked, macros: ownMacros };
  const file = join(folder, macros.value);
  const tags = bell === undefined ? undefined : linked.tags;
  return { name: path, linked, macros: parseDefinitions(readFileSync(file, 'utf8'), file, tags) };
}

function settingsOf(path: string): (key: string) => readonly Setting[] {
  const settings = readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const [, start, key, value] = /^(\s*(\w+)\s+)(\S+)/.exec(text) ?? [];
      if (start === undefined || key === undefined || value === undefined) return [];
      return [{ key, value, at: { file: path, line: index + 1, column: start.length + 1 } }];
    });
  return (key) => settings.filter((setting) => setting.key === key);
}

function checkExists(folder: string, { value, at }: Setting): void {
  const file = join(folder, value);
  if (existsSync(file) && statSync(file).isFile()) return;
  throw new CatError(`there is no file ${file}: name one beside this file`, at);
}
