// The Parquet fixtures were written by test/fixtures/parquet.py with pyarrow 26.0.1; the expected values are literals here.
import { brotliCompressSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, FormatError, readTable } from '../src/index.ts';
import { inflateHadoopLz4, inflateLz4 } from '../src/formats/parquet/lz4-page.ts';
import { inflateBrotli } from '../src/node/index.ts';
import { parquetCodecs } from '../src/formats/parquet/codecs.ts';
import { inflateZstd } from '../src/formats/parquet/zstd-page.ts';
import { concat, expectOneLine, fixture, fixtureBytes, largestAllocation } from './helpers.ts';

const CODECS = ['zstd', 'gzip', 'lz4', 'brotli'];
const HELP = { brotli: inflateBrotli };
const text = (value: string) => Uint8Array.from(value, (c) => c.charCodeAt(0));

describe.each(CODECS)('%s', (codec) => {
  test('numbers and texts', async () => {
    const { columns } = await readTable(fixture(`coded-${codec}.parquet`), HELP);
    const rows = Array.from({ length: 40 }, (_, i) => i);
    expect(columns).toEqual([
      { name: 'token', values: rows.map((i) => `token ${i % 7}`) },
      { name: 'frequency', values: Float64Array.from(rows, (i) => i / 8) },
      { name: 'some missing', values: Float64Array.from(rows, (i) => (i % 5 ? i / 2 : NaN)) },
    ]);
  });

  test('a page of many blocks', async () => {
    const { columns } = await readTable(fixture(`long-${codec}.parquet`), HELP);
    const expected = Float64Array.from({ length: 40_000 }, (_, i) =>
      i < 30_000 ? Math.floor(i / 1000) : ((i * i) % 97) / 8,
    );
    expect(columns).toEqual([{ name: 'value', values: expected }]);
  });

  test.each([`coded-${codec}.parquet`, `long-${codec}.parquet`])(
    '%s cut at every byte, and with a bit of bytes flipped, is read or refused in one line',
    async (name) => {
      const whole = fixtureBytes(name);
      let refused = 0;
      const readsOrRefuses = async (bytes: Uint8Array) => {
        const largest = await largestAllocation(async () => {
          await readTable(bytesSource('x', bytes), HELP).catch((error: unknown) => {
            if (!(error instanceof FormatError)) throw error;
            expectOneLine(error.message);
            refused += 1;
          });
        });
        expect(largest).toBeLessThan(2e6);
      };
      for (let at = 0; at < whole.length; at++) {
        // oxlint-disable-next-line no-await-in-loop -- allocations are watched one file at a time
        await readsOrRefuses(whole.subarray(0, at));
      }
      expect(refused).toBe(whole.length);
      const step = name.startsWith('long') ? 53 : 13;
      for (let at = 0; at < whole.length; at += step) {
        const flipped = new Uint8Array(whole);
        flipped[at] ^= 1 << (at % 8);
        // oxlint-disable-next-line no-await-in-loop -- as above
        await readsOrRefuses(flipped);
      }
    },
  );
});

test('LZ4 of the older number, here without the frames of Hadoop, is read alike', async () => {
  const newer = fixtureBytes('coded-lz4.parquet');
  // Thrift: field 4 of a column, an i32, is the codec; zigzag makes 14 of LZ4_RAW and 10 of LZ4.
  // oxlint-disable-next-line no-control-regex -- the two bytes of that field
  const pattern = /(?<=token|frequency|some missing)\x15\x0e/g;
  const latin1 = Array.from(newer, (byte) => String.fromCharCode(byte)).join('');
  expect(latin1.match(pattern)).toHaveLength(9);
  const older = text(latin1.replaceAll(pattern, '\x15\x0a'));
  const { columns } = await readTable(bytesSource('x', older));
  expect(columns).toEqual((await readTable(bytesSource('x', newer))).columns);
});

test('Brotli is refused without help, and other codecs always, with the fix', async () => {
  await expect(readTable(fixture('coded-brotli.parquet'))).rejects.toThrow(
    'coded-brotli.parquet: column "token": is compressed by BROTLI, which is not read; write it with snappy, zstd or gzip, or without compression',
  );
  expect(parquetCodecs(1000).of('LZO')).toBeNull();
});

