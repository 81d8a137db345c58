import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether a disk of 1 MB can be mounted here, to be filled. */
export const canMountSmallDisk = process.platform === 'linux' && tryMounting();

/** For a test's name: why it is skipped. */
export const smallDiskReason = canMountSmallDisk ? '' : ' (skipped: no right to mount a small disk here)';

export function withSmallDisk(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'fencepost-disk-'));
  mount(folder);
  try {
    work(folder);
  } finally {
    spawnSync('umount', ['--lazy', folder]);
    rmdirSync(folder);
  }
}

function tryMounting(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'fencepost-disk-'));
  const mounted = mount(folder);
  if (mounted) spawnSync('umount', [folder]);
  rmdirSync(folder);
  return mounted;
}

function mount(folder: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder]).status === 0;
}
