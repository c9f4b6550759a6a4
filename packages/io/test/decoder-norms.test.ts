import { expect, test } from 'vitest';
import { normsOf } from '../src/layouts/decoder-norms.ts';

test('norms are computed in blocks of at most 4 MiB of float64', async () => {
  const dims = 2 ** 18;
  const counts: number[] = [];
  const norms = await normsOf({
    name: 'W',
    precision: 'float64',
    dims,
    features: 5,
    read: async (first, count) => {
      counts.push(count);
      return Float64Array.from(
        { length: count * dims },
        (_, i) => first + 1 + Math.floor(i / dims),
      );
    },
  });
  // Vector f has 2^18 elements f + 1, so its norm is 2^9 (f + 1).
  expect([...norms]).toEqual([512, 1024, 1536, 2048, 2560]);
  expect(counts).toEqual([2, 2, 1]);
});
