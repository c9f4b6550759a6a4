let areWide = false;

/**
 * Says that this engine pairs 128-bit vectors into 256-bit ones, as V8 does with --experimental-wasm-revectorize. Code
 * generated from now on has larger tiles, which would not fit the registers of another engine. It computes the same
 * numbers in the same order: results do not change by a bit.
 */
export function expectWideVectors(): void {
  areWide = true;
}

/** Whether {@link expectWideVectors} was said. */
export function wideVectors(): boolean {
  return areWide;
}
