import { type Body, type FunctionHandle, type Local, type ModuleBuilder } from '../wasm/module.ts';
import { f32x4, i32, i32x4, i64x2, v128, type I32, type V128 } from '../wasm/value.ts';

/*
 * Random numbers in four lanes: xoshiro128+ (Blackman & Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS
 * 2021), one generator per lane, in two sets of four that alternate, so that the additions and shifts of one set overlap
 * with those of the other. Philox 4x32-10 blocks of a named stream seed all eight generators at every step. They start at
 * independent points of a period of 2^128 - 1, and a batch draws fewer than 2^32 words, so two sequences overlap with
 * probability below 2^-90. The lowest bits of xoshiro128+ are weak; they affect only the rounding of floats.
 */

const PHILOX = [0xd2511f53, 0xcd9e8d57];
const WEYL = [0x9e3779b9, 0xbb67ae85];
const ROUNDS = 10;
const SETS = 2;
/** Words per generator. */
const WORDS = 4;
/** Philox blocks that seed one step, one per generator. */
const BLOCKS_A_STEP = 4 * SETS;
/** Size of the generators' state in bytes. */
export const RANDOM_STATE: number = SETS * WORDS * 16;

/** Byte offset of a word of a set. The same words of both sets are adjacent, so that V8 can pair them. */
function placeOf(word: number, set: number): number {
  return 16 * (SETS * word + set);
}

/**
 * Defines `seed(name, step)`, which fills the state with blocks 8 step .. 8 step + 7 of a Philox stream. The four words at
 * address `name` identify the stream: key 0, key 1, stream 0, stream 1. The state gets the words that `nextUint32` would
 * draw there, four per generator.
 *
 * @param module module under construction.
 * @param state address of the generators' state.
 * @returns the function `seed(name, step)`.
 * @example
 * ```js
 * import { defineSeeding } from '@polysem/numerics/lanes';
 * import { moduleBuilder } from '@polysem/numerics/wasm';
 * defineSeeding(moduleBuilder(), 64).index; // 0
 * ```
 */
export function defineSeeding(module: ModuleBuilder, state: number): FunctionHandle<null> {
  return module.define(['i32', 'i32'], null, (body, name, step) => {
    for (let set = 0; set < SETS; set++) body.scope(() => emitBlocks(body, name, step, state, set));
  });
}

/** Computes four Philox blocks in parallel. */
function emitBlocks(body: Body, name: I32, step: I32, state: number, set: number): void {
  const word = (offset: number): V128 => v128.loadSplat(name, offset);
  const first = i32.mul(step, i32.const(BLOCKS_A_STEP));
  const lanes = v128.bytes([0, 1, 2, 3].flatMap((lane) => [4 * set + lane, 0, 0, 0]));
  const c = [
    body.hold(i32x4.add(i32x4.splat(first), lanes)),
    body.hold(i32x4.splat(i32.shrU(step, i32.const(32 - Math.log2(BLOCKS_A_STEP))))),
    body.hold(word(8)),
    body.hold(word(12)),
  ];
  const key = [body.hold(word(0)), body.hold(word(4))];
  for (let round = 0; round < ROUNDS; round++) {
    body.scope(() => {
      const products = [0, 1].map((k) => {
        const factor = i32x4.const(PHILOX[k]);
        const low = body.hold(i64x2.multiplyLow(c[2 * k], factor));
        const high = body.hold(i64x2.multiplyHigh(c[2 * k], factor));
        return {
          low: v128.shuffle(low, high, [0, 2, 4, 6]),
          high: v128.shuffle(low, high, [1, 3, 5, 7]),
        };
      });
      const next = [
        v128.xor(v128.xor(products[1].high, c[1]), key[0]),
        products[1].low,
        v128.xor(v128.xor(products[0].high, c[3]), key[1]),
        products[0].low,
      ].map((value) => body.hold(value));
      next.forEach((value, k) => body.set(c[k], value));
      key.forEach((value, k) => body.set(value, i32x4.add(value, i32x4.const(WEYL[k]))));
    });
  }
  c.forEach((value, k) => body.store(i32.const(state), placeOf(k, set), value));
}

/** The generators, held in local variables of a function. */
export interface RandomLanes {
  /** Four new words from one set; the sets alternate, starting with the first in the code of a function. */
  readonly words: () => Local<'v128'>;
  /** Stores the state in memory again. */
  readonly save: () => void;
}

