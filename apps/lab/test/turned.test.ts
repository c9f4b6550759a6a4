import { expect, it } from 'vitest';
import type { Drawn } from '../src/view/scene.ts';
import { turnedDrawn } from '../src/view/turned.ts';

const block: Drawn = {
  dims: 2,
  features: [4, 1, 7],
  vectors: Float64Array.of(1, 0, -0.5, 0.8, -0.5, -0.8),
};
/** The same block in another basis and order, without feature 4. */
const other: Drawn = {
  dims: 2,
  features: [7, 1],
  vectors: Float64Array.of(0.8, -0.5, -0.8, -0.5),
};

it('draws equal blocks alike, whatever their bases and the order of their features', () => {
  const { features, vectors } = turnedDrawn(other, block, null);
  expect(features).toEqual([7, 1]);
  [-0.5, -0.8, -0.5, 0.8].forEach((x, k) => expect(vectors[k]).toBeCloseTo(x, 12));
});

it('leaves blocks of other dimensions, or without a common feature, as they are', () => {
  const flat: Drawn = { dims: 1, features: [1], vectors: Float64Array.of(1) };
  expect(turnedDrawn(flat, block, null)).toBe(flat);
  const apart = { ...other, features: [8, 9] };
  expect(turnedDrawn(apart, block, null)).toBe(apart);
});
