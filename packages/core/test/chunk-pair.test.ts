import { expect, it } from 'vitest';
import { cosine, extraDims, lengthOf } from '../src/streaming/chunk-pair.ts';

// Vectors (3, 4), (4, 3) and (-6, -8) in units that are far apart.
const units = [1, 1e-300, 1e300];
const vectors = Float64Array.of(3, 4, 4, 3, -6, -8).map((x, j) => x * units[j >> 1]);

it('the cosine of two vectors does not depend on their lengths', () => {
  expect(cosine(vectors, 0, vectors, 1, 2)).toBeCloseTo(24 / 25, 15);
  expect(cosine(vectors, 1, vectors, 0, 2)).toBeCloseTo(24 / 25, 15);
  expect(cosine(vectors, 0, vectors, 2, 2)).toBeCloseTo(-1, 15);
  expect(cosine(vectors, 2, vectors, 1, 2)).toBeCloseTo(-24 / 25, 15);
  expect(cosine(Float64Array.of(0, 0), 0, vectors, 0, 2)).toBeNaN();
});

it('no cosine leaves [-1, 1] by rounding', () => {
  let beyond = 0;
  for (let k = 1; k <= 300; k++) {
    const v = Float64Array.of(1, k / 7, (k * k) / 11);
    const length = Math.hypot(...v);
    // Without a limit, some of these exceed 1.
    const square = v.reduce((sum, x) => sum + x * x, 0);
    if (square / Math.sqrt(square) / Math.sqrt(square) > 1) beyond++;
    const opposite = v.map((x) => -x);
    expect(cosine(v, 0, v, 0, 3)).toBeLessThanOrEqual(1);
    expect(cosine(v, 0, opposite, 0, 3)).toBeGreaterThanOrEqual(-1);
    expect(cosine(v, 0, v, 0, 3)).toBeCloseTo(1, 14);
    const found = lengthOf(v, 0, 3);
    expect(((found?.largest ?? 0) * (found?.root ?? 0)) / length).toBeCloseTo(1, 14);
  }
  expect(beyond).toBeGreaterThan(0);
});

it('one coordinate more tells opposite vectors apart, where signs are fixed', () => {
  expect([extraDims('fixed'), extraDims('free'), extraDims(undefined)]).toEqual([1, 0, 0]);
  expect(lengthOf(Float64Array.of(1, 0, 0), 1, 2)).toBeNull();
});
