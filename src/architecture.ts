import { endianness } from 'node:os';

/** The instruction sets Fencepost generates code for, spelled this way everywhere. */
export const architectures = ['x86-64', 'arm64', 'ppc64le', 's390x', 'riscv64'] as const;

export type Architecture = (typeof architectures)[number];

const byNodeName: Readonly<Record<string, Architecture>> = {
  x64: 'x86-64',
  arm64: 'arm64',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

/**
 * The architecture this process runs on, or undefined where Fencepost has no target for it.
 * Node calls both byte orders of POWER `ppc64`; only the little-endian one is ours.
 */
export function hostArchitecture(): Architecture | undefined {
  const found = byNodeName[process.arch];
  return found === 'ppc64le' && endianness() === 'BE' ? undefined : found;
}

export function isArchitecture(name: string): name is Architecture {
  return (architectures as readonly string[]).includes(name);
}

/** What Node calls this system and processor, for messages: `linux x64`. */
export function nodePlatform(): string {
  return `${process.platform} ${process.arch}`;
}