/**
 * Loads the generators at address `state` into local variables.
 *
 * @param body function under construction.
 * @param state address of the generators' state.
 * @returns functions that emit code to draw words and to store the state.
 * @example
 * ```js
 * import { randomLanes, toUniform } from '@polysem/numerics/lanes';
 * import { moduleBuilder } from '@polysem/numerics/wasm';
 * const write = (body) => body.return(toUniform(randomLanes(body, 64).words()));
 * moduleBuilder().define([], 'v128', write).result; // 'v128'
 * ```
 */
export function randomLanes(body: Body, state: number): RandomLanes {
  const sets = Array.from({ length: SETS }, (_set, set) =>
    [0, 1, 2, 3].map((k) => body.hold(v128.load(i32.const(state), placeOf(k, set)))),
  );
  const shifted = body.local('v128');
  let turn = 0;
  return {
    words: () => {
      const s = sets[turn];
      turn = (turn + 1) % SETS;
      const result = body.hold(i32x4.add(s[0], s[3]));
      body.set(shifted, i32x4.shl(s[1], 9));
      body.set(s[2], v128.xor(s[2], s[0]));
      body.set(s[3], v128.xor(s[3], s[1]));
      body.set(s[1], v128.xor(s[1], s[2]));
      body.set(s[0], v128.xor(s[0], s[3]));
      body.set(s[2], v128.xor(s[2], shifted));
      body.set(s[3], v128.or(i32x4.shl(s[3], 11), i32x4.shrU(s[3], 21)));
      return result;
    },
    save: () => {
      for (let k = 0; k < WORDS; k++)
        body.storeVectors(
          i32.const(state),
          placeOf(k, 0),
          sets.map((set) => set[k]),
        );
    },
  };
}

/**
 * The upper 24 bits of words, as floats that are integers below 2^24.
 *
 * @param words four 32-bit words.
 * @returns four float32 numbers.
 * @example
 * ```js
 * import { toWhole } from '@polysem/numerics/lanes';
 * import { i32x4 } from '@polysem/numerics/wasm';
 * toWhole(i32x4.const(0)).type; // 'v128'
 * ```
 */
export function toWhole(words: V128): V128 {
  return f32x4.fromI32(i32x4.shrU(words, 8));
}

/**
 * Uniform numbers on [0, 1) from the upper 24 bits of words.
 *
 * @param words four 32-bit words.
 * @returns four float32 numbers.
 * @example
 * ```js
 * import { toUniform } from '@polysem/numerics/lanes';
 * import { i32x4 } from '@polysem/numerics/wasm';
 * toUniform(i32x4.const(0)).type; // 'v128'
 * ```
 */
export function toUniform(words: V128): V128 {
  return f32x4.mul(toWhole(words), f32x4.const(2 ** -24));
}

/**
 * Uniform numbers on [0, 1] from all 32 bits of words, which floats near 0 can represent.
 *
 * @param words four 32-bit words.
 * @returns four float32 numbers.
 * @example
 * ```js
 * import { toFineUniform } from '@polysem/numerics/lanes';
 * import { i32x4 } from '@polysem/numerics/wasm';
 * toFineUniform(i32x4.const(0)).type; // 'v128'
 * ```
 */
export function toFineUniform(words: V128): V128 {
  return f32x4.mul(f32x4.fromU32(words), f32x4.const(2 ** -32));
}

/**
 * Uniform numbers in (0, 1) from the upper 31 bits of words, so that P(u < p) is accurate to 2^-32 for small p.
 *
 * @param words four 32-bit words.
 * @returns four float32 numbers.
 * @example
 * ```js
 * import { toOpenUniform } from '@polysem/numerics/lanes';
 * import { i32x4 } from '@polysem/numerics/wasm';
 * toOpenUniform(i32x4.const(0)).type; // 'v128'
 * ```
 */
export function toOpenUniform(words: V128): V128 {
  const whole = f32x4.fromI32(i32x4.shrU(words, 1));
  const u = f32x4.mul(f32x4.add(whole, f32x4.const(0.5)), f32x4.const(2 ** -31));
  return f32x4.pmin(f32x4.const(1 - 2 ** -24), u);
}
