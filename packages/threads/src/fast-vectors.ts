import v8 from 'node:v8';
import { expectWideVectors } from '@polysem/numerics/wasm';

let wide: boolean | null = null;

/**
 * Lets V8 do with vectors what it can do, in this thread and all it starts; to be called before any WebAssembly is
 * compiled. Node 20 gets relaxed SIMD, as later versions have of themselves; Node 24 and later on x64 pair vectors of 128
 * bits into 256. The latter is an experiment of V8's and changes no result; POLYSEM_WIDE_VECTORS=off leaves it out.
 *
 * @returns whether vectors are paired.
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
