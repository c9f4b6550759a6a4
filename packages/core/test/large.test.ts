import { describe, expect, it } from 'vitest';
import { allocateQuadratic } from '../src/theory/allocate-quadratic.ts';
import { embedding } from '../src/embedding/embedding.ts';
import { generator, normal, uniform } from '@polysem/numerics/random';
import { measureCapacity } from '../src/capacity/measure.ts';
import { sum } from './fixtures.ts';

describe('large problems', () => {
  it('measures 300,000 float32 features without losing the short ones', () => {
    const [dims, features] = [4, 300_000];
    const g = generator(1);
    // Every tenth vector is short, and a common direction makes sigma_max large compared with a
    // single vector.
    const data = Float32Array.from({ length: dims * features }, (_, j) => {
      const length = Math.floor(j / dims) % 10 === 0 ? 0.1 : 1;
      return length * (normal(g) + (j % dims === 0 ? 3 : 0));
    });
    const { rank, capacity, leverage } = measureCapacity(embedding(dims, features, data));
    expect(rank).toBe(4);
    expect(Math.abs(sum(leverage) - 4)).toBeLessThan(1e-9);
    expect(capacity.every((c) => c > 0)).toBe(true);
  });

  it('allocates exactly all dimensions to 200,000 features of mixed kurtosis', () => {
    const g = generator(2);
    const importance = Float64Array.from({ length: 200_000 }, () => Math.exp(normal(g)));
    const kurtosis = Float64Array.from(importance, () => 1.2 + 10 * uniform(g));
    const { capacity, gap } = allocateQuadratic({ importance, kurtosis, dims: 25_000 });
    expect(gap).toBe(0);
    // Summing by parts keeps the rounding error near that of a single number.
    let total = 0;
    for (let at = 0; at < capacity.length; at += 1000)
      total += sum(capacity.subarray(at, at + 1000));
    expect(Math.abs(total - 25_000)).toBeLessThan(1e-9);
  });
});
