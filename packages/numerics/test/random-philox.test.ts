import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { philox4x32 } from '../src/random/philox.ts';

const MASK = 0xffffffffn;

/** Salmon et al. 2011, section 3.3, with integers of arbitrary size. */
function reference(counter: readonly number[], key: readonly number[]): number[] {
  let [l0, r0, l1, r1] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  for (let round = 0; round < 10; round++) {
    const product0 = 0xd2511f53n * l0;
    const product1 = 0xcd9e8d57n * l1;
    [l0, r0, l1, r1] = [
      (product1 >> 32n) ^ r0 ^ k0,
      product1 & MASK,
      (product0 >> 32n) ^ r1 ^ k1,
      product0 & MASK,
    ];
    k0 = (k0 + 0x9e3779b9n) & MASK;
    k1 = (k1 + 0xbb67ae85n) & MASK;
  }
  return [l0, r0, l1, r1].map(Number);
}

function block(counter: readonly number[], key: readonly number[]): number[] {
  const out = new Uint32Array(4);
  philox4x32(Uint32Array.from(counter), Uint32Array.from(key), out);
  return Array.from(out);
}

describe('philox4x32', () => {
  // The three "philox4x32 10" lines of tests/kat_vectors in DEShawResearch/random123.
  it.each([
    {
      counter: [0, 0, 0, 0],
      key: [0, 0],
      expected: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      expected: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      expected: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ])('gives the published answer for counter $counter', ({ counter, key, expected }) => {
    expect(block(counter, key)).toEqual(expected);
    expect(reference(counter, key)).toEqual(expected);
  });

  it('agrees with exact integer arithmetic for any counter and key', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        expect(block(counter, key)).toEqual(reference(counter, key));
      }),
      { numRuns: 2000 },
    );
  });

  it('can overwrite its own counter', () => {
    const words = Uint32Array.of(1, 2, 3, 4);
    const key = Uint32Array.of(5, 6);
    philox4x32(words, key, words);
    expect(Array.from(words)).toEqual(block([1, 2, 3, 4], [5, 6]));
  });
});
