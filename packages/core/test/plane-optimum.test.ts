import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddingFromVectors } from '../src/embedding/embedding.ts';
import { bestPairOfAxes } from '../src/geometry/plane-optimum.ts';

const axes = Float64Array.of(1, 0, 0, 1);

/** The largest gain over all divisions between two orthogonal axes: for each, the larger eigenvalue of a sum of w w^T. */
function bestGain(vectors: readonly (readonly [number, number])[]): number {
  let best = 0;
  for (let second = 1; second < 2 ** vectors.length - 1; second++) {
    let [xx, xy, yy] = [0, 0, 0];
    vectors.forEach(([x, y], i) => {
      // A quarter turn takes the features of the second axis to the first.
      const [a, b] = ((second >> i) & 1) === 1 ? [y, -x] : [x, y];
      xx += a * a;
      xy += a * b;
      yy += b * b;
    });
    best = Math.max(best, (xx + yy) / 2 + Math.hypot((xx - yy) / 2, xy));
  }
  return best;
}

describe('bestPairOfAxes', () => {
  it('keeps as much as the best of all divisions, also of features on the given axes and between them', () => {
    const coordinate = fc.integer({ min: -2, max: 2 });
    const vector = fc.tuple(coordinate, coordinate).filter(([x, y]) => x !== 0 || y !== 0);
    fc.assert(
      fc.property(fc.array(vector, { minLength: 2, maxLength: 7 }), (vectors) => {
        const features = Array.from(vectors.keys());
        const found = bestPairOfAxes(embeddingFromVectors(vectors), features, axes);
        expect((found?.gain ?? 0) / bestGain(vectors)).toBeCloseTo(1, 12);
        expect(found?.parts.every((part) => part.features.length > 0)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each([0, 1, 2, 3])(
    'moves feature %i to the second axis, the shortest of nearly parallel ones',
    (short) => {
      // Between the others by its angle, so that no direction separates it from them.
      const rest = [0, 1, 2, 3].filter((i) => i !== short);
      const vectors = [0, 1, 2, 3].map((i) => {
        const angle = i === short ? 0.03 : 0.02 * rest.indexOf(i);
        const length = i === short ? 0.5 : 1;
        return [length * Math.cos(angle), length * Math.sin(angle)] as const;
      });
      const found = bestPairOfAxes(embeddingFromVectors(vectors), [0, 1, 2, 3], axes);
      const parts = found?.parts.map(({ features }) => [...features]);
      expect(parts).toEqual(short === 0 ? [[0], rest] : [rest, [short]]);
      expect((found?.gain ?? 0) / bestGain(vectors)).toBeCloseTo(1, 12);
    },
  );

  it('leaves out features without a component in the plane', () => {
    const w = embeddingFromVectors([
      [0, 0, 1],
      [3, 0, 0],
      [0, 0, 2],
      [0, 2, 1],
    ]);
    const rows = Float64Array.of(1, 0, 0, 0, 1, 0);
    const found = bestPairOfAxes(w, [0, 1, 2, 3], rows);
    expect(found?.parts.map(({ features }) => [...features])).toEqual([[1], [3]]);
    expect(bestPairOfAxes(w, [0, 1, 2], rows)).toBeNull();
  });
});
