import { webAssembly } from './engine.ts';

/** A module with one function: `i32.const 0`, `i8x16.splat`, `drop`. */
const PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26,
  11,
];

/**
 * Tests whether the engine has the SIMD instructions of WebAssembly, without which only the TypeScript kernel runs. Small
 * enough for a page that does not compute itself.
 *
 * @returns true if it has.
 * @example
 * ```js
 * import { hasSimd } from '@polysem/numerics/wasm';
 * hasSimd(); // true
 * ```
 */
export function hasSimd(): boolean {
  return webAssembly()?.validate(Uint8Array.from(PROBE)) ?? false;
}
