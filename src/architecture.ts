import { endianness } from 'node:os';

/** The instruction sets Fencepost generates code for, spelled this way everywhere. */
export const architectures = ['x86-64', 'arm64', 'ppc64le', 's390x', 'riscv64'] as const;

export type Architecture = (typeof architectures)[number];

/** What others call an architecture. */
export interface ForeignNames {
  /** Node's `process.arch`, and so the folder of a prebuilt addon. */
  readonly node: string;
  /** Debian's ports. */
  readonly debian: string;
  /** The GNU tools, in front of `-linux-gnu`. */
  readonly gnu: string;
  /** QEMU's emulators of a process, behind `qemu-`. */
  readonly qemu: string;
}

export const foreignNames: Readonly<Record<Architecture, ForeignNames>> = {
  'x86-64': { node: 'x64', debian: 'amd64', gnu: 'x86_64', qemu: 'x86_64' },
  arm64: { node: 'arm64', debian: 'arm64', gnu: 'aarch64', qemu: 'aarch64' },
  ppc64le: { node: 'ppc64', debian: 'ppc64el', gnu: 'powerpc64le', qemu: 'ppc64le' },
  s390x: { node: 's390x', debian: 's390x', gnu: 's390x', qemu: 's390x' },
  riscv64: { node: 'riscv64', debian: 'riscv64', gnu: 'riscv64', qemu: 'riscv64' },
};

/**
 * The architecture this process runs on, or undefined where Fencepost has no target for it.
 * Node calls both byte orders of POWER `ppc64`; only the little-endian one is ours.
 */
export function hostArchitecture(): Architecture | undefined {
  const found = architectures.find((architecture) => foreignNames[architecture].node === process.arch);
  return found === 'ppc64le' && endianness() === 'BE' ? undefined : found;
}

export function isArchitecture(name: string): name is Architecture {
  return (architectures as readonly string[]).includes(name);
}

/** What Node calls this system and processor, for messages: `linux x64`. */
export function nodePlatform(): string {
  return `${process.platform} ${process.arch}`;
}
