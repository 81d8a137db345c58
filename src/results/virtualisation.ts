import type { Finding } from './machine-schema.ts';

/** What can give away that the test does not run on bare hardware. */
export interface Clues {
  /** Kernel files by path (machine-files.ts). */
  readonly files: ReadonlyMap<string, string>;
  /** What CPUID leaf 0x40000000 says on x86, else an empty string. */
  readonly hypervisorSignature: string;
  /** The targets of the links /proc/self/exe and /proc/thread-self/exe. */
  readonly selfExe: string | undefined;
  readonly threadSelfExe: string | undefined;
  /** What Node calls the first CPU. */
  readonly nodeModel: string;
}

/**
 * `emulation`: the instructions are translated, so what is seen is the translator's doing and no
 * evidence. `hypervisor`: real ordering, but the topology may be hidden. `ordering`: hardware that
 * orders more than its architecture asks for, where some reorderings cannot be seen.
 */
export type Question = 'emulation' | 'hypervisor' | 'ordering';

/** One way to tell: `told` gives the evidence as a sentence, or undefined. */
export interface Rule {
  readonly name: string;
  readonly answers: Question;
  readonly kind: string;
  readonly told: (clues: Clues) => string | undefined;
}

/** The first rule that answers a question gives the answer. */
export function find(question: Question, clues: Clues): Finding | undefined {
  for (const rule of rules) {
    if (rule.answers !== question) continue;
    const evidence = rule.told(clues);
    if (evidence !== undefined) return { kind: rule.kind, evidence };
  }
  return undefined;
}

