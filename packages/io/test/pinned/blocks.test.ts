import { generator, integerBelow, type Generator } from '@polysem/numerics/random';
import { inflateHadoopLz4, inflateLz4 } from '../../src/formats/parquet/lz4-page.ts';
import type { ParquetColumn } from '../../src/formats/parquet/metadata.ts';
import { decodeRuns } from '../../src/formats/parquet/runs.ts';
import { inflateSnappy } from '../../src/formats/parquet/snappy.ts';
import { readThriftStruct } from '../../src/formats/parquet/thrift.ts';
import { decodeIndices, decodePlain, decodeSplit } from '../../src/formats/parquet/values.ts';
import { readPickle } from '../../src/formats/torch/pickle.ts';
import { pinned, times } from '../../../core/test/pinned/pinned.ts';
import { struct } from '../thrift-messages.ts';

// Results of reading short random blocks of bytes, most of them as writers write them, and the messages of those that are refused.
// Other tests show that these are right; here they are pinned, so that no change goes unnoticed.

const GROUPS = 10;
const PER_GROUP = 60;

/** A block of one kind, and the length that its page claims. */
interface Block {
  readonly bytes: number[];
  readonly length: number;
}

const byte = (g: Generator): number => integerBelow(g, 256);
const letters = (g: Generator, count: number): number[] =>
  times(count, () => 97 + integerBelow(g, 4));

/** Literals and matches of LZ4. */
function lz4(g: Generator): Block {
  let length = 0;
  const bytes = times(1 + integerBelow(g, 4), (i) => {
    const literals = chosen(g, [0, 1, 2, 5, 14, 15, 16, 300]) + (i === 0 ? 1 : 0);
    const match = chosen(g, [4, 5, 18, 19, 20, 290]);
    const back = 1 + integerBelow(g, Math.min(length + literals, 300));
    length += literals + match;
    const more = (value: number): number[] =>
      value < 15 ? [] : [...times(Math.floor((value - 15) / 255), () => 255), (value - 15) % 255];
    const head = 16 * Math.min(literals, 15) + Math.min(match - 4, 15);
    const offset = [back & 255, back >> 8];
    return [head, ...more(literals), ...letters(g, literals), ...offset, ...more(match - 4)];
  }).flat();
  const last = chosen(g, [5, 6, 12, 15, 20, integerBelow(g, 5)]);
  const head = last < 15 ? [16 * last] : [240, last - 15];
  return { bytes: [...bytes, ...head, ...letters(g, last)], length: length + last };
}

/** Literals and copies of Snappy, behind the length. */
function snappy(g: Generator): Block {
  let length = 0;
  const bytes = times(1 + integerBelow(g, 5), (i) => {
    const kind = i === 0 ? 0 : integerBelow(g, 4);
    const count = kind === 1 ? 4 + integerBelow(g, 8) : 1 + chosen(g, [0, 3, 59, 60, 63]);
    const back = 1 + integerBelow(g, Math.max(1, length));
    length += count;
    if (kind === 1) return [1 | ((count - 4) << 2) | ((back >> 8) << 5), back & 255];
    if (kind >= 2) {
      const offset = kind === 2 ? [back & 255, back >> 8] : [back & 255, back >> 8, 0, 0];
      return [kind | ((Math.min(count, 64) - 1) << 2), ...offset];
    }
    const head = count <= 60 ? [(count - 1) << 2] : [60 << 2, count - 1];
    return [...head, ...letters(g, count)];
  }).flat();
  const size = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
  return { bytes: [...size, ...bytes], length };
}

const COLUMNS: readonly Partial<ParquetColumn>[] = [
  { type: 'DOUBLE', kind: { name: 'number' } },
  { type: 'FLOAT', kind: { name: 'number' } },
  { type: 'BOOLEAN', kind: { name: 'number' } },
  { type: 'INT32', kind: { name: 'integer', bits: 8, signed: true } },
  { type: 'INT32', kind: { name: 'integer', bits: 16, signed: false } },
  { type: 'INT32', kind: { name: 'integer', bits: 32, signed: false } },
  { type: 'INT64', kind: { name: 'integer', bits: 64, signed: true } },
  { type: 'FIXED_LEN_BYTE_ARRAY', kind: { name: 'half' } },
  { type: 'BYTE_ARRAY', kind: { name: 'text' } },
];

function column(g: Generator): ParquetColumn {
  return {
    name: 'x',
    type: undefined,
    optional: false,
    kind: null,
    ...chosen(g, COLUMNS),
  };
}

const SIZES: Readonly<Record<string, number>> = {
  DOUBLE: 8,
  FLOAT: 4,
  BOOLEAN: 1 / 8,
  INT32: 4,
  INT64: 8,
  FIXED_LEN_BYTE_ARRAY: 2,
};

function texts(g: Generator, number: number): number[] {
  return times(number, () => {
    const count = integerBelow(g, 4);
    return [count, 0, 0, 0, ...letters(g, count)];
  }).flat();
}

