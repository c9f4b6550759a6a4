import type { Arithmetic } from './arithmetic.ts';
import { cosineOfTurns, log2 } from './elementary.ts';
import { toOpenUniform, toUniform } from './random-lanes.ts';
import type { Body } from '../wasm/module.ts';
import { f32x4, type V128 } from '../wasm/value.ts';

/**
 * Four vectors of four independent standard normal numbers (Box & Muller 1958), at most 6.7 in absolute value: 31 bits
 * determine the radius, so that thresholds for rare events in the tails stay accurate. Instructions come in similar pairs,
 * which engines can combine into wide vectors.
 *
 * @param body function under construction.
 * @param math multiply-adds to use.
 * @param words returns four new random words.
 * @returns four vectors of four numbers.
 * @example
 * ```js
 * import { arithmetic, fourNormals, RANDOM_STATE, randomLanes } from '@polysem/numerics/lanes';
 * import { moduleBuilder } from '@polysem/numerics/wasm';
 * const write = (body) => body.return(fourNormals(body, arithmetic(false), randomLanes(body, 64).words)[0]);
 * moduleBuilder().define([], 'v128', write).result; // 'v128'
 * RANDOM_STATE; // 128
 * ```
 */
export function fourNormals(body: Body, math: Arithmetic, words: () => V128): readonly V128[] {
  const two = [0, 1];
  const radius = two.map(() => {
    const log = log2(body, math, body.hold(toOpenUniform(words())));
    return body.hold(f32x4.sqrt(f32x4.mul(log, f32x4.const(-2 * Math.LN2))));
  });
  const turns = two.map(() => body.hold(toUniform(words())));
  const cosines = two.map((k) =>
    body.hold(f32x4.mul(radius[k], cosineOfTurns(body, math, turns[k]))),
  );
  // A sine is a cosine shifted by a quarter turn.
  const sines = two.map((k) => {
    const quarter = f32x4.abs(f32x4.sub(turns[k], f32x4.const(0.25)));
    return body.hold(f32x4.mul(radius[k], cosineOfTurns(body, math, quarter)));
  });
  return [...cosines, ...sines];
}
