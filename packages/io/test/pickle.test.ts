import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPickle, type PickleNode, type PickleValue } from '../src/formats/torch/pickle.ts';

/** A value with the bytes that one of the ways of Python's pickle.py to write it gives. */
interface Written {
  readonly value: unknown;
  readonly bytes: readonly number[];
}

/** The lowest bytes of a whole number, the lowest first. */
function little(value: number | bigint, length: number): number[] {
  return Array.from({ length }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 255n));
}

const integers: fc.Arbitrary<Written> = fc.oneof(
  fc.nat({ max: 255 }).map((value) => ({ value, bytes: [0x4b, value] })),
  fc.nat({ max: 65_535 }).map((value) => ({ value, bytes: [0x4d, ...little(value, 2)] })),
  fc.integer().map((value) => ({ value, bytes: [0x4a, ...little(value, 4)] })),
  fc
    .integer({ min: -(2 ** 47), max: 2 ** 47 - 1 })
    .map((value) => ({ value, bytes: [0x8a, 6, ...little(value, 6)] })),
  fc
    .integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
    .map((value) => ({ value, bytes: [0x8b, ...little(4, 4), ...little(value, 4)] })),
);

const doubles: fc.Arbitrary<Written> = fc.double({ noNaN: true }).map((value) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return { value, bytes: [0x47, ...new Uint8Array(view.buffer)] };
});

/** Bytes behind an opcode and their number, which has some length. */
function counted(code: number, width: number, content: Uint8Array): number[] {
  return [code, ...little(content.length, width), ...content];
}

const texts: fc.Arbitrary<Written> = fc.oneof(
  fc
    .tuple(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom([0x58, 4] as const, [0x8c, 1] as const, [0x8d, 8] as const),
    )
    .map(([value, [code, width]]) => ({
      value,
      bytes: counted(code, width, new TextEncoder().encode(value)),
    })),
  fc
    .tuple(
      fc.string({ unit: 'grapheme-ascii' }),
      fc.constantFrom([0x54, 4] as const, [0x55, 1] as const),
    )
    .map(([value, [code, width]]) => ({
      value,
      bytes: counted(code, width, new TextEncoder().encode(value)),
    })),
);

const byteStrings: fc.Arbitrary<Written> = fc
  .tuple(
    fc.uint8Array({ maxLength: 20 }),
    fc.constantFrom([0x43, 1] as const, [0x42, 4] as const, [0x8e, 8] as const, [0x96, 8] as const),
  )
  .map(([content, [code, width]]) => ({ value: 'bytes', bytes: counted(code, width, content) }));

const plain = fc.oneof(
  integers,
  doubles,
  texts,
  byteStrings,
  fc.constant<Written>({ value: null, bytes: [0x4e] }),
  fc.constant<Written>({ value: true, bytes: [0x88] }),
  fc.constant<Written>({ value: false, bytes: [0x89] }),
);

/** A value beside things that do not stay: marked values that are dropped, one dropped value, and a copy. */
const dropped = fc.oneof(
  fc
    .array(plain, { maxLength: 3 })
    .map((items) => [0x28, ...items.flatMap(({ bytes }) => bytes), 0x31]),
  plain.map(({ bytes }) => [...bytes, 0x30]),
  plain.map(({ bytes }) => [...bytes, 0x32, 0x30, 0x30]),
);

const lists: fc.Arbitrary<Written> = fc
  .tuple(fc.array(fc.tuple(dropped, plain), { maxLength: 6 }), fc.nat({ max: 2 }))
  .map(([items, way]) => {
    const value = items.map(([, item]) => item.value);
    const all = items.flatMap(([rest, { bytes }]) => [...rest, ...bytes]);
    if (way === 0) return { value, bytes: [0x5d, 0x28, ...all, 0x65] };
    if (way === 1) return { value, bytes: [0x28, ...all, 0x74] };
    const one = items.flatMap(([rest, { bytes }]) => [...rest, ...bytes, 0x61]);
    return { value, bytes: [0x5d, ...one] };
  });

/** The values of a list or tuple; `bytes` for what is not kept. */
function plainValue(value: PickleValue): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return value.kind === 'opaque' ? 'bytes' : value.items.map(plainValue);
}

const read = (...bytes: readonly number[]): PickleValue =>
  readPickle(Uint8Array.of(...bytes, 0x2e));

describe('a pickle', () => {
  it('holds the numbers, texts and lists that were written, in every way to write them', () => {
    fc.assert(
      fc.property(lists, ({ value, bytes }) => {
        expect(plainValue(read(...bytes))).toEqual(value);
      }),
      { numRuns: 400 },
    );
  });

  it('keeps and recalls values by their places', () => {
    // Stores 7 at 1 and 8 at 300, and lists 8, 7, 8.
    const stored = [0x4b, 7, 0x71, 1, 0x30, 0x4b, 8, 0x72, ...little(300, 4), 0x30];
    const recalled = [0x6a, ...little(300, 4), 0x68, 1, 0x6a, ...little(300, 4)];
    expect(plainValue(read(...stored, ...recalled, 0x87))).toEqual([8, 7, 8]);
    expect(plainValue(read(...stored, ...recalled, 0x86))).toEqual([7, 8]);
  });

  it('keeps no integer of more than eight bytes, even if it is small', () => {
    expect(read(0x8a, 8, ...little(5, 8))).toBe(5);
    expect(plainValue(read(0x8a, 9, ...little(5, 9)))).toBe('bytes');
  });

  it('records a call with keyword arguments without them', () => {
    const global = [0x63, ...new TextEncoder().encode('torch\nSize\n')];
    const called = read(...global, 0x4b, 5, 0x85, 0x7d, 0x92) as PickleNode;
    expect([called.kind, called.name, called.items]).toEqual(['call', 'torch.Size', [5]]);
  });

  it.each([
    ['ends in a value', [0x4d, 1], /ends/],
    ['drops more than it has', [0x30], /takes from an empty stack/],
    ['drops to a mark that is not there', [0x4b, 1, 0x31], /has no mark/],
    ['takes a mark for a value', [0x28, 0x71, 0], /takes from an empty stack/],
    ['recalls a place that was never filled', [0x68, 3], /recalls a value that was never stored/],
    ['names a module by a number', [0x4b, 1, 0x8c, 1, 0x61, 0x93], /has a global without a name/],
    ['names a class by a number', [0x8c, 1, 0x61, 0x4b, 1, 0x93], /has a global without a name/],
    ['runs code by an extension', [0x82, 1], /has the opcode 0x82, which no checkpoint needs/],
  ])('is refused where it %s', (_, bytes, message) => {
    expect(() => readPickle(Uint8Array.from(bytes))).toThrow(message);
  });
});

it('leaves the values of all others alone where one that cannot be changed is changed', () => {
  const short = (text: string) => [0x8c, text.length, ...new TextEncoder().encode(text)];
  const root = (...codes: number[]) =>
    readPickle(Uint8Array.of(0x80, 4, ...codes, 0x2e)) as PickleNode;
  // Items are set on a list, and appended to a persistent object.
  const list = root(0x5d, ...short('key'), 0x4b, 7, 0x73);
  const persistent = root(0x4b, 1, 0x51, 0x4b, 7, 0x61);
  for (const found of [list, persistent, root(0x29)]) {
    expect([found.entries, found.appended]).toEqual([[], []]);
    expect(found.items).toEqual(found === persistent ? [1] : []);
  }
});
