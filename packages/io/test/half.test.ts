import { describe, expect, test } from 'vitest';
import { widenBF16, widenF16 } from '../src/half.ts';

const PATTERNS = Array.from({ length: 65536 }, (_, bits) => bits);

/** The value of a binary float by the textbook: sign, 2^exponent, 1.fraction. */
function valueOf(bits: number, exponentBits: number, fractionBits: number): number {
  const bias = 2 ** (exponentBits - 1) - 1;
  const fraction = bits % 2 ** fractionBits;
  const exponent = Math.floor(bits / 2 ** fractionBits) % 2 ** exponentBits;
  const sign = bits >= 2 ** (exponentBits + fractionBits) ? -1 : 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  const significand = fraction / 2 ** fractionBits + (exponent === 0 ? 0 : 1);
  return sign * 2 ** (Math.max(exponent, 1) - bias) * significand;
}

function single(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0];
}

describe.each([
  { name: 'F16', widen: widenF16, exponentBits: 5, fractionBits: 10 },
  { name: 'BF16', widen: widenBF16, exponentBits: 8, fractionBits: 7 },
])('widening $name', ({ widen, exponentBits, fractionBits }) => {
  test('gives the textbook value of all 65536 patterns', () => {
    const wrong = PATTERNS.filter(
      (bits) => !Object.is(single(widen(bits)), valueOf(bits, exponentBits, fractionBits)),
    );
    expect(wrong).toEqual([]);
  });

  test('keeps the sign and the payload of every NaN', () => {
    const nans = PATTERNS.filter((bits) => Number.isNaN(valueOf(bits, exponentBits, fractionBits)));
    expect(nans.length).toBe(2 * (2 ** fractionBits - 1));
    const wrong = nans.filter((bits) => {
      const wide = widen(bits);
      const payload = (bits % 2 ** fractionBits) * 2 ** (23 - fractionBits);
      return wide >>> 31 !== bits >>> 15 || (wide & 0x7fffff) !== payload;
    });
    expect(wrong).toEqual([]);
  });
});
