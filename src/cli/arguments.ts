/** What is typed behind options, as what it means. */
import { randomBytes } from 'node:crypto';
import { UsageError } from './problem.ts';

const msPerUnit: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  '': 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

/** `20s`, `500ms`, `5min`, `1h`; a bare number is seconds. */
export function milliseconds(text: string, option: string): number {
  const ms = timeIn(text);
  if (ms > 0) return ms;
  throw new UsageError(`${option} ${text}: give a time above zero, such as 20s, 500ms or 5min.`);
}

/** The same, or nothing: `0`. */
export function millisecondsOrNone(text: string, option: string): number {
  return timeIn(text) === 0 ? 0 : milliseconds(text, option);
}

function timeIn(text: string): number {
  const [, number, unit] = /^(\d*\.?\d+)\s*(ms|s|m|min|h|)$/.exec(text) ?? [];
  return Number(number) * (msPerUnit[unit ?? ''] ?? Number.NaN);
}

const countPerUnit: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };

/** `100000`, `1e8`, `5M`. */
export function wholeNumber(text: string, option: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?(?:e\d+)?)(k|M|G|)$/i.exec(text) ?? [];
  const count = Number(number) * (countPerUnit[unit ?? ''] ?? Number.NaN);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new UsageError(`${option} ${text}: give a whole number above zero, such as 1000000, 1e8 or 5M.`);
}

/** A seed as typed, or any. */
export function seedFrom(text: string | undefined): bigint {
  if (text === undefined) return randomBytes(8).readBigUInt64LE();
  if (/^\d+$/.test(text) && BigInt(text) < 1n << 64n) return BigInt(text);
  throw new UsageError(`--seed ${text}: give a whole number below 2^64.`);
}

/** A number between 0 and 1, such as 0.95 or 1e-6. */
export function share(text: string, option: string): number {
  const number = /^\d*\.?\d+(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (number > 0 && number < 1) return number;
  throw new UsageError(`${option} ${text}: give a number between 0 and 1, such as 0.95 or 1e-6.`);
}

/** An argument with its paths shortened to file names: `--results=/home/me/r` is `--results=r`. */
export function withoutFolders(argument: string): string {
  return argument.replace(/(^|[=,])[^=,]*\/(?=[^/])/g, '$1');
}
