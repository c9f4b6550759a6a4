import v8 from 'node:v8';
import { expectWideVectors } from '@polysem/numerics/wasm';

let wide: boolean | null = null;

/**
 * Turns on V8's fast vector instructions in this process and in all threads that it starts; must be called before any
 * WebAssembly is compiled. Node 20 gets relaxed SIMD, which later versions have by default. Node 24 and later on x64 get
 * 256-bit vectors, each made of two 128-bit ones: an experimental feature of V8 that changes no result. The environment
 * variable POLYSEM_WIDE_VECTORS=off leaves it off.
 *
 * @returns true if 256-bit vectors are on.
 */
export function allowFastVectors(): boolean {
  if (wide !== null) return wide;
  const engine = Number.parseFloat(process.versions.v8);
  if (engine < 12) v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
  wide = engine >= 13 && process.arch === 'x64' && process.env.POLYSEM_WIDE_VECTORS !== 'off';
  if (wide) {
    v8.setFlagsFromString('--experimental-wasm-revectorize');
    expectWideVectors();
  }
  return wide;
}
