// Huffman codes of zstd by RFC 8878, section 4.2.1: weights, the table that follows from them, and bits read from the end.
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inflateZstd } from '../src/formats/parquet/zstd-page.ts';
import { readFseTable } from '../src/formats/parquet/zstd/fse.ts';
import { decodeHuffman, readHuffmanTable } from '../src/formats/parquet/zstd/huffman.ts';
import { readLiterals } from '../src/formats/parquet/zstd/literals.ts';
import { sameBytes } from './helpers.ts';

/** The lengths of the codes of a complete binary tree: leaves are split, the one at a place that is drawn. */
const lengthsOf = (splits: readonly number[]): number[] => {
  const lengths = [1, 1];
  for (const split of splits) {
    const at = split % lengths.length;
    if (lengths[at] === 11) continue;
    lengths[at] += 1;
    lengths.splice(split % (lengths.length + 1), 0, lengths[at]);
  }
  return lengths;
};

/** A description of weights in four bits each; the last weight follows from the others. */
const described = (weights: readonly number[]): Uint8Array => {
  const listed = weights.slice(0, -1);
  const halves = Array.from(
    { length: Math.ceil(listed.length / 2) },
    (_, i) => (listed[2 * i] << 4) | (listed[2 * i + 1] ?? 0),
  );
  return Uint8Array.of(127 + listed.length, ...halves);
};

/** First table index of each symbol, by the rule: lower weights first, then smaller symbols. */
const placesOf = (weights: readonly number[]): number[] => {
  const order = [...weights.keys()].toSorted((a, b) => weights[a] - weights[b] || a - b);
  const places: number[] = [];
  let at = 0;
  for (const symbol of order) {
    places[symbol] = at;
    at += 2 ** (weights[symbol] - 1);
  }
  return places;
};

/** Codes from last to first, each from its lowest bit on, and a 1 at the end. */
const written = (codes: readonly (readonly [value: number, bits: number])[]): Uint8Array => {
  const string = codes
    .toReversed()
    .map(([value, bits]) => [...value.toString(2).padStart(bits, '0')].toReversed().join(''))
    .join('');
  const bytes = `${string}1`.match(/.{1,8}/g) ?? [];
  return Uint8Array.from(bytes, (byte) => parseInt([...byte].toReversed().join(''), 2));
};

const splits = fc.array(fc.nat(1000), { maxLength: 60 });

