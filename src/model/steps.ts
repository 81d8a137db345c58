/** The steps in which it is told how one event comes before another, and how they are put together. */

/** One step from an event to another. */
export interface Step {
  readonly from: number;
  readonly to: number;
  /** The innermost name that says something: `rmb`, `data`, `rfe`; `po` where there is none. */
  readonly relation: string;
  /** Events between the two that make the step: the fence of `rmb`. */
  readonly through: readonly number[];
  /** Whether it is no more than program order, or events of one location. */
  readonly weak: boolean;
}

/** How a pair comes to be in a relation. */
export interface Derivation {
  readonly from: number;
  readonly to: number;
  /** Names of ever narrower relations that hold all of the way, the widest first: `hb`, `ppo`, `fence`, `rmb`. */
  readonly names: readonly string[];
  readonly steps: readonly Step[];
}

/** Names that every reader of litmus tests knows: they are not followed further. */
export const wellKnown: ReadonlySet<string> = new Set(
  'rf rfe rfi co coe coi fr fre fri po po-loc addr data ctrl rmw loc ext int id'.split(' '),
);
const weakNames: ReadonlySet<string> = new Set(['po', 'po-loc', 'loc', 'ext', 'int', 'id']);

/** A derivation in the making. */
export interface Node extends Derivation {
  /** The fewer, the more readily understood. */
  readonly cost: number;
  /** Whether no named relation but those of the steps themselves stands between. */
  readonly direct: boolean;
}

/** A step that is not followed further. */
export function leaf(from: number, to: number, name: string | undefined): Node {
  const weak = name === undefined || weakNames.has(name);
  const step: Step = { from, to, relation: name ?? 'po', through: [], weak };
  return { from, to, names: name === undefined ? [] : [name], steps: [step], cost: 1, direct: true };
}

/** From an event to itself, in no step. */
export function nothing(event: number): Node {
  return { from: event, to: event, names: [], steps: [], cost: 0, direct: true };
}

export const isWeak = ({ steps }: Node): boolean => steps.length > 0 && steps.every(({ weak }) => weak);

export function cheapest(nodes: readonly (Node | undefined)[]): Node | undefined {
  let best: Node | undefined;
  for (const node of nodes)
    if (node !== undefined && (best === undefined || node.cost < best.cost)) best = node;
  return best;
}

export function sequel(parts: readonly Node[], from: number, to: number): Node {
  const moving = parts.filter(({ steps }) => steps.length > 0);
  return {
    from,
    to,
    names: moving.length === 1 ? moving[0]!.names : [],
    steps: moving.flatMap(({ steps }) => steps),
    cost: parts.reduce((sum, { cost }) => sum + cost, 0),
    direct: parts.every(({ direct }) => direct),
  };
}

export function inverted(node: Node | undefined): Node | undefined {
  if (node === undefined) return undefined;
  const steps = node.steps
    .map((step) => ({ ...step, from: step.to, to: step.from, relation: `${step.relation}^-1` }))
    .toReversed();
  return {
    from: node.to,
    to: node.from,
    names: node.names.map((name) => `${name}^-1`),
    steps,
    cost: node.cost,
    direct: node.direct,
  };
}

/** What a named relation adds: its name takes the place of steps that say less than it does. */
export function called(name: string, node: Node | undefined, from: number, to: number): Node {
  if (node === undefined) return leaf(from, to, name);
  const { steps } = node;
  const some = steps.some(({ weak }) => weak);
  const saysLess = some && (isWeak(node) || (node.direct && steps.every(isBase)));
  if (!saysLess) return { ...node, names: [name, ...node.names], direct: false };
  const through = steps.flatMap((step, index) => [...(index === 0 ? [] : [step.from]), ...step.through]);
  const step: Step = { from, to, relation: name, through, weak: false };
  return { ...node, names: [name], steps: [step], direct: false };
}

const isBase = ({ relation, weak }: Step): boolean => weak || wellKnown.has(relation);

/** Steps that say nothing, side by side, are one. */
export function joined(steps: readonly Step[]): readonly Step[] {
  const result: Step[] = [];
  for (const step of steps) {
    const last = result.at(-1);
    if (last === undefined || !last.weak || !step.weak) result.push(step);
    else {
      const through = [...last.through, step.from, ...step.through];
      result.splice(-1, 1, { ...last, to: step.to, through });
    }
  }
  return result;
}

/** A name as the model's text has it: linkModel numbers those that it defines again. */
export function plainName(name: string): string {
  return name.replace(/#\d+$/, '');
}
