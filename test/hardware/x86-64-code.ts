import type { ObservedValueRequest, RunRequest } from '../../src/run/addon.ts';

/**
 * x86-64 machine code by hand, so that the runner is tested without the code generator. The function's
 * arguments are in rdi (cell), rsi (out record) and rdx (iterations). Encodings: Intel SDM volume 2.
 */

function little(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => (value >> (8 * index)) & 0xff);
}

const imm32 = (value: number): number[] => little(value, 4);

/** Accesses at an offset from the cell. */
export const store32 = (offset: number, value: number) => [0xc7, 0x87, ...imm32(offset), ...imm32(value)]; // mov dword [rdi+offset], value
export const store64 = (offset: number, value: number) => [0x48, ...store32(offset, value)]; // mov qword [rdi+offset], value
export const loadEax = (offset: number) => [0x8b, 0x87, ...imm32(offset)]; // mov eax, [rdi+offset]
export const loadEcx = (offset: number) => [0x8b, 0x8f, ...imm32(offset)]; // mov ecx, [rdi+offset]
export const loadRax = (offset: number) => [0x48, ...loadEax(offset)]; // mov rax, [rdi+offset]
export const storeRax = (offset: number) => [0x48, 0x89, 0x87, ...imm32(offset)]; // mov [rdi+offset], rax
export const addressRax = (offset: number) => [0x48, 0x8d, 0x87, ...imm32(offset)]; // lea rax, [rdi+offset]
export const incrementCell = [0x48, 0xff, 0x07]; // inc qword [rdi]
/** A non-temporal store of eax. */
export const storeEaxNonTemporal = (offset: number) => [0x0f, 0xc3, 0x87, ...imm32(offset)]; // movnti [rdi+offset], eax
export const constantEax = (value: number) => [0xb8, ...imm32(value)]; // mov eax, value

/** Stores a register in a slot of the out record. */
export const keepRax = (slot: number) => [0x48, 0x89, 0x46, 8 * slot]; // mov [rsi+slot], rax
export const keepRcx = (slot: number) => [0x48, 0x89, 0x4e, 8 * slot]; // mov [rsi+slot], rcx
/** The iterations of the group that are left, this one included. */
export const keepRdx = (slot: number) => [0x48, 0x89, 0x56, 8 * slot]; // mov [rsi+slot], rdx

/** eax = (cells - iterations left) / 256: in a batch of one group, 0 for its first 256 iterations, and so on. */
export const countedIn256s = (cells: number) => [...constantEax(cells), 0x29, 0xd0, 0xc1, 0xe8, 8]; // sub eax, edx; shr eax, 8

export const mfence = [0x0f, 0xae, 0xf0];
export const sfence = [0x0f, 0xae, 0xf8];
/** An instruction that is undefined by design. */
export const ud2 = [0x0f, 0x0b];
/** A store to address 0. */
export const storeNull = [0x31, 0xc0, 0xc7, 0x00, ...imm32(1)]; // xor eax, eax; mov dword [rax], 1
export const endless = [0xeb, 0xfe]; // jmp to itself
const ret = 0xc3;

/** Returns a status other than 0 from the first iteration, as a lock's spin does that gave up. */
export const giveUp = (status: number) => Uint8Array.from([...constantEax(status), ret]);

/** The body once per cell. */
export function perCell(spacingBytes: number, outBytes: number, ...body: readonly number[][]): Uint8Array {
  const addRdi = [0x48, 0x81, 0xc7, ...imm32(spacingBytes)]; // add rdi, spacingBytes
  const addRsi = [0x48, 0x81, 0xc6, ...imm32(outBytes)]; // add rsi, outBytes
  const decRdx = [0x48, 0xff, 0xca]; // dec rdx
  const loop = [...body.flat(), ...addRdi, ...addRsi, ...decRdx];
  const jumpBytes = 6;
  const jump = [0x0f, 0x85, ...imm32(-(loop.length + jumpBytes))]; // jnz to the loop's head
  return Uint8Array.from([...loop, ...jump, 0x31, 0xc0, ret]); // xor eax, eax; ret
}

/** Leaves a table of 32-bit numbers in the out records, whatever the iterations: a thread that loaded just those. */
export function copyToOut(table: readonly number[]): Uint8Array {
  const moveRdiRsi = [0x48, 0x89, 0xf7]; // mov rdi, rsi
  const behindRet = [0x48, 0x8d, 0x35, ...imm32(10)]; // lea rsi, [rip+10]
  const bytes = [0xb9, ...imm32(4 * table.length)]; // mov ecx, bytes
  const repMovsb = [0xf3, 0xa4]; // rep movsb
  const copy = [...moveRdiRsi, ...behindRet, ...bytes, ...repMovsb, 0x31, 0xc0, ret]; // xor eax, eax; ret
  return Uint8Array.from([...copy, ...table.flatMap(imm32)]);
}

/** A request with every field set; give what matters to the test. */
export function request(given: Partial<RunRequest> & Pick<RunRequest, 'threads'>): RunRequest {
  const cells = given.cells ?? 8192;
  const spacingBytes = given.spacingBytes ?? 64;
  return {
    initial: [],
    observed: [],
    memoryBytes: cells * spacingBytes,
    spacingBytes,
    cells,
    batches: 4,
    group: 64,
    groupStride: 1,
    preload: 'none',
    rendezvous: 'spin',
    startDelayNs: 0,
    seed: 1n,
    timeoutMs: 20_000,
    endAfterMs: 0,
    copies: [],
    stress: { cpus: [], bytes: 0 },
    ...given,
  };
}

export function register(thread: number, slot = 0): ObservedValueRequest {
  return { thread, offsetBytes: 8 * slot, widthBytes: 8, signed: true, pointer: false };
}
