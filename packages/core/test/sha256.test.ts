import { createHash } from 'node:crypto';
import { sha256, sha256OfNumbers } from '@polysem/core/features';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

it('hashes bytes in pieces of any size as the reference does', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 8 });
  fc.assert(
    fc.property(pieces, (parts) => {
      const hash = sha256();
      const expected = createHash('sha256');
      for (const part of parts) {
        hash.add(part);
        expected.update(part);
      }
      expect(hash.end()).toBe(expected.digest('hex'));
    }),
  );
});

describe('sha256OfNumbers', () => {
  it('agrees with another implementation on the same bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 40 }), (numbers) => {
        const positiveZeros = Float64Array.from(numbers, (x) => x + 0);
        const bytes = new Uint8Array(positiveZeros.buffer);
        const expected = createHash('sha256').update(bytes).digest('hex');
        expect(sha256OfNumbers(numbers)).toBe(expected);
      }),
    );
    const half = Float32Array.of(0.5, -3, 2 ** -100);
    expect(sha256OfNumbers(half)).toBe(sha256OfNumbers(Float64Array.from(half)));
  });
});
