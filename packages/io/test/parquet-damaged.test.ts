// Fixtures that begin with "damaged" were sound files of pyarrow until some bytes were changed. pyarrow 26 refuses them, too.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inflateZstd } from '../src/formats/parquet/zstd-page.ts';
import { decodeRuns } from '../src/formats/parquet/runs.ts';
import type { ParquetColumn } from '../src/formats/parquet/metadata.ts';
import { decodeIndices, decodeSplit } from '../src/formats/parquet/values.ts';
import { inflateSnappy } from '../src/formats/parquet/snappy.ts';
import { bytesSource, FormatError, readTable } from '../src/index.ts';
import { inflateBrotli } from '../src/node/index.ts';
import { concat, fixture, fixtureBytes, largestAllocation } from './helpers.ts';

describe('damaged pages are refused', () => {
  test.each([
    ['damaged-zstd', 'column "value": a block of zstd lacks literals'],
    ['damaged-page-end', 'column "frequency": a value of 15 exceeds the 15 that are possible'],
    ['damaged-levels', 'column "f": a value of 3 exceeds the 2 that are possible'],
    ['damaged-index', 'column "token": a value of 7 exceeds the 7 that are possible'],
    ['damaged-run', 'column "f": a run has an impossible length'],
    ['damaged-run-v2', 'column "f": a run has an impossible length'],
  ])('%s', async (name, says) => {
    const largest = await largestAllocation(async () => {
      const reading = readTable(fixture(`${name}.parquet`), { brotli: inflateBrotli });
      await expect(reading).rejects.toThrow(FormatError);
      await expect(reading).rejects.toThrow(`${name}.parquet: ${says}`);
    });
    expect(largest).toBeLessThan(1e6);
  });

  test('a footer is at most as long as the file without both signatures and the length', async () => {
    const file = (length: number) => {
      const bytes = concat('PAR1', new Uint8Array(20), 'PAR1');
      new DataView(bytes.buffer).setUint32(20, length, true);
      return readTable(bytesSource('x.parquet', bytes));
    };
    await expect(file(16)).rejects.toThrow('x.parquet: its footer cannot be read (');
    await expect(file(17)).rejects.toThrow('x.parquet: claims a footer of 17 bytes; the Parquet');
    const short = concat('PAR1', new Uint8Array(3), 'PAR1');
    await expect(readTable(bytesSource('x.parquet', short))).rejects.toThrow(
      'x.parquet: has 11 bytes; the Parquet file is truncated or damaged',
    );
  });

  test('an error of the source itself is passed on as it is', async () => {
    const bytes = fixtureBytes('plain-v2.parquet');
    const source = bytesSource('x.parquet', bytes);
    const gone = new FormatError('x.parquet', 'is gone');
    const footer = bytes.length - 8 - new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
    const read = async (offset: number, length: number) => {
      // The head is read to recognise the format.
      if (offset > 0 && offset < footer) throw gone;
      return source.read(offset, length);
    };
    await expect(readTable({ ...source, read })).rejects.toBe(gone);
  });

  test('a wrong count of missing values changes no value', async () => {
    const { columns } = await readTable(fixture('wrong-null-count.parquet'));
    const missing = columns.map(({ values }) =>
      Array.from<unknown>(values).reduce<number>(
        (sum, value) => sum + (Number.isNaN(value) ? 1 : 0),
        0,
      ),
    );
    expect(missing).toEqual([0, 7, 0, 0, 0, 0]);
    expect(columns[1].values.slice(0, 6)).toEqual(Float64Array.of(NaN, 1, 2, NaN, 4, 5));
    expect(columns[2].values.slice(0, 3)).toEqual(['n0', 'n1', 'n2']);
  });

  test('no changed byte of a page with a checksum changes a value', async () => {
    const sound = fixtureBytes('checksums.parquet');
    const { columns } = await readTable(bytesSource('x', sound));
    expect(columns[0].values.slice(0, 3)).toEqual(Float64Array.of(NaN, NaN, 2 / 7));
    // The footer begins at byte 751.
    let refused = 0;
    for (let at = 4; at < 751; at++) {
      const changed = new Uint8Array(sound);
      changed[at] ^= 1 << (at % 8);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await readTable(bytesSource('x', changed)).then(
        (table) => expect(table.columns).toEqual(columns),
        (error: unknown) => {
          expect(error).toBeInstanceOf(FormatError);
          refused++;
        },
      );
    }
    expect(refused).toBeGreaterThan(650);
  });
});

