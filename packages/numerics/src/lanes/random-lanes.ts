import { type Body, type FunctionHandle, type Local, type ModuleBuilder } from '../wasm/module.ts';
import { f32x4, i32, i32x4, i64x2, v128, type I32, type V128 } from '../wasm/value.ts';

/*
 * Random numbers in four lanes: xoshiro128+ (Blackman & Vigna, "Scrambled linear pseudorandom number generators", ACM
 * TOMS 2021), one generator a lane, in two sets of four that take turns, so that one set's additions and shifts hide the
 * other's. All eight are seeded for each instance and step by Philox 4x32-10 blocks of the instance's stream. They start
 * at independent places of a period of 2^128 - 1; a batch draws fewer than 2^32 words, so that two overlap with
 * probability below 2^-90 each. The lowest bits of xoshiro128+ are weak; they only round the floats made of them.
 */

const PHILOX = [0xd2511f53, 0xcd9e8d57];
const WEYL = [0x9e3779b9, 0xbb67ae85];
const ROUNDS = 10;
const SETS = 2;
const SET_BYTES = 64;
/** Philox blocks that a step is seeded with, one a generator. */
const BLOCKS_A_STEP = 4 * SETS;
/** Bytes of the generators' state. */
export const RANDOM_STATE: number = SETS * SET_BYTES;

/**
 * Defines `seed(name, step)`: fills the state with the blocks 8 step .. 8 step + 7 of the Philox stream whose name (key
 * 0, key 1, stream 0, stream 1) stands at `name`: the words that `uint32` would draw there, four a generator.
 */
export function defineSeeding(module: ModuleBuilder, state: number): FunctionHandle<null> {
  return module.define(['i32', 'i32'], null, (body, name, step) => {
    for (let set = 0; set < SETS; set++) body.scope(() => emitBlocks(body, name, step, state, set));
  });
}

/** Four blocks of Philox side by side. */
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
  c.forEach((value, k) => body.store(i32.const(state), SET_BYTES * set + 16 * k, value));
}

/** The generators, in locals of a function. */
export interface RandomLanes {
  /** Four fresh words, of the set whose turn it is: the first of a function's code is drawn from the first set. */
  readonly words: () => Local<'v128'>;
  /** Puts the state back into memory. */
  readonly save: () => void;
}

/** Takes the generators at `state` into locals. */
export function randomLanes(body: Body, state: number): RandomLanes {
  const sets = Array.from({ length: SETS }, (_set, set) =>
    [0, 1, 2, 3].map((k) => body.hold(v128.load(i32.const(state), SET_BYTES * set + 16 * k))),
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
    save: () =>
      sets.forEach((s, set) =>
        s.forEach((word, k) => body.store(i32.const(state), SET_BYTES * set + 16 * k, word)),
      ),
  };
}

/** Words as whole numbers below 2^24, as floats: the upper 24 bits. */
export function toWhole(words: V128): V128 {
  return f32x4.fromI32(i32x4.shrU(words, 8));
}

/** Words as uniforms on [0, 1): the upper 24 bits. */
export function toUniform(words: V128): V128 {
  return f32x4.mul(toWhole(words), f32x4.const(2 ** -24));
}

/** Words as uniforms on [0, 1]: all 32 bits, which floats near 0 hold. */
export function toFineUniform(words: V128): V128 {
  return f32x4.mul(f32x4.fromU32(words), f32x4.const(2 ** -32));
}

/** Words as uniforms in (0, 1): the upper 31 bits, so that one is below a small p with probability p to 2^-32. */
export function toOpenUniform(words: V128): V128 {
  const whole = f32x4.fromI32(i32x4.shrU(words, 1));
  const u = f32x4.mul(f32x4.add(whole, f32x4.const(0.5)), f32x4.const(2 ** -31));
  return f32x4.pmin(f32x4.const(1 - 2 ** -24), u);
}