describe('a Huffman table', () => {
  it('has an entry per string of bits, and decodes what was written', () => {
    fc.assert(
      fc.property(splits, fc.array(fc.nat(), { maxLength: 50 }), (drawn, letters) => {
        const lengths = lengthsOf(drawn);
        const log = Math.max(...lengths);
        const weights = lengths.map((length) => log + 1 - length);
        const bytes = Uint8Array.of(9, 9, ...described(weights), 7);
        const { table, end } = readHuffmanTable(bytes, 2);
        expect([table.log, end]).toEqual([log, bytes.length - 1]);
        const places = placesOf(weights);
        const symbols = new Uint8Array(2 ** log);
        weights.forEach((weight, symbol) =>
          symbols.fill(symbol, places[symbol], places[symbol] + 2 ** (weight - 1)),
        );
        expect(table.symbols).toEqual(symbols);
        expect(table.bits).toEqual(Uint8Array.from(symbols, (symbol) => lengths[symbol]));
        const text = Uint8Array.from(letters, (letter) => letter % lengths.length);
        const stream = written(
          Array.from(text, (symbol) => [
            places[symbol] >> (log - lengths[symbol]),
            lengths[symbol],
          ]),
        );
        const out = new Uint8Array(text.length);
        decodeHuffman(table, stream, out);
        expect(out).toEqual(text);
        for (const length of [text.length - 1, text.length + 1])
          if (length >= 0)
            expect(() => decodeHuffman(table, stream, new Uint8Array(length))).toThrow(
              'literals of zstd are damaged',
            );
      }),
      { numRuns: 200 },
    );
  });

  it('may lack symbols', () => {
    const { table } = readHuffmanTable(described([0, 1, 0, 0, 1]), 0);
    expect(table.symbols).toEqual(Uint8Array.of(1, 4));
  });

  it.each([
    ['codes of twelve bits', described([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1])],
    ['weights of zero alone', described([0, 0, 0])],
    ['weights that no last one completes', described([2, 2, 1, 0])],
    ['an odd number of the longest codes', described([2, 1])],
    ['fewer weights than it says', described([1, 1, 1, 1, 2]).subarray(0, 2)],
    ['no description', new Uint8Array(0)],
    ['a compressed description that is cut', Uint8Array.of(5, 0xf0, 3, 1)],
    // One state, so that no bit is ever read, and the weights never end.
    ['weights without an end', Uint8Array.of(4, 0xf0, 3, 0xff, 0xff)],
  ])('is refused with %s', (_, bytes) => {
    expect(() => readHuffmanTable(bytes, 0)).toThrow('literals of zstd are damaged');
  });

  it('has weights in a table of at most six bits', () => {
    // RFC 8878, section 4.2.1.2: the lowest four bits are the accuracy minus 5.
    const read = (accuracy: number) =>
      readHuffmanTable(Uint8Array.of(5, 0xf0 | (accuracy - 5), 3, 1, 1, 1), 0);
    expect(() => read(7)).toThrow('a table of zstd is too large');
    expect(() => read(6)).not.toThrow('a table of zstd is too large');
  });

  it('has no more zeros among its weights than there are bytes', () => {
    // RFC 8878, section 4.1.1: accuracy 5, one probability of 0, and repeat flags of 3 without an end.
    const zeros = Uint8Array.of(0x10, 0xfe, ...new Uint8Array(60).fill(0xff));
    expect(() => readFseTable(zeros, 0, 255, 6)).toThrow(
      'a table of zstd has impossible probabilities',
    );
    expect(() => readFseTable(zeros.subarray(0, 20), 0, 255, 6)).toThrow(
      'a table of zstd ends too early',
    );
  });

  it('may have codes of eleven bits', () => {
    const { table } = readHuffmanTable(described([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]), 0);
    expect(table.log).toBe(11);
    expect(table.symbols.at(-1)).toBe(0);
  });
});

/** zstd of Node 22.15 and later, which wraps the reference implementation. */
const { zstdCompressSync: compress } = zlib as unknown as {
  readonly zstdCompressSync?: (bytes: Uint8Array) => Uint8Array;
};

it('refuses literals that use the table before and end within their head', () => {
  const { table } = readHuffmanTable(described([1, 1]), 0);
  expect(() => readLiterals(Uint8Array.of(3, 0), table)).toThrow('literals of zstd are damaged');
});

it('reads four streams of at least six literals', () => {
  // RFC 8878, section 3.1.1.3.1: compressed literals with sizes of ten bits, in four streams. Each code has one bit.
  const table = described([1, 1]);
  const block = (size: number, bytes: readonly number[]) => {
    const head = 2 | (1 << 2) | (size << 4) | ((table.length + bytes.length) << 14);
    return Uint8Array.of(head & 255, (head >> 8) & 255, head >> 16, ...table, ...bytes);
  };
  // The sizes of three streams, and streams of two, two, two and no symbols behind their marks.
  const sizes = [1, 0, 1, 0, 1, 0];
  const six = [...sizes, 0b101, 0b110, 0b111, 0b1];
  expect(readLiterals(block(6, six), null).bytes).toEqual(Uint8Array.of(0, 1, 1, 0, 1, 1));
  const refused = [
    block(5, [...sizes, 0b101, 0b110, 0b11, 0b1]),
    ...[0, 1, 5].map((length) => block(6, six.slice(0, length))),
  ];
  for (const bytes of refused)
    expect(() => readLiterals(bytes, null)).toThrow('literals of zstd are damaged');
});

it.skipIf(compress === undefined)(
  'reads literals of all 256 values, of several blocks with one table',
  () => {
    let x = 1;
    const whole = Uint8Array.from({ length: 400_000 }, (_, i) => {
      x = Math.imul(x, 1_664_525) + 1_013_904_223;
      const uniform = (x >>> 8) / 2 ** 24;
      return i < 256 ? i : 255 - Math.floor(256 * uniform ** 6);
    });
    const page = Uint8Array.from(compress?.(whole) ?? []);
    expect(page.length).toBeLessThan(whole.length);
    expect(sameBytes(inflateZstd(page, whole.length), whole)).toBe(true);
  },
);
