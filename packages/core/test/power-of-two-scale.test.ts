import { expect, it } from 'vitest';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { powerOfTwoScale, rescaled } from '../src/embedding/power-of-two-scale.ts';

const of = (...numbers: number[]): Embedding => embedding(2, 2, Float64Array.from(numbers));

it('brings the largest entry between 1 and 2 if fourth powers could leave the range, and else changes nothing', () => {
  for (let e = -1000; e <= 1000; e += 8) {
    const largest = 1.5 * 2 ** e;
    const scale = powerOfTwoScale(of(0, largest / 3, -largest, 0), 'f');
    expect(scale).toBe(e < -64 || e >= 64 ? 2 ** -e : 1);
  }
  // The limits themselves are brought to 1, those next to them stay.
  expect(powerOfTwoScale(of(2 ** 64, 0, 0, 0), 'f')).toBe(2 ** -64);
  expect(powerOfTwoScale(of(2 ** 64 * (1 - 2 ** -53), 0, 0, 0), 'f')).toBe(1);
  expect(powerOfTwoScale(of(2 ** -64, 0, 0, 0), 'f')).toBe(2 ** 64);
  expect(powerOfTwoScale(of(2 ** -64 * (1 + 2 ** -52), 0, 0, 0), 'f')).toBe(1);
  expect(powerOfTwoScale(of(0, 0, 0, 0), 'f')).toBe(1);
  // Powers beyond the normal numbers are not reached.
  expect(powerOfTwoScale(of(5e-324, 0, 0, 0), 'f')).toBe(2 ** 1022);
  expect(powerOfTwoScale(of(Number.MAX_VALUE, 0, 0, 0), 'f')).toBe(2 ** -1022);
});

it('refuses numbers that are not finite, with their place', () => {
  expect(() => powerOfTwoScale(of(1, 2, 3, NaN), 'f')).toThrow(
    'f: feature 1 has NaN in dimension 1',
  );
  expect(() => powerOfTwoScale(of(1, Infinity, 3, 4), 'f')).toThrow(
    'f: feature 0 has Infinity in dimension 1',
  );
  expect(() => powerOfTwoScale(of(1, 2, -Infinity, 4), 'f')).toThrow(
    'f: feature 1 has -Infinity in dimension 0',
  );
});

it('scales vectors in their own type', () => {
  const single = embedding(1, 2, Float32Array.of(3, -4));
  expect(rescaled(single, 0.5)).toEqual(embedding(1, 2, Float32Array.of(1.5, -2)));
  expect(rescaled(single, 1)).toBe(single);
});
