/** A count for a narrow column: exact below 10,000, then three digits and a unit (`12.3k`, `4.56M`). */
export function shortCount(n: number): string {
  if (n < 10_000) return String(Math.round(n));
  const units = ['k', 'M', 'G', 'T'];
  let scaled = n / 1000;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${threeDigits(scaled)}${units[unit]}`;
}

/** A rate such as 3/N: `4.1e-9`, 0 or 1. */
export function shortRate(rate: number): string {
  return rate === 0 ? '0' : rate.toExponential(1).replace('1.0e+0', '1');
}

/** Nanoseconds or ticks, to three digits and, unless it would be nothing, no more than a hundredth: `0.04`, `12.3`, `457`. */
export function shortNs(ns: number): string {
  if (ns > 0 && ns < 0.005) return String(Number(ns.toPrecision(2)));
  return ns < 999.5 ? threeDigits(ns) : shortCount(ns);
}

/** `3.2 s`, `41 s`, `2 min 5 s`. */
export function shortDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** `1 row`, `2 rows` */
export function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function threeDigits(n: number): string {
  return n.toFixed(n < 9.995 ? 2 : n < 99.95 ? 1 : 0);
}
