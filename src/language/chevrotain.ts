import { existsSync } from 'node:fs';

/**
 * Chevrotain, whose entry imports seven hundred small files, its own and lodash's: a third of a second
 * before any command does anything. The package also ships as one file beside them, which it does not
 * name among its exports; where that is gone, the entry is as good.
 */
const entry = import.meta.resolve('chevrotain');
const oneFile = new URL('../chevrotain.mjs', entry);
const chevrotain = (await import(existsSync(oneFile) ? oneFile.href : entry)) as typeof import('chevrotain');

export const { createToken, EmbeddedActionsParser, EOF, Lexer } = chevrotain;
