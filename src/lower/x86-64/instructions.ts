/**
 * The x86-64 instructions that Fencepost emits: text as GNU objdump prints it (AT&T, one space after
 * the mnemonic), bytes as GNU as chooses them, and steps (meaning.ts). Opcodes are those of the Intel 64
 * and IA-32 Architectures Software Developer's Manual (SDM), volume 2; the section named is its
 * instruction's own.
 */

import type { Branch, Instruction, Label } from '../machine-code.ts';
import type { Compute, Step, Taken } from '../meaning.ts';
import type { Address, Register, Width } from '../primitives.ts';
import { combined, conditions, flags, flagsLost, operations } from './arithmetic.ts';
import type { AluOperation, ConditionCode } from './arithmetic.ts';
import {
  addressText,
  copied,
  encode,
  fitsSigned,
  fourBytes,
  fourBytesOf,
  immediate,
  immediateText,
  instruction,
  low,
  modRm,
  name,
  rax,
  rcx,
  registerText,
  rex,
  withImmediate,
} from './encoding.ts';
import { aluImmediateBytes } from './memory-instructions.ts';

export type { AluOperation, ConditionCode } from './arithmetic.ts';
export { fitsSigned, rax, rbp, rbx, rcx, rdi, rdx, rsi, rsp } from './encoding.ts';
export { name, r8, r9, r10, r11, r12, r13, r14, r15 } from './encoding.ts';
export * from './memory-instructions.ts';

function compute(to: Register, from: readonly Register[], value: Compute): Step {
  return { kind: 'compute', to: name(to), from: from.map(name), value };
}

/** MOV r/m, r: 89 /r. */
export function move(to: Register, from: Register, width: Width): Instruction {
  return instruction(
    `mov ${registerText(from, width)},${registerText(to, width)}`,
    encode({ width, opcode: [0x89], field: from, operand: to }),
    [copied(name(to), name(from), width)],
  );
}

/** MOV r32, imm32: B8+rd id, which clears the upper half; MOV r/m64, imm32: REX.W C7 /0 id, sign-extended. */
export function moveImmediate(to: Register, value: bigint, width: Width): Instruction {
  const bytes = fourBytesOf(value);
  return instruction(
    `mov ${immediateText(value, width)},${registerText(to, width)}`,
    width === 4
      ? [...rex(4, 0, to), 0xb8 | (to & 7), ...bytes]
      : encode({ width, opcode: [0xc7], field: 0, operand: to, immediate: bytes }),
    [compute(to, [], () => low(value, width))],
  );
}

/** MOV r64, imm64: REX.W B8+rd io. */
export function moveAbsolute(to: Register, value: bigint): Instruction {
  return instruction(
    `movabs ${immediateText(value, 8)},${registerText(to, 8)}`,
    [...rex(8, 0, to), 0xb8 | (to & 7), ...fourBytesOf(value), ...fourBytesOf(value >> 32n)],
    [compute(to, [], () => value)],
  );
}

/** LEA r64, m: REX.W 8D /r. */
export function loadEffectiveAddress(to: Register, of: Address): Instruction {
  return instruction(
    `lea ${addressText(of)},${registerText(to, 8)}`,
    encode({ width: 8, opcode: [0x8d], field: to, operand: of }),
    [compute(to, [of.base], (base = 0n) => base + BigInt(of.displacement))],
  );
}

/** MOVSXD r64, r/m32: REX.W 63 /r. */
export function signExtend(to: Register, from: Register): Instruction {
  return instruction(
    `movslq ${registerText(from, 4)},${registerText(to, 8)}`,
    encode({ width: 8, opcode: [0x63], field: to, operand: from }),
    [compute(to, [from], (content = 0n) => BigInt.asIntN(32, content))],
  );
}

/** ADD, OR, AND, SUB, XOR, CMP r/m, r: 01, 09, 21, 29, 31, 39 /r. */
export function alu(operation: AluOperation, to: Register, from: Register, width: Width): Instruction {
  return instruction(
    `${operation} ${registerText(from, width)},${registerText(to, width)}`,
    encode({ width, opcode: [operations[operation].extension * 8 + 1], field: from, operand: to }),
    combined(operation, name(to), name(to), name(from), width),
  );
}

/** ADD, OR, AND, SUB, XOR, CMP r/m, imm: 83 /n ib, sign-extended, or 81 /n id; eAX, imm32: 8n+5 id. */
export function aluImmediate(
  operation: AluOperation,
  to: Register,
  value: bigint,
  width: Width,
): Instruction {
  const ofAccumulator = to === rax && !fitsSigned(value, 8);
  const opcode = operations[operation].extension * 8 + 5;
  return instruction(
    `${operation} ${immediateText(value, width)},${registerText(to, width)}`,
    ofAccumulator
      ? [...rex(width, 0, 0), opcode, ...fourBytesOf(value)]
      : aluImmediateBytes(operation, to, value, width),
    [withImmediate(value), ...combined(operation, name(to), name(to), immediate, width)],
  );
}

