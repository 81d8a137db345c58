import type { Branch, Instruction, Label, ListedInstruction, Role } from './machine-code.ts';

/** A piece of code with what a listing tells of it. */
export interface Emitted {
  readonly item: Instruction | Label | Branch;
  readonly role: Role;
  readonly sourceLine: number | undefined;
}

/** Gives every label its offset and every branch its bytes. */
export function assemble(emitted: readonly Emitted[]): {
  readonly bytes: Uint8Array;
  readonly listing: readonly ListedInstruction[];
} {
  const labels = labelOffsets(emitted);
  const listing: ListedInstruction[] = [];
  let offset = 0;
  for (const { item, role, sourceLine } of emitted) {
    if (item.kind === 'label') continue;
    const { bytes, text } = item.kind === 'branch' ? encodeBranch(item, offset, labels) : item;
    listing.push({ offset, bytes, text, role, sourceLine });
    offset += bytes.length;
  }
  const code = new Uint8Array(offset);
  for (const { offset: start, bytes } of listing) code.set(bytes, start);
  return { bytes: code, listing };
}

function labelOffsets(emitted: readonly Emitted[]): ReadonlyMap<Label, number> {
  const offsets = new Map<Label, number>();
  let offset = 0;
  for (const { item } of emitted) {
    if (item.kind === 'label') offsets.set(item, offset);
    else offset += item.kind === 'branch' ? item.sizeBytes : item.bytes.length;
  }
  return offsets;
}

function encodeBranch(branch: Branch, offset: number, labels: ReadonlyMap<Label, number>): Instruction {
  const target = labels.get(branch.to);
  if (target === undefined)
    throw new Error(`a branch to label ${branch.to.name}, which is nowhere in the code`);
  const instruction = branch.encode(target - offset, target);
  if (instruction.bytes.length !== branch.sizeBytes) {
    throw new Error(`${instruction.text}: ${instruction.bytes.length} bytes, ${branch.sizeBytes} announced`);
  }
  return instruction;
}
