/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUND_CONSTANTS = Int32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2,
);

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
const FIRST_HASH: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/** Bytes per block. */
const BLOCK = 64;

/** Float64 numbers per 64-byte block. */
const NUMBERS_PER_BLOCK = 8;

/**
 * The SHA-256 of numbers, in hexadecimal. The hashed bytes are the numbers as little-endian float64, with -0 as 0, so
 * that the hash does not depend on the type of the array.
 *
 * Source: FIPS 180-4.
 *
 * @param numbers any numbers.
 * @returns 64 hexadecimal digits.
 *
 * @example
 * ```js
 * import { sha256OfNumbers } from 'polysem/features';
 * sha256OfNumbers([1, 2]) === sha256OfNumbers(Float32Array.of(1, 2)); // true
 * ```
 */
export function sha256OfNumbers(numbers: ArrayLike<number>): string {
  const hash = Int32Array.from(FIRST_HASH);
  const words = new Int32Array(64);
  const block = new DataView(new ArrayBuffer(64));
  const compressBlock = (): void => {
    for (let t = 0; t < 16; t++) words[t] = block.getInt32(4 * t);
    compress(hash, words);
  };
  const whole = numbers.length - (numbers.length % NUMBERS_PER_BLOCK);
  for (let at = 0; at < whole; at += NUMBERS_PER_BLOCK) {
    for (let k = 0; k < NUMBERS_PER_BLOCK; k++) block.setFloat64(8 * k, numbers[at + k] + 0, true);
    compressBlock();
  }
  // Padding: a one bit after the last number, and the length in bits in the last eight bytes of the last block.
  const rest = numbers.length - whole;
  for (let k = 0; k < NUMBERS_PER_BLOCK; k++) {
    block.setFloat64(8 * k, k < rest ? numbers[whole + k] + 0 : 0, true);
  }
  block.setUint8(8 * rest, 0x80);
  if (rest === NUMBERS_PER_BLOCK - 1) {
    compressBlock();
    for (let t = 0; t < 16; t++) block.setInt32(4 * t, 0);
  }
  block.setBigUint64(56, BigInt(numbers.length * 64));
  compressBlock();
  return hexadecimal(hash);
}

/** Hashes bytes that come in pieces. */
export interface Sha256 {
  /** Adds bytes. */
  readonly add: (bytes: Uint8Array) => void;
  /** The hash of all bytes added, 64 hexadecimal digits; nothing may be added afterwards. */
  readonly end: () => string;
}

/**
 * Begins a SHA-256 of bytes, such as those of a file that is read in pieces.
 *
 * Source: FIPS 180-4.
 *
 * @returns functions that add bytes and end the hash.
 *
 * @example
 * ```js
 * import { sha256 } from 'polysem/features';
 * const hash = sha256();
 * hash.add(new TextEncoder().encode('abc'));
 * hash.end().slice(0, 8); // 'ba7816bf'
 * ```
 */
export function sha256(): Sha256 {
  const hash = Int32Array.from(FIRST_HASH);
  const words = new Int32Array(64);
  const rest = new Uint8Array(BLOCK);
  let held = 0;
  let length = 0;
  const take = (bytes: Uint8Array, at: number): void => {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, BLOCK);
    for (let t = 0; t < 16; t++) words[t] = view.getInt32(4 * t);
    compress(hash, words);
  };
  const add = (bytes: Uint8Array): void => {
    length += bytes.length;
    let at = 0;
    if (held > 0) {
      at = Math.min(BLOCK - held, bytes.length);
      rest.set(bytes.subarray(0, at), held);
      held += at;
      if (held < BLOCK) return;
      take(rest, 0);
    }
    for (; at + BLOCK <= bytes.length; at += BLOCK) take(bytes, at);
    held = bytes.length - at;
    rest.set(bytes.subarray(at));
  };
  return {
    add,
    end: () => {
      // A one bit, zeros, and the length in bits in the last eight bytes of a block.
      const padding = new Uint8Array((held < 56 ? 56 : 120) - held + 8);
      padding[0] = 0x80;
      new DataView(padding.buffer).setBigUint64(padding.length - 8, BigInt(8 * length));
      add(padding);
      return hexadecimal(hash);
    },
  };
}

function hexadecimal(hash: Int32Array): string {
  return Array.from(hash, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function compress(hash: Int32Array, w: Int32Array): void {
  for (let t = 16; t < 64; t++) {
    const early = w[t - 15];
    const late = w[t - 2];
    const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = hash;
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[t] + w[t]) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  hash[0] += a;
  hash[1] += b;
  hash[2] += c;
  hash[3] += d;
  hash[4] += e;
  hash[5] += f;
  hash[6] += g;
  hash[7] += h;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
