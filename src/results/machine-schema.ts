import { Type, type Static } from 'typebox';
import { architectures } from '../architecture.ts';
import { count, strictObject, text, textsByKey, type Plain } from './schema-parts.ts';

const finding = strictObject(
  {
    kind: text('What was found, in a word: kvm, qemu-user, tso.'),
    evidence: text('The sentence that says how it was told.'),
  },
  'Something that stands between the test and bare hardware, and how it was told.',
);

/** A hypervisor, an emulator, or a memory ordering stronger than the architecture's. */
export type Finding = Plain<Static<typeof finding>>;

const cpuList = (description: string) => Type.Array(count(), { description });

export const machineSchema = strictObject(
  {
    architecture: Type.Enum([...architectures], { description: 'The instruction set of the code that ran.' }),
    operatingSystem: text("Node's name of it: linux, darwin."),
    kernelRelease: text('As uname -r prints it.'),
    nodeVersion: text(),
    cpu: strictObject(
      {
        model: text('Marketing or core names; several kinds of core joined by " + ".'),
        identification: textsByKey(
          '^[a-z]+$',
          "The architecture's own numbers, as /proc/cpuinfo prints them: x86-64 vendor, family, model, stepping; arm64 implementer, part, variant, revision; ppc64le revision, platform, machine; s390x vendor, machine; riscv64 mvendorid, marchid, mimpid, isa.",
        ),
        microcode: Type.Optional(
          text('Revision of the microcode or firmware patch, where the kernel knows it.'),
        ),
      },
      'The processor.',
    ),
    topology: strictObject(
      {
        sockets: count(),
        books: Type.Optional(count('Of sockets; absent: the machine has none.')),
        drawers: Type.Optional(count('Of books; absent: the machine has none.')),
        nodes: count('NUMA nodes.'),
        cores: count(),
        threads: count('Hardware threads: what the kernel calls CPUs, online ones.'),
        kinds: Type.Array(strictObject({ name: text(), cpus: cpuList('Their numbers.') }), {
          description: 'Kinds of core, fastest first; empty where all are alike.',
        }),
        caches: Type.Array(
          strictObject({
            level: count(),
            type: Type.Enum(['data', 'instruction', 'unified']),
            sizeBytes: Type.Optional(count()),
            sharedBy: count('CPUs that use one such cache.'),
            instances: count('Such caches in the machine.'),
          }),
        ),
        unknown: Type.Array(Type.Enum(['cores', 'sockets', 'nodes', 'caches']), {
          description: 'What the kernel did not tell; the counts above then assume the simplest.',
        }),
      },
      'What the kernel shows of the machine; a hypervisor may hide or invent parts.',
    ),
    allowedCpus: cpuList('CPUs the process was allowed to run on.'),
    pageSizeBytes: Type.Optional(count()),
    cacheLineBytes: Type.Optional(count()),
    frequency: Type.Optional(
      strictObject({
        governor: Type.Optional(text('cpufreq governors of the allowed CPUs, joined by " + ".')),
        maximumMHz: Type.Optional(Type.Number({ minimum: 0 })),
        currentMHz: Type.Optional(Type.Number({ minimum: 0, description: 'Of the lowest allowed CPU.' })),
      }),
    ),
    hypervisor: Type.Optional(finding),
    emulation: Type.Optional(finding),
    ordering: Type.Optional(finding),
    timeBase: Type.Optional(
      strictObject({
        name: text(),
        ticksPerSecond: Type.Number({
          minimum: 0,
          description: 'Measured; 0 where it stands still.',
        }),
        problem: Type.Optional(text()),
      }),
    ),
    pinning: Type.Optional(strictObject({ holds: Type.Boolean(), problem: Type.Optional(text()) })),
    loadAverage: Type.Optional(
      Type.Array(Type.Number({ minimum: 0 }), {
        minItems: 3,
        maxItems: 3,
        description: 'Over 1, 5 and 15 minutes, when the session started.',
      }),
    ),
  },
  'The machine, without host name, user or path. Absent fields are unknown.',
);

/** What is known of the machine: hardware, kernel and runtime, never its host name, user or a path. */
export type MachineIdentity = Plain<Static<typeof machineSchema>>;
