import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedding, embeddingFromVectors, type Embedding } from '../src/embedding/embedding.ts';
import { largestWeights, mergeLargest, noWeights } from '../src/capacity/neuron-sums.ts';
import { measureNeurons } from '../src/capacity/neurons.ts';
import { gaussianEmbedding, sum } from './fixtures.ts';
import { polygon } from './neuron-cases.ts';

/** Gaussian embeddings with some rows and columns of zeros. */
const anyEmbedding = fc
  .record({
    dims: fc.integer({ min: 1, max: 6 }),
    features: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(),
    deadNeuron: fc.option(fc.nat({ max: 5 })),
    ignored: fc.option(fc.nat({ max: 11 })),
  })
  .map(({ dims, features, seed, deadNeuron, ignored }) => {
    const w = gaussianEmbedding(dims, features, seed);
    for (let i = 0; i < features; i++) {
      for (let a = 0; a < dims; a++) {
        if (a === deadNeuron || i === ignored) w.data[i * dims + a] = 0;
      }
    }
    return w;
  });

function neuron(w: Embedding, a: number): number[] {
  return Array.from({ length: w.features }, (_, i) => w.data[i * w.dims + a]);
}

function transposed(w: Embedding): Embedding {
  return embeddingFromVectors(Array.from({ length: w.dims }, (_, a) => neuron(w, a)));
}

describe('measureNeurons', () => {
  it('names the first of equal weights for any order of chunks', () => {
    const chunk = () => largestWeights(Float64Array.of(-1, 0), 1, 2);
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
    ]) {
      const merged = noWeights(2);
      for (const first of order) mergeLargest(merged, chunk(), first);
      expect([...merged.magnitude, ...merged.feature]).toEqual([1, 0, 0, -1]);
    }
  });

  it('agrees with the definitions for each neuron and feature', () => {
    fc.assert(
      fc.property(anyEmbedding, fc.constantFrom(0, 0.01, 0.5), (w, threshold) => {
        const { perNeuron, superposition } = measureNeurons(w, { threshold });
        for (let a = 0; a < w.dims; a++) {
          const squares = neuron(w, a).map((x) => x * x);
          const total = sum(squares);
          const largest = Math.max(...squares);
          const isDead = total === 0;
          expect(perNeuron.squaredNorm[a]).toBeCloseTo(total, 12);
          expect(perNeuron.participation[a]).toBeCloseTo(
            isDead ? 0 : total ** 2 / sum(squares.map((s) => s * s)),
            11,
          );
          const entropy = sum(squares.map((s) => (s > 0 ? -(s / total) * Math.log(s / total) : 0)));
          expect(perNeuron.effective[a]).toBeCloseTo(isDead ? 0 : Math.exp(entropy), 11);
          expect(perNeuron.count[a]).toBe(squares.filter((s) => s > threshold * largest).length);
          expect(perNeuron.largestShare[a]).toBeCloseTo(isDead ? 0 : largest / total, 12);
          expect(perNeuron.largest[a]).toBe(isDead ? -1 : squares.indexOf(largest));
          const worth = Array.from({ length: w.features }, (_, i) => {
            const n = sum(w.data.subarray(i * w.dims, (i + 1) * w.dims).map((x) => x * x));
            return n > 0 ? squares[i] / n : 0;
          });
          expect(superposition[a]).toBeCloseTo(sum(worth), 11);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('measures a feature over neurons like a neuron of the transpose over features', () => {
    fc.assert(
      fc.property(anyEmbedding, (w) => {
        const [straight, turned] = [measureNeurons(w), measureNeurons(transposed(w))];
        expect(straight.perFeature).toEqual(turned.perNeuron);
        expect(straight.perNeuron).toEqual(turned.perFeature);
      }),
    );
  });

  it('orders its effective numbers, keeps totals, and changes only norms under a scale', () => {
    fc.assert(
      fc.property(anyEmbedding, fc.integer({ min: -400, max: 400 }), (w, exponent) => {
        const m = measureNeurons(w);
        const { participation, effective, largestShare } = m.perNeuron;
        for (let a = 0; a < w.dims; a++) {
          if (m.perNeuron.largest[a] < 0) continue;
          // Effective numbers of entries of order infinity, 2 and 1: each is at most the next.
          expect(1 / largestShare[a]).toBeLessThanOrEqual(participation[a] * (1 + 1e-12));
          expect(participation[a]).toBeLessThanOrEqual(effective[a] * (1 + 1e-12));
          expect(effective[a]).toBeLessThanOrEqual(w.features * (1 + 1e-12));
        }
        const represented = m.perFeature.largest.filter((at) => at >= 0).length;
        expect(sum(m.superposition)).toBeCloseTo(represented, 11);
        expect(sum(m.perNeuron.squaredNorm)).toBeCloseTo(sum(m.perFeature.squaredNorm), 10);
        const far = measureNeurons(
          embedding(
            w.dims,
            w.features,
            w.data.map((x) => x * 2 ** exponent),
          ),
        );
        expect(far.perNeuron.participation).toEqual(participation);
        expect(far.perNeuron.count).toEqual(m.perNeuron.count);
        expect(far.superposition).toEqual(m.superposition);
      }),
      { numRuns: 300 },
    );
  });

  it('gives the exact values for a monosemantic neuron, an antipodal pair, a triangle and a pentagon', () => {
    const w = embeddingFromVectors([
      [3, 0],
      [0, 1],
      [0, -1],
    ]);
    const { perNeuron, perFeature, superposition } = measureNeurons(w);
    expect([...perNeuron.participation]).toEqual([1, 2]);
    expect([...perNeuron.count]).toEqual([1, 2]);
    expect([...perNeuron.largestShare]).toEqual([1, 0.5]);
    expect([...perNeuron.largest]).toEqual([0, 1]);
    expect([...perFeature.largest]).toEqual([0, 1, 1]);
    expect([...superposition]).toEqual([1, 2]);
    // Squares 1, 1/4, 1/4 and 0, 3/4, 3/4.
    const triangle = measureNeurons(polygon(3)).perNeuron;
    [2, 2].forEach((value, a) => expect(triangle.participation[a]).toBeCloseTo(value, 12));
    expect([...triangle.count]).toEqual([3, 2]);
    expect(triangle.largestShare[0]).toBeCloseTo(2 / 3, 12);
    // Over a pentagon in any orientation sum cos^4 is 15/8 and sum cos^2 is 5/2.
    const pentagon = measureNeurons(polygon(5, 0.3)).perNeuron;
    for (const value of pentagon.participation) expect(value).toBeCloseTo(10 / 3, 12);
  });

  it('accepts float32; rejects numbers that are not finite and thresholds outside [0, 1)', () => {
    const w = embedding(2, 1, Float32Array.of(1, 0));
    expect([...measureNeurons(w).perNeuron.largest]).toEqual([0, -1]);
    const wrong = embedding(2, 2, Float64Array.of(1, 2, 3, Infinity));
    expect(() => measureNeurons(wrong)).toThrow('feature 1 has Infinity in dimension 1');
    expect(() => measureNeurons(w, { threshold: 1 })).toThrow(
      'threshold: must lie in [0, 1), got 1',
    );
    expect(() => measureNeurons({ dims: 2, features: 3, data: new Float64Array(2) })).toThrow(
      'need 6 numbers',
    );
  });
});
