import type { ModuleBuilder } from '../../wasm/module.ts';
import { f64x2, i32, v128 } from '../../wasm/value.ts';
import { advance, constant, repeat } from './emit-loops.ts';

/** Copies `count` consecutive groups of 4 (8) numbers to addresses `step` bytes apart. */
export function defineSpread(module: ModuleBuilder, numbers: 4 | 8): void {
  module.define(
    ['i32', 'i32', 'i32', 'i32'],
    null,
    (body, to, step, from, count) => {
      repeat(body, count, () => {
        for (let offset = 0; offset < 8 * numbers; offset += 16) {
          body.store(to, offset, v128.load(from, offset));
        }
        advance(body, to, step);
        advance(body, from, 8 * numbers);
      });
    },
    `spread${numbers}`,
  );
}

/** Interleaves the numbers of two rows, with pairs `step` bytes apart, and the reverse. `count` must be even. */
export function defineInterleave(module: ModuleBuilder): void {
  const low = [0, 1, 4, 5];
  const high = [2, 3, 6, 7];
  module.define(
    ['i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (body, to, step, first, second, count) => {
      repeat(body, i32.shrU(count, constant(1)), () => {
        body.scope(() => {
          const a = body.hold(v128.load(first));
          const b = body.hold(v128.load(second));
          body.store(to, 0, v128.shuffle(a, b, low));
          advance(body, to, step);
          body.store(to, 0, v128.shuffle(a, b, high));
          advance(body, to, step);
          advance(body, first, 16);
          advance(body, second, 16);
        });
      });
    },
    'interleave',
  );
  module.define(
    ['i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (body, from, step, first, second, count) => {
      repeat(body, i32.shrU(count, constant(1)), () => {
        body.scope(() => {
          const a = body.hold(v128.load(from));
          advance(body, from, step);
          const b = body.hold(v128.load(from));
          advance(body, from, step);
          body.store(first, 0, v128.shuffle(a, b, low));
          body.store(second, 0, v128.shuffle(a, b, high));
          advance(body, first, 16);
          advance(body, second, 16);
        });
      });
    },
    'separate',
  );
}

/** Rotates two rows: p becomes c p + s q, and q becomes c q - s p. `count` must be even. */
export function defineRotate(module: ModuleBuilder): void {
  module.define(
    ['i32', 'i32', 'i32', 'f64', 'f64'],
    null,
    (body, p, q, count, cosine, sine) => {
      const c = body.hold(f64x2.splat(cosine));
      const s = body.hold(f64x2.splat(sine));
      repeat(body, i32.shrU(count, constant(1)), () => {
        body.scope(() => {
          const x = body.hold(v128.load(p));
          const y = body.hold(v128.load(q));
          body.store(p, 0, f64x2.add(f64x2.mul(c, x), f64x2.mul(s, y)));
          body.store(q, 0, f64x2.sub(f64x2.mul(c, y), f64x2.mul(s, x)));
          advance(body, p, 16);
          advance(body, q, 16);
        });
      });
    },
    'rotate',
  );
}
