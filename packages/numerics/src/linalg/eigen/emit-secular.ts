import type { Body, Local, ModuleBuilder } from '../../wasm/module.ts';
import { f64, f64x2, i32, v128, type V128 } from '../../wasm/value.ts';
import { advance, constant, repeat, sumOfFour } from './emit-loops.ts';
import { TILE_ROWS } from './emit-product.ts';

/**
 * Sums over `count` poles d with weights z at the point base + shift: out(0) = sum z^2 / gap and out(1) = sum z^2 / gap^2,
 * with gap = (d - base) - shift.
 */
export function defineSecularSums(module: ModuleBuilder): void {
  module.define(
    ['i32', 'i32', 'i32', 'i32', 'f64', 'f64'],
    null,
    (body, out, d, z, count, base, shift) => {
      const pair = (): Local<'v128'>[] => [0, 1].map(() => body.hold(f64x2.const(0)));
      const [values, slopes] = [pair(), pair()];
      const bases = body.hold(f64x2.splat(base));
      const shifts = body.hold(f64x2.splat(shift));
      repeat(body, i32.shrU(count, constant(2)), () => {
        for (const v of [0, 1]) {
          body.scope(() => {
            const weight = body.hold(v128.load(z, 16 * v));
            const gap = f64x2.sub(f64x2.sub(v128.load(d, 16 * v), bases), shifts);
            const ratio = body.hold(f64x2.div(weight, gap));
            body.set(values[v], f64x2.add(values[v], f64x2.mul(weight, ratio)));
            body.set(slopes[v], f64x2.add(slopes[v], f64x2.mul(ratio, ratio)));
          });
        }
        advance(body, d, 32);
        advance(body, z, 32);
      });
      const value = body.hold(sumOfFour(body, values[0], values[1]));
      const slope = body.hold(sumOfFour(body, slopes[0], slopes[1]));
      repeat(body, i32.and(count, constant(3)), () => {
        body.scope(() => {
          const weight = body.hold(f64.load(z));
          const gap = f64.sub(f64.sub(f64.load(d), base), shift);
          const ratio = body.hold(f64.div(weight, gap));
          body.set(value, f64.add(value, f64.mul(weight, ratio)));
          body.set(slope, f64.add(slope, f64.mul(ratio, ratio)));
        });
        advance(body, d, 8);
        advance(body, z, 8);
      });
      body.store(out, 0, value);
      body.store(out, 8, slope);
    },
    'secularSums',
  );
}

/** product(i) *= ((d(i) - base) - shift) / (d(i) - pole), for `count` poles d(i) other than `pole`. */
export function defineGapProducts(module: ModuleBuilder): void {
  module.define(
    ['i32', 'i32', 'i32', 'f64', 'f64', 'f64'],
    null,
    (body, product, d, count, base, shift, pole) => {
      const [bases, shifts, poles] = [base, shift, pole].map((x) => body.hold(f64x2.splat(x)));
      repeat(body, i32.shrU(count, constant(1)), () => {
        body.scope(() => {
          const at = body.hold(v128.load(d));
          const gap = f64x2.sub(f64x2.sub(at, bases), shifts);
          const ratio = f64x2.div(gap, f64x2.sub(at, poles));
          body.store(product, 0, f64x2.mul(v128.load(product), ratio));
        });
        advance(body, d, 16);
        advance(body, product, 16);
      });
      body.if(i32.and(count, constant(1)), () => {
        const at = body.hold(f64.load(d));
        const gap = f64.sub(f64.sub(at, base), shift);
        const ratio = f64.div(gap, f64.sub(at, pole));
        body.store(product, 0, f64.mul(f64.load(product), ratio));
      });
    },
    'gapProducts',
  );
}

/**
 * Four interleaved eigenvectors of a diagonal matrix d with a rank-one change by z: component i is z(i) / gap, normalised.
 * `points` holds the four bases, then the four shifts.
 */
export function defineSecularVectors(module: ModuleBuilder): void {
  module.define(
    ['i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (body, to, d, z, count, points) => {
      const halves = Array.from({ length: TILE_ROWS / 2 }, (_, v) => v);
      const bases = halves.map((v) => body.hold(v128.load(points, 16 * v)));
      const shifts = halves.map((v) => body.hold(v128.load(points, 8 * TILE_ROWS + 16 * v)));
      const norms = halves.map(() => body.hold(f64x2.const(0)));
      const at = body.hold(to);
      repeat(body, count, () => {
        body.scope(() => {
          const pole = body.hold(v128.loadSplat64(d));
          const weight = body.hold(v128.loadSplat64(z));
          for (const v of halves) {
            const gap = f64x2.sub(f64x2.sub(pole, bases[v]), shifts[v]);
            const entry = body.hold(f64x2.div(weight, gap));
            body.set(norms[v], f64x2.add(norms[v], f64x2.mul(entry, entry)));
            body.store(at, 16 * v, entry);
          }
        });
        advance(body, d, 8);
        advance(body, z, 8);
        advance(body, at, 8 * TILE_ROWS);
      });
      const factors = norms.map((norm) => body.hold(reciprocalRoot(norm)));
      emitScale(body, to, count, factors);
    },
    'secularVectors',
  );
}

function reciprocalRoot(x: V128): V128 {
  return f64x2.div(f64x2.const(1), f64x2.sqrt(x));
}

function emitScale(
  body: Body,
  to: Local<'i32'>,
  count: Local<'i32'>,
  factors: readonly V128[],
): void {
  repeat(body, count, () => {
    factors.forEach((factor, v) =>
      body.store(to, 16 * v, f64x2.mul(v128.load(to, 16 * v), factor)),
    );
    advance(body, to, 8 * TILE_ROWS);
  });
}
