/**
 * A test that is well-formed but cannot become machine code (or cannot on this architecture, or in
 * this layout). The message names the thread and line where there is one, what is wrong, and what to do.
 */
export class LoweringError extends Error {
  override readonly name = 'LoweringError';
}
