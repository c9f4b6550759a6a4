import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backwardBits } from '../src/formats/parquet/zstd/backward-bits.ts';

const streams = fc
  .tuple(fc.uint8Array({ minLength: 8, maxLength: 24 }), fc.integer({ min: 1, max: 255 }))
  .map(([bytes, last]) => Uint8Array.of(...bytes, last));

/** The bits before the end mark as one number, the first of the stream in the lowest place. */
function bitsOf(bytes: Uint8Array): { value: bigint; count: number } {
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const count = value.toString(2).length - 1;
  return { value: value - (1n << BigInt(count)), count };
}

describe('backwardBits', () => {
  it('reads the numbers that whole-number arithmetic gives, for any lengths up to 31 bits', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.integer({ min: 0, max: 31 })), (bytes, lengths) => {
        const bits = backwardBits(bytes);
        let { value, count } = bitsOf(bytes);
        expect(bits.left()).toBe(count);
        for (const length of lengths) {
          if (length > count) {
            expect(() => bits.read(length)).toThrow('ends too early');
            return;
          }
          count -= length;
          if (length <= 16) expect(bits.peek(length)).toBe(Number(value >> BigInt(count)));
          expect(bits.read(length)).toBe(Number(value >> BigInt(count)));
          value &= (1n << BigInt(count)) - 1n;
          expect(bits.left()).toBe(count);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('rejects a stream without an end mark', () => {
    expect(() => backwardBits(Uint8Array.of(1, 0))).toThrow('has no end');
  });

  it('has an end mark in its last byte', () => {
    for (const bytes of [[], [0], [1, 0]])
      expect(() => backwardBits(Uint8Array.from(bytes))).toThrow('a bit stream of zstd has no end');
    expect(backwardBits(Uint8Array.of(0, 1)).left()).toBe(8);
  });
});