/** IMUL r, r/m: 0F AF /r. */
export function multiply(to: Register, from: Register, width: Width): Instruction {
  return instruction(
    `imul ${registerText(from, width)},${registerText(to, width)}`,
    encode({ width, opcode: [0x0f, 0xaf], field: to, operand: from }),
    [compute(to, [to, from], (left = 0n, right = 0n) => low(left * right, width)), flagsLost],
  );
}

/** NEG r/m: F7 /3. */
export function negate(register: Register, width: Width): Instruction {
  return instruction(
    `neg ${registerText(register, width)}`,
    encode({ width, opcode: [0xf7], field: 3, operand: register }),
    combined('sub', name(register), 'zero', name(register), width),
  );
}

/** NOT r/m: F7 /2. */
export function complement(register: Register, width: Width): Instruction {
  return instruction(
    `not ${registerText(register, width)}`,
    encode({ width, opcode: [0xf7], field: 2, operand: register }),
    [compute(register, [register], (content = 0n) => low(~content, width))],
  );
}

const shifts = {
  shl: { extension: 4, value: (content: bigint, count: bigint) => content << count },
  shr: {
    extension: 5,
    value: (content: bigint, count: bigint, bits: number) => BigInt.asUintN(bits, content) >> count,
  },
  sar: {
    extension: 7,
    value: (content: bigint, count: bigint, bits: number) => BigInt.asIntN(bits, content) >> count,
  },
} as const;
export type Shift = keyof typeof shifts;

/** SHL, SHR, SAR r/m, CL: D3 /4, /5, /7. The count is taken modulo the operand's width in bits. */
export function shift(operation: Shift, register: Register, width: Width): Instruction {
  const bits = width * 8;
  const { extension, value } = shifts[operation];
  return instruction(
    `${operation} %cl,${registerText(register, width)}`,
    encode({ width, opcode: [0xd3], field: extension, operand: register }),
    [
      compute(register, [register, rcx], (content = 0n, count = 0n) =>
        low(value(content, count & BigInt(bits - 1), bits), width),
      ),
      flagsLost,
    ],
  );
}

/** SETcc r/m8: 0F 90+cc; without REX, 4 to 7 would be ah, ch, dh and bh (SDM 2.2.1.2). */
export function setIf(condition: ConditionCode, to: Register): Instruction {
  const { code, holds } = conditions[condition];
  return instruction(
    `set${condition} ${registerText(to, 1)}`,
    [...rex(4, 0, to, to >= 4), 0x0f, 0x90 | code, ...modRm(0, to)],
    [
      {
        kind: 'compute',
        to: name(to),
        from: [name(to), flags],
        value: (before = 0n, content = 0n) => (before & ~0xffn) | BigInt(holds(content)),
      },
    ],
  );
}

/** MOVZX r32, r/m8: 0F B6 /r. */
export function zeroExtendByte(to: Register, from: Register): Instruction {
  return instruction(
    `movzbl ${registerText(from, 1)},${registerText(to, 4)}`,
    [...rex(4, to, from, from >= 4), 0x0f, 0xb6, ...modRm(to, from)],
    [compute(to, [from], (content = 0n) => content & 0xffn)],
  );
}

/** PAUSE: F3 90. */
export const pause = instruction('pause', [0xf3, 0x90], []);

/** RET: C3. */
export const ret = instruction('ret', [0xc3], [{ kind: 'return', status: name(rax) }]);

/** Jcc rel32: 0F 80+cc cd; the displacement counts from the end of the instruction. */
export function jumpIf(condition: ConditionCode, to: Label): Branch {
  const { code, holds } = conditions[condition];
  return branch(`j${condition}`, [0x0f, 0x80 | code], to, {
    from: [flags],
    holds: (content = 0n) => holds(content),
  });
}

/** JMP rel32: E9 cd. */
export function jump(to: Label): Branch {
  return branch('jmp', [0xe9], to, undefined);
}

function branch(mnemonic: string, opcode: readonly number[], to: Label, taken: Taken | undefined): Branch {
  const sizeBytes = opcode.length + 4;
  return {
    kind: 'branch',
    to,
    sizeBytes,
    taken,
    encode: (displacementBytes, target) =>
      instruction(
        `${mnemonic} 0x${target.toString(16)}`,
        [...opcode, ...fourBytes(displacementBytes - sizeBytes)],
        [],
      ),
  };
}
