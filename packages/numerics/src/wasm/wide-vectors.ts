let areWide = false;

/**
 * Tells code generation that this engine combines pairs of 128-bit vectors into 256-bit ones, as V8 does with
 * --experimental-wasm-revectorize. Code generated from now on uses larger tiles, which would not fit in the registers of
 * another engine. It computes the same numbers in the same order, so results do not change.
 *
 * @example
 * ```js
 * import { expectWideVectors, wideVectors } from '@polysem/numerics/wasm';
 * expectWideVectors();
 * wideVectors(); // true
 * ```
 */
export function expectWideVectors(): void {
  areWide = true;
}

/**
 * True if {@link expectWideVectors} was called.
 *
 * @returns true after the call.
 * @example
 * ```js
 * import { wideVectors } from '@polysem/numerics/wasm';
 * typeof wideVectors(); // 'boolean'
 * ```
 */
export function wideVectors(): boolean {
  return areWide;
}
