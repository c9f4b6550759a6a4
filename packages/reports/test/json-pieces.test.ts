import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonBytes, jsonPieces, toJson } from '@polysem/reports/text';

const textOf = (value: unknown, indent?: number): string => [...jsonPieces(value, indent)].join('');

describe('jsonPieces', () => {
  it('gives the text of JSON.stringify, with and without indentation', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 4), (value, indent) => {
        expect(textOf(value, indent)).toBe(JSON.stringify(value, null, indent));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the text of toJson for results: typed arrays, numbers that are not finite, absent fields', () => {
    const result = {
      capacity: Float64Array.of(0.1, -0, NaN, Infinity, 1e-300),
      index: Int32Array.of(-1, 2),
      single: Float32Array.of(0.1),
      absent: undefined,
      none: null,
      empty: [new Float64Array(0), {}, [], { gone: undefined }],
      holes: [undefined, 1, [undefined, { x: Float64Array.of(3) }]],
      'key "quoted"\n': ['\ud800', 'é', '\u2028'],
      when: new Date(0),
    };
    for (const indent of [0, 1, 2]) expect(textOf(result, indent)).toBe(toJson(result, indent));
  });

  it('keeps the text where a list continues in the next run of elements', () => {
    const numbers = Float64Array.from({ length: 9000 }, (_, i) => i / 7);
    const records = Array.from({ length: 4097 }, (_, i) => ({ i, at: [i, `${i}`] }));
    const mixed = [...records.slice(0, 5000), ...numbers];
    for (const value of [numbers, records, mixed])
      for (const indent of [0, 1]) expect(textOf(value, indent)).toBe(toJson(value, indent));
  });

  it('holds one piece at a time, of bounded length', () => {
    const value = {
      phase: Array<string>(100_000).fill('ignored'),
      x: new Float64Array(100_000).fill(1 / 3),
    };
    const lengths = [...jsonPieces(value)].map(({ length }) => length);
    // 64 Ki characters, and a run of 4096 elements after them.
    expect(Math.max(...lengths)).toBeLessThan(2 ** 16 + 4096 * 20);
  });

  it('ends with the given text, in UTF-8', () => {
    const bytes = [...jsonBytes({ name: 'é' }, 1, '\n')];
    expect(new TextDecoder().decode(bytes[0])).toBe('{\n "name": "é"\n}\n');
  });
});
