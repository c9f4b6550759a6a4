import fc from 'fast-check';
import { expect, it } from 'vitest';
import { embedding, type Embedding } from '../src/embedding/embedding.ts';
import { alignNeurons } from '../src/geometry/align-neurons.ts';
import { quartimax } from '../src/geometry/quartimax.ts';
import { generator, normal } from '@polysem/numerics/random';
import { sum } from './fixtures.ts';
import { blockDiagonal, randomRotation, rotated, tightFrame } from './neuron-cases.ts';
import { orders } from './orders.ts';

/** |Q W - W| / |W|. */
function changeBy(w: Embedding, q: Float64Array): number {
  const turned = rotated(w, q);
  const change2 = sum(w.data.map((x, j) => (turned.data[j] - x) ** 2));
  return Math.sqrt(change2 / sum(w.data.map((x) => x * x)));
}

/** The least change among all orders and signs of the rows of a rotation. */
function leastChange(w: Embedding, rotation: Float64Array): number {
  const { dims } = w;
  let least = Infinity;
  for (const order of orders(dims))
    for (let signs = 0; signs < 2 ** dims; signs++) {
      const other = new Float64Array(dims * dims);
      order.forEach((from, to) => {
        const sign = (signs >> to) & 1 ? -1 : 1;
        for (let d = 0; d < dims; d++) other[to * dims + d] = sign * rotation[from * dims + d];
      });
      least = Math.min(least, changeBy(w, other));
    }
  return least;
}

it('changes the weights least among all assignments to neurons and all signs', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.constantFrom(1, 1e-6),
      fc.constantFrom(3, 3, 1, 4),
      (seed, scale, unused) => {
        // Blocks of one dimension: only the neurons and signs of their axes are free. One of the neurons may have no weights.
        const count = unused === 4 ? 4 : 3;
        const { w: plain, blocks } = blockDiagonal(
          [1, 1 / 4, 1 / 16, 1 / 64]
            .slice(0, count)
            .map((gamma, k) => tightFrame(1, 2, scale * gamma, seed + k)),
        );
        const turned = rotated(plain, randomRotation(count, seed));
        const w = embedding(4, turned.features);
        turned.data.forEach((x, j) => {
          const d = j % count;
          w.data[4 * Math.floor(j / count) + (d < unused ? d : d + 1)] = x;
        });
        const { change, rotation } = alignNeurons(w, blocks);
        expect(changeBy(w, rotation)).toBeCloseTo(change, 7);
        expect(leastChange(w, rotation)).toBeGreaterThan(change - 1e-7);
      },
    ),
    { numRuns: 40 },
  );
});

it('the sparsest rotation does not depend on the unit', () => {
  const g = generator(3);
  const x = Float64Array.from({ length: 4 * 9 }, () => normal(g));
  const expected = quartimax(x, 4, 9, randomRotation(4, 1));
  for (const unit of [2 ** -60, 2 ** -20, 2 ** 40]) {
    const found = quartimax(
      x.map((value) => value * unit),
      4,
      9,
      randomRotation(4, 1),
    );
    expect(found.rotation).toEqual(expected.rotation);
    expect(found.fourthPowers).toBe(expected.fourthPowers * unit ** 4);
  }
});