describe('runs', () => {
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
  const repeated = (count: number, ...bytes: number[]): number[] => [
    ...varint(2 * count),
    ...bytes,
  ];
  const packed = (groups: number, ...bytes: number[]): number[] => [
    ...varint(2 * groups + 1),
    ...bytes,
  ];

  test.each<[string, number[], number, number, number[]]>([
    ['repeated, then packed', [...repeated(2, 1), ...packed(1, 0b10)], 1, 5, [1, 1, 0, 1, 0]],
    [
      'packed, then repeated',
      [...packed(1, 0b11), ...repeated(2, 1)],
      1,
      10,
      [1, 1, 0, 0, 0, 0, 0, 0, 1, 1],
    ],
    [
      'packed over bytes',
      packed(1, 0b10_001_000, 0b1_100_011_0, 0b111_110_10),
      3,
      8,
      [0, 1, 2, 3, 4, 5, 6, 7],
    ],
    [
      'packed, then packed',
      [...packed(1, 0b1000_0001), ...packed(2, 0b0000_0010, 0b0100_0000)],
      1,
      24,
      [1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
    ],
    [
      'packed over bytes, then repeated',
      [...packed(1, 0b10_001_000, 0b1_100_011_0, 0b111_110_10), ...repeated(1, 5)],
      3,
      9,
      [0, 1, 2, 3, 4, 5, 6, 7, 5],
    ],
    ['of 32 bits', repeated(1, 255, 255, 255, 255), 32, 1, [2 ** 32 - 1]],
  ])('%s', (_, bytes, width, count, values) => {
    const found = decodeRuns(Uint8Array.from(bytes), width, count, 2 ** width);
    expect([...found]).toEqual(values);
  });

  test.each<[string, number[], number, string]>([
    ['a head of 2^31', [...varint(2 ** 31), 1], 8, 'a run has an impossible length'],
    ['a head of 2^32 + 1', [...varint(2 ** 32 + 1), 1], 8, 'a run has an impossible length'],
    ['a head without end', [...new Uint8Array(30).fill(255)], 8, 'a run has an impossible length'],
    ['an empty run', [0, 1], 8, 'a run is empty'],
    ['more values than rows', repeated(9, 1), 8, 'a run has more values than its page'],
    ['a value of 2 in one bit', repeated(8, 2), 8, 'a value of 2 exceeds the 2 that are possible'],
    ['fewer values than rows', repeated(7, 1), 8, 'runs go on beyond their page'],
    ['no value', [16], 8, 'runs go on beyond their page'],
    ['packed values that end early', packed(2, 1), 16, 'runs go on beyond their page'],
    ['bytes behind the last run', [...repeated(8, 1), 1], 8, 'a page goes on beyond its runs'],
  ])('%s', (_, bytes, count, message) => {
    expect(() => decodeRuns(Uint8Array.from(bytes), 1, count, 2)).toThrow(message);
  });

  test('may be left out where all indices are the first of a dictionary', () => {
    const numbers = Float64Array.of(7, 8);
    expect(decodeIndices(Uint8Array.of(0), 3, numbers)).toEqual(Float64Array.of(7, 7, 7));
    expect(decodeIndices(Uint8Array.of(0), 2, ['a', 'b'])).toEqual(['a', 'a']);
    expect(decodeIndices(Uint8Array.of(1, ...repeated(2, 1)), 2, numbers)).toEqual(
      Float64Array.of(8, 8),
    );
    expect(() => decodeIndices(Uint8Array.of(0), 3, [])).toThrow(
      'an index exceeds an empty dictionary',
    );
    expect(() => decodeIndices(Uint8Array.of(33, 0), 3, numbers)).toThrow(
      'indices have more than 32 bits',
    );
  });

  test('of split bytes are put together, and refused for types of one byte and of any length', () => {
    const column = (type: string) => ({ type }) as ParquetColumn;
    const numbers = [0.1, -2.5e300];
    const plain = new Uint8Array(Float64Array.from(numbers).buffer);
    // First bytes of all numbers, then second bytes, and so on.
    const split = Uint8Array.from({ length: 16 }, (_, i) => plain[(i % 2) * 8 + (i >> 1)]);
    expect(decodeSplit(split, 2, column('DOUBLE'))).toEqual(Float64Array.from(numbers));
    expect(() => decodeSplit(split, 3, column('DOUBLE'))).toThrow('a page has not 3 values');
    for (const type of ['BOOLEAN', 'BYTE_ARRAY'])
      expect(() => decodeSplit(split, 2, column(type))).toThrow(
        'uses an encoding that its type cannot have',
      );
  });
});

describe('zstd', () => {
  // Written by python-zstandard 0.25: at level 19 with a checksum, and at level 1 without the size of the content.
  const words = new TextEncoder().encode(
    Array.from({ length: 9000 }, (_, i) => `token ${(i * i) % 97} of ${i % 31}, `).join(''),
  );
  const letters = (): Uint8Array => {
    let x = 1;
    return Uint8Array.from({ length: 12_000 }, () => {
      x = Number((BigInt(x) * 1103515245n + 12345n) % 2n ** 31n);
      const value = (x >> 16) % 1000;
      return 97 + Math.min(Math.floor(value ** 3 / 4e7), 25);
    });
  };

  test('words and letters', () => {
    expect(Buffer.compare(inflateZstd(fixtureBytes('text.zst'), words.length), words)).toBe(0);
    const expected = letters();
    expect(Buffer.compare(inflateZstd(fixtureBytes('letters.zst'), 12_000), expected)).toBe(0);
  });

  test('a changed byte is refused where there is a checksum, and never hangs', () => {
    const sound = fixtureBytes('text.zst');
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = new Uint8Array(sound);
        changed[at] ^= change;
        // Bit 4 of the flags is not used, and the window may be any.
        const isFree = at === 4 || at === 5;
        if (!isFree) expect(() => inflateZstd(changed, words.length)).toThrow(RangeError);
      }),
      { numRuns: 60 },
    );
  });

  test('a page that its blocks cannot hold is refused before it is allocated', async () => {
    const largest = await largestAllocation(async () => {
      expect(() => inflateZstd(fixtureBytes('letters.zst'), 2 ** 30)).toThrow(
        'a page does not have the length that it claims',
      );
    });
    expect(largest).toBeLessThan(1e6);
  });
});