/** Runs of equal and of packed numbers, and how many there are; the last run may hold more. */
function runs(g: Generator, width: number): [bytes: number[], count: number] {
  let all = 0;
  const bytes = times(1 + integerBelow(g, 3), () => {
    const count = 1 + integerBelow(g, 9);
    const isEqual = integerBelow(g, 2) === 0;
    const eights = 1 + integerBelow(g, 2);
    all += isEqual ? count : 8 * eights;
    if (!isEqual) return [(eights << 1) | 1, ...times(eights * width, () => byte(g))];
    const value = integerBelow(g, 1 << width);
    return [count << 1, ...times(Math.ceil(width / 8), (i) => (value >> (8 * i)) & 255)];
  }).flat();
  return [bytes, Math.max(0, all - chosen(g, [0, 0, 0, 1, 7, -1]))];
}

const KINDS: Readonly<Record<string, (g: Generator) => unknown>> = {
  'LZ4 blocks': (g) => {
    const { bytes, length } = lz4(g);
    const block = damaged(g, bytes);
    return [
      attempt(() => inflateLz4(block, length)),
      attempt(() =>
        inflateHadoopLz4(
          Uint8Array.of(
            0,
            0,
            length >> 8,
            length & 255,
            0,
            0,
            block.length >> 8,
            block.length & 255,
            ...block,
          ),
          length,
        ),
      ),
    ];
  },
  'Snappy blocks': (g) => {
    const { bytes, length } = snappy(g);
    return attempt(() => inflateSnappy(damaged(g, bytes), length + chosen(g, [0, 0, 0, 0, 1, -1])));
  },
  'plain values of Parquet': (g) => {
    const own = column(g);
    const count = integerBelow(g, 9);
    const size = SIZES[own.type ?? 'DOUBLE'] ?? 0;
    const numbers = times(Math.ceil(count * size), () => chosen(g, [0, 0, 0, 1, 2, byte(g), 255]));
    const bytes = damaged(g, own.type === 'BYTE_ARRAY' ? texts(g, count) : numbers);
    return [
      attempt(() => decodePlain(bytes, count, own)),
      attempt(() => decodeSplit(bytes, count, own)),
    ];
  },
  'runs and indices of Parquet': (g) => {
    const width = integerBelow(g, 10);
    const [packed, count] = runs(g, width);
    const bytes = damaged(g, packed);
    const length = Math.max(1, (1 << width) - chosen(g, [0, 0, 0, 1]));
    const dictionary = Float64Array.from({ length }, (_, i) => i / 2);
    return [
      attempt(() => decodeRuns(bytes, width, count, dictionary.length)),
      attempt(() => decodeIndices(Uint8Array.of(width, ...bytes), count, dictionary)),
      attempt(() => decodeIndices(Uint8Array.of(chosen(g, [0, 33, width])), count, ['a', 'b'])),
    ];
  },
  'structs of Thrift': (g) => {
    const fields = {
      1: integerBelow(g, 300),
      2: 'text',
      4: { 1: true, 20: -integerBelow(g, 9) },
      5: [1, 2, 3],
      40: ['a', 'b'],
      41: [{ 2: false }],
    };
    return attempt(() => plain(readThriftStruct(damaged(g, struct(fields)), 0)));
  },
  'pickles of a few operations': (g) => {
    const operations = times(integerBelow(g, 7), () => chosen(g, OPERATIONS));
    const bytes = [
      0x80,
      2,
      ...operations.flatMap((each) => [...Buffer.from(each, 'latin1')]),
      0x2e,
    ];
    return attempt(() => JSON.stringify(readPickle(damaged(g, bytes))));
  },
};

const OPERATIONS =
  "N|K\u0005|M\u0001\u0002|J\u0001\u0000\u0000\u0080|I7\n|L9L\n|\u008a\u0002\u00ff\u007f|G?\u00f8\u0000\u0000\u0000\u0000\u0000\u0000|U\u0002ab|X\u0002\u0000\u0000\u0000cd|\u008c\u0001e|Vf\\u0041\n|S'g'\n|(|)|]|}|t|l|d|a|e|s|u|0|1|2|\u0085|\u0086|\u0087|\u0088|\u0089|\u008f|\u0090|\u0091|\u0094|q\u0000|h\u0000|r\u0001\u0000\u0000\u0000|p0\n|g0\n|cm\nn\n|\u0093|R|b|\u0081|\u0092|Q|C\u0001z|F1.5\n".split(
    '|',
  );

for (const [kind, read] of Object.entries(KINDS)) {
  pinned(kind, () =>
    times(GROUPS, (group) => times(PER_GROUP, (i) => read(generator(1000 * group + i)))),
  );
}

/** A copy, of which one in three lacks its end, has a longer one, or another byte. */
function damaged(g: Generator, bytes: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = integerBelow(g, copy.length + 1);
  switch (integerBelow(g, 12)) {
    case 0:
      return copy.slice(0, at);
    case 1:
      return Uint8Array.of(...copy, chosen(g, [0, 0, 1, 255]));
    case 2:
      copy[at] = chosen(g, [0, 255, copy[at] + 1, copy[at] - 1, copy[at] ^ 128]);
      return copy;
    case 3:
      return copy.slice(0, -1);
    default:
      return copy;
  }
}

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    // JSON.stringify says in words of the engine that objects contain themselves.
    return error instanceof TypeError ? 'a circle' : String(error);
  }
}

/** Maps as lists, of which digests are made. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (each instanceof Map ? [...each] : each));
}

function chosen<T>(g: Generator, items: readonly T[]): T {
  return items[integerBelow(g, items.length)];
}
