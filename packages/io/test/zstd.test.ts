import { Buffer } from 'node:buffer';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLiterals } from '../src/formats/parquet/zstd/literals.ts';
import { inflateZstd } from '../src/formats/parquet/zstd-page.ts';
import { concat, sameBytes } from './helpers.ts';

/** zstd of Node 22.15 and later, which wraps the reference implementation. */
const { zstdCompressSync: compress } = zlib as unknown as {
  readonly zstdCompressSync?: (
    bytes: Uint8Array,
    options: { readonly params: Readonly<Record<number, number>> },
  ) => Uint8Array;
};
const LEVEL = 100;
const CHECKSUM = 201;
const BLOCK_SIZE = 130;

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));

/** A frame of one segment of up to 255 bytes, with one compressed block. */
function frame(length: number, ...block: readonly number[]): Uint8Array {
  return Uint8Array.of(
    0x28,
    0xb5,
    0x2f,
    0xfd,
    0x20,
    length,
    (block.length << 3) | 5,
    0,
    0,
    ...block,
  );
}

/** RFC 8878, section 3.1.1.3.1.1: plain (0) or repeated (1) literals with a size of 20 bits. */
function literalsOf(type: 0 | 1, size: number, bytes: Uint8Array): Uint8Array {
  const head = (size << 4) | 12 | type;
  return concat(Uint8Array.of(head & 255, (head >> 8) & 255, head >> 16), bytes);
}

