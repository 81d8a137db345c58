import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What is read of the kernel's files; a segment with `*` stands for the matching names with digits in
 * its place. Nothing here names the host, a user or a serial number, but for /proc/cpuinfo and
 * /proc/sysinfo, of which cpuinfo.ts and virtualisation.ts take named fields only.
 */
const wanted: readonly string[] = [
  '/proc/cpuinfo',
  '/proc/loadavg',
  '/proc/self/stat',
  '/proc/self/status',
  '/proc/sysinfo',
  '/proc/device-tree/compatible',
  '/proc/device-tree/model',
  '/proc/device-tree/hypervisor/compatible',
  '/sys/hypervisor/type',
  '/sys/class/dmi/id/sys_vendor',
  '/sys/class/dmi/id/product_name',
  '/sys/class/dmi/id/bios_vendor',
  '/sys/devices/cpu_core/cpus',
  '/sys/devices/cpu_atom/cpus',
  '/sys/devices/cpu_lowpower/cpus',
  '/sys/devices/system/cpu/online',
  '/sys/devices/system/cpu/present',
  '/sys/devices/system/node/node*/cpulist',
  '/sys/devices/system/cpu/cpu*/cpu_capacity',
  '/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor',
  '/sys/devices/system/cpu/cpu*/cpufreq/cpuinfo_max_freq',
  ...[
    'physical_package_id',
    'package_cpus_list',
    'core_siblings_list',
    'core_cpus_list',
    'thread_siblings_list',
    'cluster_id',
    'cluster_cpus_list',
    'book_id',
    'book_siblings_list',
    'drawer_id',
    'drawer_siblings_list',
  ].map((file) => `/sys/devices/system/cpu/cpu*/topology/${file}`),
  ...['level', 'type', 'size', 'coherency_line_size', 'shared_cpu_list'].map(
    (file) => `/sys/devices/system/cpu/cpu*/cache/index*/${file}`,
  ),
];

/**
 * Reads what Linux tells of the machine: texts by absolute path, those that exist and may be read
 * (elsewhere than on Linux: none).
 * @param root where the tree hangs, `/` but for a saved one.
 */
export function readMachineFiles(root = '/'): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const path of wanted.flatMap((pattern) => expand(root, '', pattern.split('/').slice(1)))) {
    const text = attempt(() => readFileSync(join(root, path), 'utf8'));
    if (text !== undefined) files.set(path, text);
  }
  return files;
}

/** Where the kernel's links to the running program lead; an emulator answers for the first alone. */
export function readProgramLinks(): { selfExe: string | undefined; threadSelfExe: string | undefined } {
  return {
    selfExe: attempt(() => readlinkSync('/proc/self/exe')),
    threadSelfExe: attempt(() => readlinkSync('/proc/thread-self/exe')),
  };
}

function expand(root: string, folder: string, segments: readonly string[]): string[] {
  const star = segments.findIndex((segment) => segment.includes('*'));
  if (star === -1) return [`${folder}/${segments.join('/')}`];
  const parent = [folder, ...segments.slice(0, star)].join('/');
  const prefix = (segments[star] ?? '').replace('*', '');
  const names = attempt(() => readdirSync(join(root, parent))) ?? [];
  return names
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .flatMap((name) => expand(root, `${parent}/${name}`, segments.slice(star + 1)));
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
