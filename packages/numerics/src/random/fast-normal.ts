import { ln } from '../elementary/logarithm.ts';
import type { Generator } from './generator.ts';
import { philox4x32 } from './philox.ts';

/*
 * Standard normal numbers of float32 precision, several times faster than `normal`: the ziggurat of Marsaglia and Tsang
 * (2000) with 128 layers. Layer, sign and position use different bits of a word, as Doornik (2005) recommends. Words come
 * from xoshiro128++ (Blackman and Vigna 2021), seeded by one Philox block. Only additions, multiplications and the
 * package's own logarithm are used, so that every engine gives the same bytes.
 */

const LAYERS = 128;
/** Start of the tail, and area of each layer: Marsaglia and Tsang, table for 128 layers. */
const TAIL = 3.442619855899;
const AREA = 9.91256303526217e-3;
/** exp(-TAIL^2 / 2). AREA is TAIL times this plus the area of the tail, which is Mills's ratio times this. */
const DENSITY_AT_TAIL = AREA / (TAIL + millsRatio(TAIL));
const UNIT = 2 ** -24;
const HALF_UNIT = 2 ** -25;

/** Mills's ratio: the area under exp(-t^2 / 2) beyond x over the density at x, as a continued fraction. */
function millsRatio(x: number): number {
  let fraction = x;
  for (let k = 200; k >= 1; k--) fraction = x + k / fraction;
  return 1 / fraction;
}

/** Outer edges of the layers: that of the base (as wide as a rectangle of its area) first, 0 last. */
const edges = new Float64Array(LAYERS + 1);
/** exp(-x^2 / 2) at those edges; unused for the base. */
const densities = new Float64Array(LAYERS + 1);
edges[0] = AREA / DENSITY_AT_TAIL;
edges[1] = TAIL;
densities[1] = DENSITY_AT_TAIL;
for (let layer = 2; layer < LAYERS; layer++) {
  densities[layer] = densities[layer - 1] + AREA / edges[layer - 1];
  edges[layer] = Math.sqrt(-2 * ln(densities[layer]));
}
densities[LAYERS] = 1;

/** A stream of 32-bit words: a small, plain, mutable state. */
export interface FastStream {
  /** State of xoshiro128++, four words. */
  readonly state: Int32Array;
}

const seedCounter = new Uint32Array(4);
const seedBlock = new Uint32Array(4);

/**
 * Stream `index` of a generator: a pure function of the generator's identity and the index, cheap to create.
 *
 * @param g generator that identifies the stream; not changed.
 * @param index a non-negative integer below 2^62.
 * @returns the stream at its start.
 * @example
 * ```js
 * import { fastStream, fastWord, generator } from 'polysem/random';
 * const g = generator(1);
 * fastWord(fastStream(g, 0)) === fastWord(fastStream(g, 0)); // true
 * ```
 */
export function fastStream(g: Generator, index: number): FastStream {
  // Counters of child generators have the top bit of word 1 set, drawn blocks neither of the top two: this uses the second.
  seedCounter[0] = index % 2 ** 32;
  seedCounter[1] = 0x40000000 + Math.floor(index / 2 ** 32);
  seedCounter[2] = g.counter[2];
  seedCounter[3] = g.counter[3];
  philox4x32(seedCounter, g.key, seedBlock);
  const state = Int32Array.from(seedBlock);
  // The only state that xoshiro cannot leave.
  if (state.every((word) => word === 0)) state[0] = 1;
  return { state };
}

/**
 * The next 32-bit word, as a signed integer.
 *
 * @param stream the stream; advanced.
 * @returns an integer from -2^31 to 2^31 - 1.
 * @example
 * ```js
 * import { fastStream, fastWord, generator } from 'polysem/random';
 * Number.isInteger(fastWord(fastStream(generator(1), 0))); // true
 * ```
 */
export function fastWord({ state }: FastStream): number {
  const s0 = state[0];
  const s3 = state[3];
  const sum = (s0 + s3) | 0;
  const word = (((sum << 7) | (sum >>> 25)) + s0) | 0;
  const s1 = state[1];
  const s2 = state[2] ^ s0;
  const t3 = s3 ^ s1;
  state[1] = s1 ^ s2;
  state[0] = s0 ^ t3;
  state[2] = s2 ^ (s1 << 9);
  state[3] = (t3 << 11) | (t3 >>> 21);
  return word;
}

/**
 * A uniform number in (0, 1): an odd multiple of 2^-25.
 *
 * @param stream the stream; advanced.
 * @returns the number.
 * @example
 * ```js
 * import { fastStream, fastUniform, generator } from 'polysem/random';
 * fastUniform(fastStream(generator(1), 0)) < 1; // true
 * ```
 */
export function fastUniform(stream: FastStream): number {
  return (fastWord(stream) >>> 8) * UNIT + HALF_UNIT;
}

/**
 * Fills `out[from]` .. `out[to - 1]` with standard normal numbers times a factor.
 *
 * @param stream the stream; advanced.
 * @param out array to fill.
 * @param from the first index.
 * @param to the index after the last.
 * @param factor standard deviation; default 1.
 * @example
 * ```js
 * import { fastStream, fillFastNormal, generator } from 'polysem/random';
 * const out = new Float64Array(2);
 * fillFastNormal(fastStream(generator(1), 0), out, 0, 2, 0);
 * Math.abs(out[0]); // 0
 * ```
 */
export function fillFastNormal(
  stream: FastStream,
  out: Float32Array | Float64Array,
  from: number,
  to: number,
  factor = 1,
): void {
  const { state } = stream;
  let s0 = state[0];
  let s1 = state[1];
  let s2 = state[2];
  let s3 = state[3];
  for (let i = from; i < to;) {
    const sum = (s0 + s3) | 0;
    const word = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    const t = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = (s3 << 11) | (s3 >>> 21);
    const layer = word & 127;
    const x = ((word >>> 8) * UNIT + HALF_UNIT) * edges[layer];
    if (x < edges[layer + 1]) {
      out[i++] = (word & 128) === 0 ? x * factor : -x * factor;
      continue;
    }
    state[0] = s0;
    state[1] = s1;
    state[2] = s2;
    state[3] = s3;
    const size = layer === 0 ? inTail(stream) : inWedge(stream, layer, x);
    s0 = state[0];
    s1 = state[1];
    s2 = state[2];
    s3 = state[3];
    if (size >= 0) out[i++] = (word & 128) === 0 ? size * factor : -size * factor;
  }
  state[0] = s0;
  state[1] = s1;
  state[2] = s2;
  state[3] = s3;
}

/** x if a random point above it within its layer is below the density, otherwise -1. */
function inWedge(stream: FastStream, layer: number, x: number): number {
  const height = densities[layer] + fastUniform(stream) * (densities[layer + 1] - densities[layer]);
  return ln(height) < (-x * x) / 2 ? x : -1;
}

/** A normal number beyond TAIL (Marsaglia 1964). */
function inTail(stream: FastStream): number {
  for (;;) {
    const x = -ln(fastUniform(stream)) / TAIL;
    const y = -ln(fastUniform(stream));
    if (2 * y > x * x) return TAIL + x;
  }
}