describe('zstd', () => {
  it('reads weights of four bits each, a block without matches, and a checksum of odd length', () => {
    // The reference implementation at level 19.
    const page = bytesOf('KLUv/SQmnQAAYsIDhlQxEQArA/aKv9c4FUoDACenxjI=');
    const whole = bytesOf('AAECAQQBAQIAAAcBAQAAAAEAAAAAAAAFAAEAAAABAAMCAAIBAQA=');
    expect(inflateZstd(page, 38)).toEqual(whole);
    page[page.length - 1] ^= 1;
    expect(() => inflateZstd(page, 38)).toThrow('the checksum of a frame of zstd is wrong');
  });

  it('reads tables that a block takes from the one before', () => {
    // As above; the second block repeats the table of the first.
    const page = bytesOf(
      'KLUv/aTgIgIAFAQAkkEDhREREpyCvoYX0WZnRzKoYL1nsKVSmA4RQAQZYUQ4ESAi/P8WZiXiA8B8uS70F05Z8Je7UH1RF+qL7UJ8ecqCX6wL+Yu6' +
        '0L6sCyl8YZ8w4NR2+BI7WTBu55fwArt/AWUnExmpKEydrJw6X8cqR93y8qTWixAHbrnsiJHRtEFLAVUAAAACDMUBBBUzAAIIRbPJ',
    );
    const whole = inflateZstd(page, 140_000);
    expect(whole.every((byte, i) => byte === ((i * 2_654_435_761) >>> 0) % 7)).toBe(true);
  });

  it('reads literals that are one byte again and again', () => {
    // RFC 8878: literals of type 1, 5 times 0x41, and no sequences.
    expect(String.fromCharCode(...inflateZstd(frame(5, (5 << 3) | 1, 0x41, 0), 5))).toBe('AAAAA');
  });

  it.each([0, 1, 2, 4])('skips the number of a dictionary of %d bytes that is zero', (size) => {
    // RFC 8878, section 3.1.1.1.3: no dictionary.
    const page = [...frame(5, (5 << 3) | 1, 0x41, 0)];
    page[4] |= size === 4 ? 3 : size;
    page.splice(5, 0, ...new Uint8Array(size));
    expect(String.fromCharCode(...inflateZstd(Uint8Array.from(page), 5))).toBe('AAAAA');
  });

  it('refuses a frame that needs a dictionary', () => {
    const page = [...frame(5, (5 << 3) | 1, 0x41, 0)];
    page[4] |= 1;
    page.splice(5, 0, 7);
    expect(() => inflateZstd(Uint8Array.from(page), 5)).toThrow(
      'a frame of zstd needs a dictionary',
    );
  });

  // The lowest 32 bits of xxhash.xxh64(bytes((7 * i) % 251 for i in range(size))) in Python, xxhash 3.
  it.each([
    [0, 1_373_170_073],
    [1, 3_674_548_072],
    [3, 1_516_374_443],
    [4, 173_386_817],
    [8, 1_706_632_427],
    [12, 2_585_060_881],
    [31, 2_984_714_935],
    [32, 833_144_361],
    [33, 4_174_797_716],
    [36, 2_950_523_074],
    [40, 3_856_411_172],
    [63, 768_523_517],
    [64, 1_526_321_186],
    [70, 216_159_205],
  ])('checks the sum of %d bytes behind a window, without their number', (size, sum) => {
    const whole = Uint8Array.from({ length: size }, (_, i) => (7 * i) % 251);
    const sumBytes = new Uint8Array(Uint32Array.of(sum).buffer);
    const head = [0x28, 0xb5, 0x2f, 0xfd, 4, 7, ((size << 3) | 1) & 255, size >> 5, 0];
    const page = concat(Uint8Array.from(head), whole, sumBytes);
    expect(inflateZstd(page, size)).toEqual(whole);
    page[page.length - 1] ^= 1;
    expect(() => inflateZstd(page, size)).toThrow('the checksum of a frame of zstd is wrong');
  });

  it.each([
    ['one byte', 31, [31 << 3]],
    ['two bytes', 4000, [((4000 << 4) | 4) & 255, 4000 >> 4]],
    ['three bytes', 5000, [((5000 << 4) | 12) & 255, (5000 >> 4) & 255, 5000 >> 12]],
  ])('reads plain literals that are counted in %s', (_, size, count) => {
    // RFC 8878, section 3.1.1.3.1.1: type 0, sizes of 5, 12 and 20 bits. A window of 16 kB.
    const literals = Array.from({ length: size }, (__, i) => i % 251);
    const block = [...count, ...literals, 0];
    const head = (block.length << 3) | 5;
    const start = [0x28, 0xb5, 0x2f, 0xfd, 0, 4 << 3, head & 255, (head >> 8) & 255, head >> 16];
    expect([...inflateZstd(Uint8Array.of(...start, ...block), size)]).toEqual(literals);
  });

  // RFC 8878, section 3.1.1.3.2.1.1: literal lengths of codes 16 to 35, each a base and bits.
  it.each(
    [
      ...[16, 18, 20, 22].map((base) => [base, 1]),
      ...[24, 28].map((base) => [base, 2]),
      ...[32, 40].map((base) => [base, 3]),
      [48, 4],
      ...Array.from({ length: 11 }, (_, i) => [2 ** (i + 6), i + 6]),
    ].map(([base, bits], i) => [16 + i, base, bits]),
  )('reads literals of code %d, from %d on with %d bits', (code, base, bits) => {
    const size = base + 1;
    const literals = (size << 4) | 13;
    // One sequence of one code each: literals, the last offset, 3 bytes. The stream holds 1 in `bits` bits, and its mark.
    const stream = (1 << bits) | 1;
    const block = [
      literals & 255,
      (literals >> 8) & 255,
      literals >> 16,
      0x41,
      1,
      0x54,
      code,
      0,
      0,
      ...[stream & 255, (stream >> 8) & 255, stream >> 16].slice(0, 1 + (bits >> 3)),
    ];
    const head = [(block.length << 3) | 5, 0, 0];
    const page = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3, ...head, ...block);
    expect(inflateZstd(page, size + 3)).toEqual(new Uint8Array(size + 3).fill(0x41));
  });

  it('reads literals that fill the largest block', () => {
    const size = 2 ** 17;
    const literals = (size << 4) | 13;
    const block = [literals & 255, (literals >> 8) & 255, literals >> 16, 0x41, 0];
    const page = [0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3, (block.length << 3) | 5, 0, 0, ...block];
    expect(inflateZstd(Uint8Array.from(page), size)).toEqual(new Uint8Array(size).fill(0x41));
  });

  it.each([
    ['repeated literals beyond the largest block', literalsOf(1, 2 ** 17 + 1, Uint8Array.of(65))],
    [
      'plain literals beyond the largest block',
      literalsOf(0, 2 ** 17 + 1, new Uint8Array(2 ** 17 + 1)),
    ],
    ['plain literals beyond their block', literalsOf(0, 3, Uint8Array.of(65, 66))],
    ['a repeated literal that is missing', literalsOf(1, 3, Uint8Array.of())],
  ])('refuses %s', (_, block) => {
    expect(() => readLiterals(block, null)).toThrow('literals of zstd are damaged');
  });

  it('reads literals up to the end of their block', () => {
    const bytes = Uint8Array.of(65, 66);
    expect(readLiterals(literalsOf(0, 2, bytes), null)).toEqual({ bytes, end: 5, table: null });
    const filled = new Uint8Array(2 ** 17).fill(65);
    const { bytes: read, end } = readLiterals(literalsOf(1, 2 ** 17, Uint8Array.of(65)), null);
    expect(sameBytes(read, filled)).toBe(true);
    expect(end).toBe(4);
  });

  it('refuses a frame with the reserved bit', () => {
    const page = frame(5, (5 << 3) | 1, 0x41, 0);
    page[4] |= 8;
    expect(() => inflateZstd(page, 5)).toThrow('the header of a frame of zstd is damaged');
  });

  it('refuses a block that exceeds the window', () => {
    // RFC 8878, section 3.1.1.1.2: exponent 0 and mantissa 7 are 2^10 * (1 + 7 / 8) bytes.
    const window = 1920;
    const page = (size: number): Uint8Array => {
      const block = [((size << 4) | 4) & 255, size >> 4, ...new Uint8Array(size).fill(0x41), 0];
      const head = (block.length << 3) | 5;
      return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 7, head & 255, head >> 8, 0, ...block);
    };
    const longest = window - 3;
    expect(inflateZstd(page(longest), longest)).toEqual(new Uint8Array(longest).fill(0x41));
    expect(() => inflateZstd(page(longest + 1), longest + 1)).toThrow(
      'a block of zstd is too long',
    );
    const repeated = [((2000 << 4) | 5) & 255, 2000 >> 4, 0x41, 0];
    const short = [0x28, 0xb5, 0x2f, 0xfd, 0, 7, (4 << 3) | 5, 0, 0, ...repeated];
    expect(() => inflateZstd(Uint8Array.from(short), 2000)).toThrow('a block of zstd is too long');
  });

  it('refuses a match that exceeds the page, whatever follows it', () => {
    // One literal, and two sequences of one literal and a match of three bytes; the second has no literal.
    const block = [1 << 3, 0x41, 2, 0x54, 1, 0, 0, 1];
    const head = [0x28, 0xb5, 0x2f, 0xfd, 0, 7, (block.length << 3) | 5, 0, 0];
    const page = Uint8Array.of(...head, ...block);
    expect(() => inflateZstd(page, 4)).toThrow('a block of zstd lacks literals');
    expect(() => inflateZstd(page, 3)).toThrow('a page does not have the length that it claims');
  });

  it.each([
    ['has a table of 2^20 states', [(5 << 3) | 1, 0x41, 1, 0x80, 0x0f], 'is too large'],
    [
      'has a table of 2^10 states for literals',
      [(5 << 3) | 1, 0x41, 1, 0x80, 0x05],
      'is too large',
    ],
    ['has a table of 2^9 states for offsets', [(5 << 3) | 1, 0x41, 1, 0x20, 0x04], 'is too large'],
    ['has a table of 2^10 states for matches', [(5 << 3) | 1, 0x41, 1, 0x08, 0x05], 'is too large'],
    [
      'has a cut table of 2^9 states for literals',
      [(5 << 3) | 1, 0x41, 1, 0x80, 0x04],
      'ends too early',
    ],
    [
      'has a cut table of 2^8 states for offsets',
      [(5 << 3) | 1, 0x41, 1, 0x20, 0x03],
      'ends too early',
    ],
    [
      'has a cut table of 2^9 states for matches',
      [(5 << 3) | 1, 0x41, 1, 0x08, 0x04],
      'ends too early',
    ],
    [
      // Probability 27 of 32 in five bits, then five times -1, whose zeros lie beyond the end.
      'lacks two bits of a table',
      [(5 << 3) | 1, 0x41, 1, 0x80, 0xc0, 0x01],
      'ends too early',
    ],
  ])('refuses a block that %s', (_, block, message) => {
    expect(() => inflateZstd(frame(9, ...block), 9)).toThrow(`a table of zstd ${message}`);
  });

  it.each([
    ['has bytes behind no sequences', [(5 << 3) | 1, 0x41, 0, 0], 'sequences of zstd are damaged'],
    [
      'repeats tables of no block',
      [(5 << 3) | 1, 0x41, 1, 0xfc, 1],
      'sequences of zstd are damaged',
    ],
    ['repeats a Huffman table of no block', [3, 0, 0, 0, 0], 'literals of zstd are damaged'],
    ['has more literals than bytes', [40 << 3, 0x41, 0], 'literals of zstd are damaged'],
    ['ends within the head', [0x2b], 'literals of zstd are damaged'],
    ['ends within a head of three bytes', [12, 0], 'literals of zstd are damaged'],
  ])('refuses a block that %s', (_, block, message) => {
    expect(() => inflateZstd(frame(5, ...block), 5)).toThrow(message);
  });

  it.skipIf(compress === undefined)('reads a block of more than 32512 matches', () => {
    // Words of four bytes in an order without a repeated pair, so each is a match of its own.
    const order: number[] = [];
    for (let step = 1, at = 0; order.length < 2 ** 15; step++)
      for (let k = 0; k < 199; k++, at = (at + step) % 199) order.push(at);
    const words = order.slice(0, 2 ** 15);
    const whole = Uint8Array.from(
      words.flatMap((i) => [i, i ** 2 % 251, i ** 3 % 241, (7 * i + 3) % 256]),
    );
    const page = Uint8Array.from(compress?.(whole, { params: { [LEVEL]: 19 } }) ?? []);
    expect(page.length).toBeLessThan(50_000);
    expect(Buffer.compare(inflateZstd(page, whole.length), whole)).toBe(0);
  });

  const pieces = fc.array(
    fc.record({
      word: fc.uint8Array({ minLength: 1, maxLength: 12, max: 9 }),
      times: fc.integer({ min: 1, max: 300 }),
      noise: fc.uint8Array({ maxLength: 60 }),
    }),
    { minLength: 1, maxLength: 12 },
  );

  it.skipIf(compress === undefined)('reads what the reference implementation writes', () => {
    fc.assert(
      fc.property(
        pieces,
        fc.constantFrom(-5, 1, 3, 9, 19),
        fc.boolean(),
        fc.constantFrom(0, 1340),
        (list, level, hasChecksum, size) => {
          const whole = Uint8Array.from(
            list.flatMap(({ word, times, noise }) => [
              ...Array.from({ length: times }, () => [...word]).flat(),
              ...noise,
            ]),
          );
          const params = {
            [LEVEL]: level,
            [CHECKSUM]: hasChecksum ? 1 : 0,
            ...(size > 0 && { [BLOCK_SIZE]: size }),
          };
          const page = Uint8Array.from(compress?.(whole, { params }) ?? []);
          expect(Buffer.compare(inflateZstd(page, whole.length), whole)).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
