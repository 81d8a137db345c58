import type { Architecture } from '../architecture.ts';
import { armCoreName } from './arm-cores.ts';
import type { MachineIdentity } from './machine-schema.ts';

export type Processor = MachineIdentity['cpu'];

/** The name of a processor that nothing names. */
export const unknownModel = 'unknown';

/** The blocks of /proc/cpuinfo, one per CPU on most architectures, as fields by name. */
type Blocks = readonly ReadonlyMap<string, string>[];

/**
 * What /proc/cpuinfo says of the processor, of named fields only: it also has serial numbers.
 * @param nodeModel what Node calls the first CPU, for systems without /proc.
 */
export function processorFrom(
  architecture: Architecture,
  cpuinfo: string | undefined,
  nodeModel: string,
): Processor {
  const processor = parsers[architecture](blocksOf(cpuinfo ?? ''), cpuinfo ?? '');
  const model = processor.model ?? nodeModel.trim();
  return { ...processor, model: model === '' ? unknownModel : model };
}

/** The clock that /proc/cpuinfo gives for its first CPU, in MHz. */
export function clockMHz(cpuinfo: string | undefined): number | undefined {
  const text = /^(?:cpu MHz|cpu MHz dynamic|clock)\s*:\s*([\d.]+)/m.exec(cpuinfo ?? '')?.[1];
  return text === undefined ? undefined : Number(text);
}

function blocksOf(cpuinfo: string): Blocks {
  return cpuinfo
    .split(/\n\s*\n/)
    .map(
      (block) =>
        new Map(
          [...block.matchAll(/^([^:\n]+?)[ \t]*:[ \t]*(.*)$/gm)].map(([, key, value]) => [
            key ?? '',
            (value ?? '').trim(),
          ]),
        ),
    )
    .filter((fields) => fields.size > 0);
}

type Found = Omit<Processor, 'model'> & { readonly model?: string | undefined };

const parsers: Readonly<Record<Architecture, (blocks: Blocks, cpuinfo: string) => Found>> = {
  'x86-64': (blocks) => {
    const microcode = first(blocks, 'microcode');
    return {
      model: models(blocks, (fields) => fields.get('model name')),
      identification: identification(blocks, {
        vendor: 'vendor_id',
        family: 'cpu family',
        model: 'model',
        stepping: 'stepping',
      }),
      ...(microcode === undefined ? {} : { microcode }),
    };
  },

  arm64: (blocks) => ({
    model: models(blocks, (fields) => {
      const implementer = fields.get('CPU implementer');
      const part = fields.get('CPU part');
      return implementer === undefined || part === undefined ? undefined : armCoreName(implementer, part);
    }),
    identification: identification(blocks, {
      implementer: 'CPU implementer',
      part: 'CPU part',
      variant: 'CPU variant',
      revision: 'CPU revision',
    }),
  }),

  // cpu: POWER9 (architected), altivec supported
  ppc64le: (blocks) => ({
    model: models(blocks, (fields) => fields.get('cpu')?.split(',')[0]),
    identification: identification(blocks, { revision: 'revision', platform: 'platform', machine: 'model' }),
  }),

  // processor 0: version = 00,  identification = (a serial number),  machine = 8561
  s390x: (blocks, cpuinfo) => {
    const machine = /^processor \d+:.*\bmachine = (\w+)/m.exec(cpuinfo)?.[1];
    return {
      model: machine === undefined ? undefined : `IBM ${zMachines[machine] ?? `machine ${machine}`}`,
      identification: {
        ...identification(blocks, { vendor: 'vendor_id' }),
        ...(machine === undefined ? {} : { machine }),
      },
    };
  },

  riscv64: (blocks) => ({
    model: models(blocks, (fields) => fields.get('uarch')),
    identification: identification(blocks, {
      mvendorid: 'mvendorid',
      marchid: 'marchid',
      mimpid: 'mimpid',
      isa: 'isa',
    }),
  }),
};

/** Machine types of the last generations, from IBM's announcement letters. */
const zMachines: Readonly<Record<string, string>> = {
  '2817': 'z196',
  '2818': 'z114',
  '2827': 'zEC12',
  '2828': 'zBC12',
  '2964': 'z13',
  '2965': 'z13s',
  '3906': 'z14',
  '3907': 'z14 ZR1',
  '8561': 'z15',
  '8562': 'z15 T02',
  '3931': 'z16',
  '3932': 'z16 A02',
  '9175': 'z17',
};

function first(blocks: Blocks, key: string): string | undefined {
  return blocks.map((fields) => fields.get(key)).find((value) => value !== undefined);
}

/** The distinct names of the CPUs, joined: machines with several kinds of core have several. */
function models(
  blocks: Blocks,
  nameOf: (fields: ReadonlyMap<string, string>) => string | undefined,
): string | undefined {
  const names = new Set(blocks.map(nameOf).filter((name) => name !== undefined && name !== ''));
  return names.size === 0 ? undefined : [...names].join(' + ');
}

/** Our name for each number -> cpuinfo's, with the distinct values of all CPUs joined. */
function identification(blocks: Blocks, fields: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [ours, theirs] of Object.entries(fields)) {
    const value = models(blocks, (block) => block.get(theirs));
    if (value !== undefined) found[ours] = value;
  }
  return found;
}
