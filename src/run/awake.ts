import { readFileSync } from 'node:fs';

/**
 * Time is counted in steps. One that takes longer counts as any other: this process was stopped meanwhile, or
 * got no CPU, and so perhaps did the other.
 */
const stepMs = 200;

/**
 * Calls `act` once when `ms` have passed in which the process `pid` could run: while it is stopped (SIGSTOP,
 * a debugger), or this process is, no time passes. Where /proc does not tell, all time counts.
 * @returns what cancels it.
 */
export function afterAwake(pid: number | undefined, ms: number, act: () => void): () => void {
  let leftMs = ms;
  let timer: NodeJS.Timeout;
  const wait = () => {
    const stepOfMs = Math.min(stepMs, leftMs);
    timer = setTimeout(() => {
      if (!isStopped(pid)) leftMs -= stepOfMs;
      if (leftMs > 0) wait();
      else act();
    }, stepOfMs);
  };
  wait();
  return () => clearTimeout(timer);
}

/** proc(5), /proc/PID/stat: the state is the letter behind the name, which may hold anything but ends at the last ")". */
function isStopped(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^ [Tt]/.test(stat.slice(stat.lastIndexOf(')') + 1));
  } catch {
    return false;
  }
}
