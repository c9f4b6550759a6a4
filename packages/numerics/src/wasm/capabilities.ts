import { webAssembly } from './engine.ts';
import { moduleBuilder } from './module.ts';
import { f32, f32x4, v128 } from './value.ts';

/** What the JavaScript engine and the processor can do: nothing, SIMD, or SIMD with fused multiply-adds. */
export type Capability = 'none' | 'simd' | 'fma';

/**
 * Finds out by trying. Relaxed SIMD leaves open whether a multiply-add rounds once; on a processor that has no such
 * instruction it rounds twice, and the plain code then gives the same on every machine.
 */
export function capability(): Capability {
  const engine = webAssembly();
  if (engine === null || !engine.validate(probe(false))) return 'none';
  const fused = probe(true);
  if (!engine.validate(fused)) return 'simd';
  const memory = new engine.Memory({ initial: 1 });
  const { exports } = new engine.Instance(new engine.Module(fused), { house: { memory } });
  return exports.probe(1 + 2 ** -12) === 2 ** -24 ? 'fma' : 'simd';
}

/** x^2 - (1 + 2^-11): for x = 1 + 2^-12 it is 2^-24 if rounded once, and 0 if the square was rounded before. */
function probe(isFused: boolean): Uint8Array<ArrayBuffer> {
  const module = moduleBuilder();
  module.define(
    ['f32'],
    'f32',
    (body, x) => {
      const square = f32x4.splat(x);
      const rest = f32x4.const(-(1 + 2 ** -11));
      const result = isFused
        ? f32x4.fusedMultiplyAdd(square, square, rest)
        : f32x4.add(f32x4.mul(square, square), v128.and(rest, rest));
      body.return(f32.add(f32x4.lane(result, 0), f32.const(0)));
    },
    'probe',
  );
  return module.bytes(1);
}
