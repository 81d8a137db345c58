/**
 * Names of cores by MIDR_EL1's implementer and part number, as /proc/cpuinfo prints them (`0x41`,
 * `0xd0c`). From the cores' technical reference manuals and arch/arm64/include/asm/cputype.h.
 */
const implementers: Readonly<Record<string, { name: string; parts: Readonly<Record<string, string>> }>> = {
  '0x41': {
    name: 'Arm',
    parts: {
      '0xd03': 'Cortex-A53',
      '0xd04': 'Cortex-A35',
      '0xd05': 'Cortex-A55',
      '0xd07': 'Cortex-A57',
      '0xd08': 'Cortex-A72',
      '0xd09': 'Cortex-A73',
      '0xd0a': 'Cortex-A75',
      '0xd0b': 'Cortex-A76',
      '0xd0c': 'Neoverse-N1',
      '0xd0d': 'Cortex-A77',
      '0xd0e': 'Cortex-A76AE',
      '0xd40': 'Neoverse-V1',
      '0xd41': 'Cortex-A78',
      '0xd42': 'Cortex-A78AE',
      '0xd44': 'Cortex-X1',
      '0xd46': 'Cortex-A510',
      '0xd47': 'Cortex-A710',
      '0xd48': 'Cortex-X2',
      '0xd49': 'Neoverse-N2',
      '0xd4b': 'Cortex-A78C',
      '0xd4c': 'Cortex-X1C',
      '0xd4d': 'Cortex-A715',
      '0xd4e': 'Cortex-X3',
      '0xd4f': 'Neoverse-V2',
      '0xd80': 'Cortex-A520',
      '0xd81': 'Cortex-A720',
      '0xd82': 'Cortex-X4',
      '0xd83': 'Neoverse-V3AE',
      '0xd84': 'Neoverse-V3',
      '0xd85': 'Cortex-X925',
      '0xd87': 'Cortex-A725',
      '0xd8e': 'Neoverse-N3',
    },
  },
  '0x42': { name: 'Broadcom', parts: { '0x516': 'Vulcan' } },
  '0x43': {
    name: 'Cavium',
    parts: { '0x0a1': 'ThunderX', '0x0a2': 'ThunderX-81XX', '0x0a3': 'ThunderX-83XX', '0x0af': 'ThunderX2' },
  },
  '0x46': { name: 'Fujitsu', parts: { '0x001': 'A64FX' } },
  '0x48': { name: 'HiSilicon', parts: { '0xd01': 'TSV110', '0xd02': 'HIP09', '0xd06': 'HIP12' } },
  '0x4e': { name: 'NVIDIA', parts: { '0x003': 'Denver', '0x004': 'Carmel', '0x010': 'Olympus' } },
  '0x50': { name: 'APM', parts: { '0x000': 'X-Gene' } },
  '0x51': {
    name: 'Qualcomm',
    parts: {
      '0x001': 'Oryon',
      '0x800': 'Kryo-2xx-Gold',
      '0x801': 'Kryo-2xx-Silver',
      '0x802': 'Kryo-3xx-Gold',
      '0x803': 'Kryo-3xx-Silver',
      '0x804': 'Kryo-4xx-Gold',
      '0x805': 'Kryo-4xx-Silver',
      '0xc00': 'Falkor',
    },
  },
  '0x61': {
    name: 'Apple',
    parts: {
      '0x022': 'M1-Icestorm',
      '0x023': 'M1-Firestorm',
      '0x024': 'M1-Pro-Icestorm',
      '0x025': 'M1-Pro-Firestorm',
      '0x028': 'M1-Max-Icestorm',
      '0x029': 'M1-Max-Firestorm',
      '0x032': 'M2-Blizzard',
      '0x033': 'M2-Avalanche',
      '0x034': 'M2-Pro-Blizzard',
      '0x035': 'M2-Pro-Avalanche',
      '0x038': 'M2-Max-Blizzard',
      '0x039': 'M2-Max-Avalanche',
    },
  },
  '0x6d': { name: 'Microsoft', parts: { '0xd49': 'Azure-Cobalt-100' } },
  '0xc0': { name: 'Ampere', parts: { '0xac3': 'Ampere-1', '0xac4': 'Ampere-1A' } },
};

/** The name of a core, or its numbers where they are in no list here. */
export function armCoreName(implementer: string, part: string): string {
  const known = implementers[implementer];
  if (known === undefined) return `implementer ${implementer} part ${part}`;
  return `${known.name} ${known.parts[part] ?? `part ${part}`}`;
}