// The evidence never quotes a path, a guest's name or anything else that a user chose.
export const rules: readonly Rule[] = [
  // Binary translators. First, for some of them also answer /proc/self/exe like qemu-user.
  {
    name: 'rosetta',
    answers: 'emulation',
    kind: 'rosetta',
    told: ({ files, nodeModel }) =>
      says(field(files, '/proc/cpuinfo', 'vendor_id'), 'VirtualApple', '/proc/cpuinfo vendor_id') ??
      says(nodeModel, 'VirtualApple', 'The CPU model name'),
  },
  signature('fex', 'emulation', 'fex', 'FEXIFEXIEMU'),
  {
    name: 'box64',
    answers: 'emulation',
    kind: 'box64',
    told: ({ files, nodeModel }) =>
      says(field(files, '/proc/cpuinfo', 'model name'), 'Box64 on', '/proc/cpuinfo model name') ??
      says(nodeModel, 'Box64 on', 'The CPU model name'),
  },
  {
    name: 'qemu-user by its program link',
    answers: 'emulation',
    kind: 'qemu-user',
    told: ({ selfExe, threadSelfExe }) =>
      selfExe !== undefined && threadSelfExe !== undefined && selfExe !== threadSelfExe
        ? '/proc/self/exe, which the emulator answers, differs from /proc/thread-self/exe, which it does not.'
        : undefined,
  },
  {
    name: 'qemu-user by its size',
    answers: 'emulation',
    kind: 'qemu-user',
    told: ({ files }) =>
      virtualSize(files.get('/proc/self/stat')) === '0'
        ? '/proc/self/stat gives a virtual size of 0 (field 23).'
        : undefined,
  },
  {
    name: 'qemu-user by its RISC-V cpuinfo',
    answers: 'emulation',
    kind: 'qemu-user',
    told: ({ files }) => is(field(files, '/proc/cpuinfo', 'uarch'), 'qemu', '/proc/cpuinfo uarch'),
  },

  // Whole machines that are emulated.
  signature('TCG on x86', 'emulation', 'qemu-system', 'TCGTCGTCGTCG'),
  {
    name: 'TCG on s390x',
    answers: 'emulation',
    kind: 'qemu-system',
    told: ({ files }) =>
      is(field(files, '/proc/sysinfo', 'Manufacturer'), 'QEMU', '/proc/sysinfo Manufacturer'),
  },
  {
    // QEMU names the machine so under KVM, too, but then there is a hypervisor node.
    name: 'TCG on POWER',
    answers: 'emulation',
    kind: 'qemu-system',
    told: ({ files }) =>
      deviceTree(files, 'hypervisor/compatible') === undefined
        ? says(deviceTree(files, 'model'), 'emulated by qemu', 'The device tree model')
        : undefined,
  },
  {
    // QEMU fills both with its version; chips that leave them out have 0 in both.
    name: 'TCG on RISC-V by version',
    answers: 'emulation',
    kind: 'qemu-system',
    told: ({ files }) => {
      const marchid = field(files, '/proc/cpuinfo', 'marchid');
      const same = marchid === field(files, '/proc/cpuinfo', 'mimpid');
      return marchid !== undefined && same && Number(marchid) !== 0
        ? `/proc/cpuinfo has marchid and mimpid both ${marchid}, as QEMU makes them.`
        : undefined;
    },
  },
  {
    // 42 is QEMU's in the RISC-V registry of open-source architecture ids (riscv-isa-manual, marchid.md).
    name: 'TCG on RISC-V by id',
    answers: 'emulation',
    kind: 'qemu-system',
    told: ({ files }) =>
      Number(field(files, '/proc/cpuinfo', 'mvendorid') ?? 1) === 0
        ? is(field(files, '/proc/cpuinfo', 'marchid'), '0x2a', '/proc/cpuinfo marchid')
        : undefined,
  },
  {
    // MIDR_EL1 of QEMU's `-cpu max`: implementer 0, reserved for software, and part 'Q'.
    name: 'TCG on Arm',
    answers: 'emulation',
    kind: 'qemu-system',
    told: ({ files }) =>
      field(files, '/proc/cpuinfo', 'CPU implementer') === '0x00'
        ? is(
            field(files, '/proc/cpuinfo', 'CPU part'),
            '0x051',
            '/proc/cpuinfo CPU implementer is 0x00 and CPU part',
          )
        : undefined,
  },

  // Hypervisors: what the CPU says, then the firmware, then the product's name.
  signature('KVM', 'hypervisor', 'kvm', 'KVMKVMKVM'),
  signature('kvmtool', 'hypervisor', 'kvm', 'LKVMLKVMLKVM'),
  signature('Hyper-V', 'hypervisor', 'hyper-v', 'Microsoft Hv'),
  signature('Xen', 'hypervisor', 'xen', 'XenVMMXenVMM'),
  signature('VMware', 'hypervisor', 'vmware', 'VMwareVMware'),
  signature('VirtualBox', 'hypervisor', 'virtualbox', 'VBoxVBoxVBox'),
  signature('bhyve', 'hypervisor', 'bhyve', 'bhyve bhyve'),
  signature('Parallels', 'hypervisor', 'parallels', 'prl hyperv'),
  signature('ACRN', 'hypervisor', 'acrn', 'ACRNACRNACRN'),
  signature('OpenBSD vmm', 'hypervisor', 'openbsd-vmm', 'OpenBSDVMM58'),
  {
    name: 'Xen by sysfs',
    answers: 'hypervisor',
    kind: 'xen',
    told: ({ files }) => is(files.get('/sys/hypervisor/type')?.trim(), 'xen', '/sys/hypervisor/type'),
  },
  {
    name: 'z/VM',
    answers: 'hypervisor',
    kind: 'z-vm',
    told: ({ files }) =>
      says(
        field(files, '/proc/sysinfo', 'VM00 Control Program'),
        'z/VM',
        '/proc/sysinfo VM00 Control Program',
      ),
  },
  {
    // TCG calls its control program KVM/Linux, too.
    name: 'KVM on s390x',
    answers: 'hypervisor',
    kind: 'kvm',
    told: ({ files }) =>
      field(files, '/proc/sysinfo', 'Manufacturer') === 'QEMU'
        ? undefined
        : says(
            field(files, '/proc/sysinfo', 'VM00 Control Program'),
            'KVM',
            '/proc/sysinfo VM00 Control Program',
          ),
  },
  {
    name: 'LPAR on s390x',
    answers: 'hypervisor',
    kind: 'lpar',
    told: ({ files }) =>
      field(files, '/proc/sysinfo', 'LPAR Number') !== undefined &&
      field(files, '/proc/sysinfo', 'VM00 Control Program') === undefined
        ? '/proc/sysinfo has a logical partition and no virtual machine.'
        : undefined,
  },
  {
    name: 'KVM by device tree',
    answers: 'hypervisor',
    kind: 'kvm',
    told: ({ files }) =>
      is(deviceTree(files, 'hypervisor/compatible'), 'linux,kvm', 'The device tree hypervisor'),
  },
  {
    name: 'Xen by device tree',
    answers: 'hypervisor',
    kind: 'xen',
    told: ({ files }) =>
      says(deviceTree(files, 'hypervisor/compatible'), 'xen', 'The device tree hypervisor'),
  },
  {
    // pSeries is the platform of partitions; PowerNV is bare metal.
    name: 'PowerVM',
    answers: 'hypervisor',
    kind: 'powervm',
    told: ({ files }) =>
      deviceTree(files, 'model')?.includes('emulated by qemu')
        ? undefined
        : is(field(files, '/proc/cpuinfo', 'platform'), 'pSeries', '/proc/cpuinfo platform'),
  },
  product('KVM by product name', 'kvm', 'product_name', 'KVM'),
  product('Google', 'kvm', 'product_name', 'Google Compute Engine'),
  product('VMware by product name', 'vmware', 'sys_vendor', 'VMware'),
  product('VirtualBox by product name', 'virtualbox', 'product_name', 'VirtualBox'),
  product('Xen by product name', 'xen', 'sys_vendor', 'Xen'),
  product('Parallels by product name', 'parallels', 'sys_vendor', 'Parallels'),
  product('Apple Virtualization', 'apple-virtualization', 'product_name', 'Apple Virtualization'),
  {
    name: 'Hyper-V by product name',
    answers: 'hypervisor',
    kind: 'hyper-v',
    told: ({ files }) =>
      dmi(files, 'sys_vendor') === 'Microsoft Corporation'
        ? is(dmi(files, 'product_name'), 'Virtual Machine', 'The vendor is Microsoft and the product name')
        : undefined,
  },
  {
    name: 'Amazon Nitro',
    answers: 'hypervisor',
    kind: 'amazon-nitro',
    told: ({ files }) =>
      dmi(files, 'product_name')?.includes('metal')
        ? undefined
        : is(dmi(files, 'sys_vendor'), 'Amazon EC2', 'The system vendor'),
  },
  product('QEMU by vendor', 'virtual', 'sys_vendor', 'QEMU', 'accelerator unknown'),
  {
    name: 'a virtual Arm machine',
    answers: 'hypervisor',
    kind: 'virtual',
    told: ({ files }) =>
      says(deviceTree(files, 'compatible'), 'linux,dummy-virt', 'The device tree', 'accelerator unknown'),
  },
  {
    name: 'the hypervisor flag on x86',
    answers: 'hypervisor',
    kind: 'virtual',
    told: ({ files }) =>
      field(files, '/proc/cpuinfo', 'flags')?.split(' ').includes('hypervisor')
        ? '/proc/cpuinfo flags contain "hypervisor"; which one is unknown.'
        : undefined,
  },

  // CPUs that are stronger than their architecture. The Arm ones: the kernel patch series
  // "Implement PR_{GET,SET}_MEM_MODEL for always-TSO CPUs" (2024), which lists them.
  armCore('Denver', 'tso', '0x4e', '0x003'),
  armCore('Carmel', 'tso', '0x4e', '0x004'),
  armCore('A64FX', 'tso', '0x46', '0x001'),
  {
    name: 'Ztso',
    answers: 'ordering',
    kind: 'tso',
    told: ({ files }) =>
      field(files, '/proc/cpuinfo', 'isa')?.split('_').includes('ztso')
        ? '/proc/cpuinfo isa contains the Ztso extension.'
        : undefined,
  },
];

