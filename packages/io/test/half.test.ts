import { describe, expect, test } from 'vitest';
import { decodeNumbers } from '../src/numbers/convert.ts';

const PATTERNS = Array.from({ length: 65536 }, (_, bits) => bits);

/** The value of a binary float by its definition: sign, 2^exponent, 1.fraction. */
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
  { name: 'F16', exponentBits: 5, fractionBits: 10 },
  { name: 'BF16', exponentBits: 8, fractionBits: 7 },
] as const)('widening $name', ({ name, exponentBits, fractionBits }) => {
  const stored = new Uint8Array(Uint16Array.from(PATTERNS).buffer);
  const wide = new Uint32Array(decodeNumbers(name, stored).buffer);
  const widen = (bits: number) => wide[bits];

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
      const payload = (bits % 2 ** fractionBits) * 2 ** (23 - fractionBits);
      return wide[bits] >>> 31 !== bits >>> 15 || (wide[bits] & 0x7fffff) !== payload;
    });
    expect(wrong).toEqual([]);
  });
});
