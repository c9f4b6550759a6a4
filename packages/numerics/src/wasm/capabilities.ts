import { webAssembly } from './engine.ts';
import { hasSimd } from './has-simd.ts';
import { moduleBuilder } from './module.ts';
import { f32, f32x4 } from './value.ts';

/** Capabilities of the JavaScript engine and the processor: none, SIMD, or SIMD with fused multiply-adds. */
export type Capability = 'none' | 'simd' | 'fma';

/**
 * Tests the engine's capability by running a probe. Relaxed SIMD does not specify whether a multiply-add rounds once. On a
 * processor without such an instruction it rounds twice, and plain SIMD code then gives the same results everywhere.
 *
 * @returns the capability.
 * @example
 * ```js
 * import { capability } from '@polysem/numerics/wasm';
 * ['none', 'simd', 'fma'].includes(capability()); // true
 * ```
 */
export function capability(): Capability {
  const engine = webAssembly();
  if (engine === null || !hasSimd()) return 'none';
  const fused = probe();
  if (!engine.validate(fused)) return 'simd';
  const memory = new engine.Memory({ initial: 1 });
  const { exports } = new engine.Instance(new engine.Module(fused), { env: { memory } });
  return exports.probe(1 + 2 ** -12) === 2 ** -24 ? 'fma' : 'simd';
}

/** Computes x^2 - (1 + 2^-11). For x = 1 + 2^-12 the result is 2^-24 with one rounding and 0 with two. */
function probe(): Uint8Array<ArrayBuffer> {
  const module = moduleBuilder();
  module.define(
    ['f32'],
    'f32',
    (body, x) => {
      const square = f32x4.splat(x);
      const rest = f32x4.const(-(1 + 2 ** -11));
      const result = f32x4.fusedMultiplyAdd(square, square, rest);
      body.return(f32.add(f32x4.lane(result, 0), f32.const(0)));
    },
    'probe',
  );
  return module.bytes(1);
}
