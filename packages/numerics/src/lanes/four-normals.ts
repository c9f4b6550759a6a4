import type { Arithmetic } from './arithmetic.ts';
import { cosineOfTurns, log2 } from './elementary.ts';
import { toOpenUniform, toUniform } from './random-lanes.ts';
import type { Body } from '../wasm/module.ts';
import { f32x4, type V128 } from '../wasm/value.ts';

/**
 * Four times four independent standard normals (Box & Muller 1958), of at most 6.7 in size: where the tails of normals are
 * thresholds for rare events, 31 bits make the radius. They come by two alike, which engines may pair.
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
  // A sine is a cosine a quarter of a turn later.
  const sines = two.map((k) => {
    const quarter = f32x4.abs(f32x4.sub(turns[k], f32x4.const(0.25)));
    return body.hold(f32x4.mul(radius[k], cosineOfTurns(body, math, quarter)));
  });
  return [...cosines, ...sines];
}
