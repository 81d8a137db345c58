import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/schema';
import writeFileAtomic from 'write-file-atomic';
import { placementClasses } from '../plan/affinity.ts';
import { placementChoices } from '../plan/affinity.ts';
import { preloadNames } from '../run/addon.ts';
import { schemaProblem } from './document-check.ts';
import type { MachineIdentity } from './machine-schema.ts';
import { machineName } from './machine.ts';
import { readWhole } from './read.ts';
import { reasonOf, ResultsError } from './results-error.ts';
import { count, digest, instant, strictObject, text, type Plain } from './schema-parts.ts';
import { toolSchema, type Tool } from './schema.ts';

export const tuningFormat = 'fencepost-tuning';
export const tuningVersion = 1;
export const tuningFileName = 'tuning.json';

/** A hand that edits the file is not to make a run take all memory, or none of its cells. */
const between = (minimum: number, maximum: number, description?: string) =>
  Type.Integer({ minimum, maximum, ...(description === undefined ? {} : { description }) });

const planSchema = strictObject(
  {
    name: text(),
    layout: Type.Enum(['split', 'packed'], {
      description: "packed: a test's Struct lies together, where it has one.",
    }),
    rendezvous: Type.Enum(['spin', 'deadline', 'free']),
    group: between(1, 65536),
    cells: between(1, 65536),
    spacingBytes: Type.Integer({ minimum: 8, maximum: 4096, multipleOf: 8 }),
    startDelayNs: between(0, 1_000_000),
    groupStride: Type.Optional(between(1, 65536)),
    preload: Type.Optional(Type.Enum([...preloadNames])),
    stressBytes: Type.Optional(between(1, 2 ** 28)),
    placement: Type.Optional(
      Type.Enum([...placementChoices], { description: "Where its threads lay; absent: in the family's." }),
    ),
  },
  'The parameters of a plan, as those of results.',
);

const perSecond = (description: string) => Type.Number({ minimum: 0, description });

const trialSchema = strictObject(
  {
    plan: planSchema,
    perSecond: perSecond('Sightings of the objective in a second of wall time.'),
    low: perSecond('Of its 95 % interval, by what the blocks differ.'),
    high: perSecond('Likewise.'),
    sightings: count(),
    wallMs: Type.Number({ minimum: 0 }),
    blocks: count(),
  },
  'A plan that was tried.',
);

const familySchema = strictObject(
  {
    controls: text('The controls whose tests share the plan, in order.'),
    digest: digest('Of the canonical texts of the controls as they ran.'),
    threads: count(),
    placement: Type.Enum([...placementClasses], {
      description: 'How far apart threads lay where no plan said otherwise, as under the portable plans.',
    }),
    placements: Type.Optional(
      Type.Array(Type.Enum([...placementChoices]), {
        description: 'Beside it, those among which plans could choose; absent: none.',
      }),
    ),
    tunedAt: instant(),
    seed: Type.String({ pattern: '^\\d+$' }),
    spentMs: Type.Number({ minimum: 0 }),
    objective: text('The control that fires least under the portable plans: its rate was maximised.'),
    best: Type.Optional(planSchema),
    times: Type.Optional(
      strictObject(
        {
          against: Type.Optional(text('The portable plan that did best while plans were searched.')),
          ratio: Type.Optional(Type.Number({ minimum: 0 })),
          low: Type.Number({ minimum: 0 }),
          high: Type.Optional(Type.Number({ minimum: 0 })),
        },
        "The best plan's rate over that of a portable plan, with a 95 % interval, by blocks that were run once the two were chosen; no ratio where the latter saw nothing. Files of before 'against': by those of the search.",
      ),
    ),
    controlsUnderBest: Type.Array(strictObject({ name: text(), perSecond: perSecond('Of wall time.') }), {
      description: 'Those that fired under the portable plans, and must under this one.',
    }),
    tried: Type.Array(trialSchema, {
      description: 'The best first: in front are those whose blocks did well by luck, too.',
    }),
  },
  'Tests that the same controls vouch for.',
);

const tuningSchema = strictObject({
  format: Type.Literal(tuningFormat),
  version: Type.Literal(tuningVersion),
  tool: toolSchema,
  machine: strictObject({
    name: text(),
    digest: digest('Of what the machine is: processor, topology, allowed CPUs, hypervisor, time base.'),
  }),
  families: Type.Array(familySchema),
});

export type Tuning = Plain<Static<typeof tuningSchema>>;
export type TunedFamily = Tuning['families'][number];

const compiled = Compile(tuningSchema);

/** A tuning without a family, for this machine. */
export function emptyTuning(machine: MachineIdentity, tool: Tool): Tuning {
  return {
    format: tuningFormat,
    version: tuningVersion,
    tool,
    machine: { name: machineName(machine), digest: tuningDigest(machine) },
    families: [],
  };
}

/** SHA-256 of what a tuning depends on: the kernel's or Node's version is no other machine, more CPUs are. */
export function tuningDigest(machine: MachineIdentity): string {
  const { architecture, cpu, topology, allowedCpus, hypervisor, timeBase } = machine;
  const { microcode: _, ...processor } = cpu;
  const what = [architecture, processor, topology, allowedCpus, hypervisor?.kind, timeBase?.name];
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}

/** Where a results folder keeps the tuning of a machine. */
export function tuningPath(folder: string, machine: MachineIdentity): string {
  return join(folder, machineName(machine), tuningFileName);
}

/**
 * The tuning in a file, if it was found on this machine.
 * @throws ResultsError naming the file and why it cannot be used: not there, no tuning, another version's,
 * another machine's.
 */
export function readTuning(path: string, machine: MachineIdentity): Tuning {
  const tuning = parseTuning(readWhole(path), path);
  if (tuning.machine.digest !== tuningDigest(machine)) {
    throw new ResultsError(
      `${path} was found on another machine (${tuning.machine.name}): "fencepost tune" makes one for this.`,
    );
  }
  return tuning;
}

function parseTuning(written: string, path: string): Tuning {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    throw new ResultsError(`${path} is not JSON.`);
  }
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== tuningFormat) throw new ResultsError(`${path} is not a tuning of Fencepost.`);
  if (version !== tuningVersion) {
    throw new ResultsError(
      `${path} has version ${String(version)} of the format, and ${tuningVersion} is read.`,
    );
  }
  const problem = schemaProblem(compiled, value);
  if (problem !== undefined) throw new ResultsError(`${path} is not a valid tuning: ${problem}.`);
  return value as Tuning;
}

/**
 * Writes a tuning, over an older one.
 * @throws ResultsError
 */
export function writeTuning(path: string, tuning: Tuning): void {
  try {
    if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
    writeFileAtomic.sync(path, `${JSON.stringify(tuning, undefined, 1)}\n`);
  } catch (error) {
    throw new ResultsError(`Cannot write ${path}: ${reasonOf(error)}.`);
  }
}

/** Where a family's plans ran. */
export function placesOf({ placement, placements = [] }: TunedFamily): string {
  return [placement, ...placements].join(' ');
}

/**
 * One tuning with the families of another added; of those in both, the second's. A search in given places
 * does not stand in for one that chose among them.
 */
export function withFamilies(tuning: Tuning, families: readonly TunedFamily[]): Tuning {
  const key = (family: TunedFamily) => `${family.controls} ${placesOf(family)}`;
  return {
    ...tuning,
    families: [...new Map([...tuning.families, ...families].map((one) => [key(one), one])).values()],
  };
}