describe('Snappy', () => {
  const block = (length: number, ...bytes: number[]): Uint8Array => Uint8Array.of(length, ...bytes);

  test('literals and copies that overlap', () => {
    // Two literals, then seven bytes from two back.
    const bytes = block(9, 0b100, 97, 98, 0b01101, 2);
    expect(new TextDecoder().decode(inflateSnappy(bytes, 9))).toBe('ababababa');
  });

  test('a length in five bytes, the most that 32 bits take', () => {
    const padded = (...more: number[]) => Uint8Array.of(0x82, ...more, 0b100, 97, 98);
    expect(inflateSnappy(padded(0x80, 0x80, 0x80, 0), 2)).toEqual(Uint8Array.of(97, 98));
    expect(() => inflateSnappy(padded(0x80, 0x80, 0x80, 0x80, 0), 2)).toThrow('is damaged');
  });

  test.each([
    ['another length', block(8, 0b100, 97, 98), 9, 'does not have the length that it claims'],
    ['too few bytes', block(9, 0b100, 97), 9, 'is damaged'],
    ['a copy from before the start', block(6, 0b100, 97, 98, 1, 3), 6, 'is damaged'],
    ['a copy of no distance', block(6, 0b100, 97, 98, 1, 0), 6, 'is damaged'],
    ['more than its length', block(2, 0b1000, 97, 98, 99), 2, 'is damaged'],
    ['less than its length', block(3, 0b100, 97, 98), 3, 'is damaged'],
  ])('%s', (_, bytes, length, message) => {
    expect(() => inflateSnappy(bytes, length)).toThrow(message);
  });
});