function signature(name: string, answers: Question, kind: string, text: string): Rule {
  return {
    name,
    answers,
    kind,
    told: ({ hypervisorSignature }) =>
      says(hypervisorSignature, text, 'The signature in CPUID leaf 0x40000000'),
  };
}

function product(name: string, kind: string, file: string, text: string, remark?: string): Rule {
  return {
    name,
    answers: 'hypervisor',
    kind,
    told: ({ files }) => says(dmi(files, file), text, `The firmware's ${file}`, remark),
  };
}

function armCore(name: string, kind: string, implementer: string, part: string): Rule {
  return {
    name,
    answers: 'ordering',
    kind,
    told: ({ files }) =>
      field(files, '/proc/cpuinfo', 'CPU implementer') === implementer &&
      field(files, '/proc/cpuinfo', 'CPU part') === part
        ? `/proc/cpuinfo names a core that keeps total store order: ${name}.`
        : undefined,
  };
}

/** The evidence that a value contains a text; only the text looked for is quoted. */
function says(value: string | undefined, text: string, where: string, remark?: string): string | undefined {
  if (value === undefined || !value.includes(text)) return undefined;
  return `${where} says "${text}"${remark === undefined ? '' : `; ${remark}`}.`;
}

function is(value: string | undefined, text: string, where: string): string | undefined {
  return value === text ? `${where} is "${text}".` : undefined;
}

/** The first `key : value` line's value. */
function field(files: ReadonlyMap<string, string>, path: string, key: string): string | undefined {
  for (const line of (files.get(path) ?? '').split('\n')) {
    const colon = line.indexOf(':');
    if (colon !== -1 && line.slice(0, colon).trim() === key) return line.slice(colon + 1).trim();
  }
  return undefined;
}

/** A device tree property: strings that end in NUL, here joined by spaces. */
function deviceTree(files: ReadonlyMap<string, string>, property: string): string | undefined {
  return files.get(`/proc/device-tree/${property}`)?.replaceAll('\0', ' ').trim();
}

function dmi(files: ReadonlyMap<string, string>, file: string): string | undefined {
  return files.get(`/sys/class/dmi/id/${file}`)?.trim();
}

/** Field 23 of /proc/self/stat. Field 2, the program's name in parentheses, may itself hold spaces and parentheses. */
function virtualSize(stat: string | undefined): string | undefined {
  if (stat === undefined) return undefined;
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(23 - 3);
}