describe('bombs', () => {
  test.each([
    ['SNAPPY', 22],
    ['GZIP', 1032],
    ['LZ4', 255],
    ['LZ4_RAW', 255],
  ])('%s cannot be longer than %d times its bytes', (codec, times) => {
    const { spend } = parquetCodecs(1e6);
    expect(() => spend(codec, 100, 100 * times)).not.toThrow();
    expect(() => spend(codec, 100, 101 * times + 64)).toThrow(
      'a page claims more bytes than its compressed ones can hold',
    );
  });

  test('all pages of a file of a kilobyte are at most two thirds of a megabyte', () => {
    const { spend } = parquetCodecs(1000);
    for (let i = 0; i < 6; i++) spend('ZSTD', 10, 100_000);
    expect(() => spend('ZSTD', 10, 100_000)).toThrow(
      'claim too many bytes for the size of the file',
    );
  });

  test('zstd: 128 kB of each four bytes, 2 GB of window', () => {
    const block = (isLast: boolean) => [(131_072 << 3) | 2 | (isLast ? 1 : 0), 65];
    const bytes = (blocks: number[][]) =>
      blocks.flatMap(([head, byte]) => [head & 255, (head >> 8) & 255, head >> 16, byte]);
    const blocks = bytes([...Array.from({ length: 9 }, () => block(false)), block(true)]);
    const frame = (...head: number[]) => Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, ...head, ...blocks);
    const length = 10 * 131_072;
    for (const [what, window] of [
      ['of 2 GB', 0xa8],
      ['of 8 MB', 0x68],
    ] as const) {
      const allocated = largestAllocationOf(() => {
        expect(inflateZstd(frame(0, window), length).every((byte) => byte === 65)).toBe(true);
      });
      expect(allocated, what).toBeLessThan(2.2e6);
    }
    expect(() => inflateZstd(frame(0, 0xa8), length - 1)).toThrow(RangeError);
    expect(() => inflateZstd(frame(0, 0xa8), length + 1)).toThrow(RangeError);
    // A content of 2 GB in a single segment, and one of 2^64 bytes.
    expect(() => inflateZstd(frame(0xa0, 0, 0, 0, 0x7f), length)).toThrow(RangeError);
    expect(() => inflateZstd(frame(0xe0, ...text('\xff'.repeat(8))), length)).toThrow(RangeError);
    // A second frame, which could claim what it likes.
    const one = frame(0, 0x68);
    expect(() => inflateZstd(concat(one, one), 2 * length)).toThrow('does not end with its page');
  });

  /** The same as `largestAllocation`, of what does not wait. */
  function largestAllocationOf(run: () => void): number {
    const original = globalThis.Uint8Array;
    let largest = 0;
    globalThis.Uint8Array = new Proxy(original, {
      construct(target, args: unknown[], newTarget) {
        if (typeof args[0] === 'number') largest = Math.max(largest, args[0]);
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
    try {
      run();
    } finally {
      globalThis.Uint8Array = original;
    }
    return largest;
  }
});

describe('LZ4', () => {
  test('a block ends in five literals behind its last match', () => {
    // Four literals, a match of four bytes from four back, and literals.
    const block = (...rest: number[]) =>
      Uint8Array.of(0x40, 1, 2, 3, 4, 4, 0, rest.length << 4, ...rest);
    const whole = [1, 2, 3, 4, 1, 2, 3, 4];
    expect(inflateLz4(block(5, 6, 7, 8, 9), 13)).toEqual(Uint8Array.of(...whole, 5, 6, 7, 8, 9));
    for (const rest of [[5, 6, 7, 8], [5, 6], []])
      expect(() => inflateLz4(block(...rest), 8 + rest.length)).toThrow(
        'a block of LZ4 is damaged',
      );
  });

  /** Blocks by hand: literals, then how far back and how many. */
  const block = (...runs: [string, number, number][]) =>
    concat(
      ...runs.flatMap(([literals, back, count]) => {
        const four = (value: number) => Math.min(value, 15);
        const more = (value: number): number[] =>
          value < 15 ? [] : value < 270 ? [value - 15] : [255, ...more(value - 255)];
        const head = (four(literals.length) << 4) | four(back > 0 ? count - 4 : 0);
        return [
          Uint8Array.of(head, ...more(literals.length)),
          literals,
          back > 0 ? Uint8Array.of(back & 255, back >> 8, ...more(count - 4)) : '',
        ];
      }),
    );

  test('literals, matches, and matches that run into themselves', () => {
    const long = 'x'.repeat(300);
    const bytes = block(['abc', 3, 8], ['-', 1, 600], [long, 0, 0]);
    const expected = `abcabcabcab${'-'.repeat(601)}${long}`;
    expect(inflateLz4(bytes, expected.length)).toEqual(text(expected));
    for (const length of [0, 11, expected.length - 1, expected.length + 1]) {
      expect(() => inflateLz4(bytes, length)).toThrow('a block of LZ4 is damaged');
    }
    for (let cut = 0; cut < bytes.length; cut++) {
      expect(() => inflateLz4(bytes.subarray(0, cut), expected.length)).toThrow(RangeError);
    }
  });

  test.each([
    ['back beyond the start', block(['ab', 3, 4])],
    ['back by nothing', Uint8Array.of(0x10, 97, 0, 0)],
    ['literals beyond the end', Uint8Array.of(0xf0, 255, 255, 97)],
    ['lengths without end', new Uint8Array(40).fill(255)],
  ])('%s', (_, bytes) => {
    expect(() => inflateLz4(bytes, 100)).toThrow('a block of LZ4 is damaged');
  });

  test.each([
    ['nothing', 0],
    ['more than there is', 2],
  ])('a match back by %s, though the lengths are right', (_, back) => {
    const bytes = Uint8Array.of(0x10, 97, back, 0, 0x50, 1, 2, 3, 4, 5);
    expect(() => inflateLz4(bytes, 10)).toThrow('a block of LZ4 is damaged');
  });

  test('in frames of Hadoop, or without', () => {
    const be = (value: number) => Uint8Array.of(0, 0, value >> 8, value & 255);
    const framed = (size: number, content: Uint8Array) =>
      concat(be(size), be(content.length), content);
    const one = block(['abcd', 0, 0]);
    const two = block(['a', 1, 5], ['bbbbb', 0, 0]);
    const frames = concat(framed(4, one), framed(11, two));
    expect(inflateHadoopLz4(frames, 15)).toEqual(text('abcdaaaaaabbbbb'));
    expect(inflateHadoopLz4(two, 11)).toEqual(text('aaaaaabbbbb'));
    const letters = ['a', 'bc', 'def', 'ghij'];
    const many = letters.map((some) => framed(some.length, block([some, 0, 0])));
    expect(inflateHadoopLz4(new Uint8Array(8), 0)).toEqual(new Uint8Array(0));
    expect(inflateHadoopLz4(concat(...many), 10)).toEqual(text('abcdefghij'));
    expect(() => inflateHadoopLz4(frames.subarray(0, -1), 15)).toThrow(RangeError);
    expect(() => inflateHadoopLz4(framed(2 ** 15, one), 15)).toThrow(RangeError);
    // Frames that fill the page and hold fewer bytes than it says.
    expect(() => inflateHadoopLz4(frames, 16)).toThrow('a block of LZ4 is damaged');
  });
});

test('Brotli of an empty page', () => {
  const empty = new Uint8Array(brotliCompressSync(new Uint8Array(0)));
  expect(inflateBrotli(empty, 0)).toEqual(new Uint8Array(0));
  const one = new Uint8Array(brotliCompressSync(Uint8Array.of(7)));
  expect(inflateBrotli(one, 1)).toEqual(Uint8Array.of(7));
});

test('any bytes are no page of any codec, or one of the length asked for', () => {
  const starts = [[], [0x28, 0xb5, 0x2f, 0xfd], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0]];
  const bytes = fc
    .tuple(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 60 }))
    .map(([start, rest]) => concat(Uint8Array.from(start), rest));
  const codecs = parquetCodecs(1e6, inflateBrotli);
  fc.assert(
    fc.property(
      fc.constantFrom('SNAPPY', 'GZIP', 'ZSTD', 'LZ4', 'LZ4_RAW', 'BROTLI'),
      bytes,
      fc.nat(300),
      (codec, page, length) => {
        let found: Uint8Array | undefined;
        try {
          found = codecs.of(codec)?.(page, length);
        } catch (error) {
          // Each library has its own; the reader names the column.
          expect(error).toBeInstanceOf(Error);
          return;
        }
        expect(found).toHaveLength(length);
      },
    ),
    { numRuns: 2000 },
  );
});

test('gzip that ends too early, is damaged or of another length is refused', () => {
  const content = text('weights '.repeat(50));
  const page = new Uint8Array(gzipSync(content));
  const inflate = parquetCodecs(1000).of('GZIP');
  expect(inflate?.(page, content.length)).toEqual(content);
  for (const length of [1, content.length - 1, content.length + 1]) {
    expect(() => inflate?.(page, length)).toThrow('does not have the length that it claims');
  }
  for (let cut = 0; cut < page.length; cut++) {
    expect(() => inflate?.(page.subarray(0, cut), content.length)).toThrow();
  }
  const wrong = new Uint8Array(page);
  wrong[wrong.length - 6] ^= 1;
  expect(() => inflate?.(wrong, content.length)).toThrow('the CRC-32 of a page is wrong');
});
