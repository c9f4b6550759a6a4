import { describe, expect, it } from 'vitest';
import { embeddingFromVectors } from '../src/embedding/embedding.ts';
import { blockAxes, blockFrame } from '../src/geometry/block-frame.ts';
import { leftSingular } from '../src/embedding/singular.ts';
import { featuresOf } from '../src/geometry/vector-queries.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';

/** Two unit vectors in three dimensions at an angle, each a block of its own. */
function atAngle(angle: number) {
  const w = embeddingFromVectors([
    [1, 0, 0],
    [Math.cos(angle), Math.sin(angle), 0],
  ]);
  const blocks = [0, 1].map((i) => ({ features: [i], dims: 1 }));
  return { w, blocks };
}

describe('blockFrame', () => {
  it('rejects spans whose axes have a Gram matrix with an eigenvalue below 1e-10', () => {
    // The eigenvalues of two unit vectors are 1 +- cos(angle), and 1 - cos(angle) is angle^2 / 2.
    const angle = Math.sqrt(2e-10);
    for (const [share, isAccepted] of [
      [0, false],
      [0.99, false],
      [1.01, true],
    ] as const) {
      const { w, blocks } = atAngle(share * angle);
      if (isAccepted) expect(blockFrame(w, blocks).obliqueness).toBeCloseTo(Math.SQRT1_2, 4);
      else expect(() => blockFrame(w, blocks)).toThrow('blocks: must have independent spans');
    }
  });

  it('turns two axes by the same angle, and completes them by the rest of the space', () => {
    for (const degrees of [20, 70, 90, 130]) {
      const angle = (degrees * Math.PI) / 180;
      const { w, blocks } = atAngle(angle);
      const { axes, obliqueness } = blockFrame(w, blocks);
      // The nearest orthogonal axes lie 45 degrees from the middle of the two lines.
      const between = Math.min(angle, Math.PI - angle);
      expect(obliqueness).toBeCloseTo(Math.abs(Math.sin(Math.PI / 4 - between / 2)), 12);
      for (let a = 0; a < 3; a++)
        for (let b = 0; b < 3; b++) {
          const dot = sum([0, 1, 2].map((d) => axes[3 * a + d] * axes[3 * b + d]));
          expect(dot).toBeCloseTo(a === b ? 1 : 0, 12);
        }
      expect(Math.abs(axes[8])).toBeCloseTo(1, 12);
      expect(Array.from(blockAxes(w, blocks).axes)).toEqual(Array.from(axes.subarray(0, 6)));
    }
  });

  it('has the axes nearest to the principal axes: the polar factor, whose product with them is symmetric and positive', () => {
    const w = gaussianEmbedding(6, 12, 5);
    const blocks = [
      { features: [0, 4, 5, 9], dims: 2 },
      { features: [1, 2], dims: 1 },
      { features: [3, 7, 8], dims: 2 },
    ];
    const own = blocks.flatMap(({ features, dims }) => {
      const { vectors } = leftSingular(featuresOf(w, features));
      return Array.from({ length: dims }, (_, k) => vectors.slice(6 * k, 6 * k + 6));
    });
    const { axes, obliqueness } = blockFrame(w, blocks);
    const row = (a: number): Float64Array => axes.subarray(6 * a, 6 * a + 6);
    const dot = (x: Float64Array, y: Float64Array): number =>
      sum(x.map((value, d) => value * y[d]));
    for (let a = 0; a < 6; a++)
      for (let b = 0; b < 6; b++) expect(dot(row(a), row(b))).toBeCloseTo(a === b ? 1 : 0, 12);
    own.forEach((x, a) => {
      expect(dot(x, row(a))).toBeGreaterThan(0);
      own.forEach((y, b) => expect(dot(x, row(b))).toBeCloseTo(dot(y, row(a)), 12));
    });
    const sines = own.map((x, a) => Math.sqrt(1 - dot(x, row(a)) ** 2));
    expect(obliqueness).toBeCloseTo(Math.max(...sines), 12);
    // One block keeps its axes.
    expect(blockAxes(w, [blocks[0]]).obliqueness).toBeLessThan(1e-12);
  });
});
