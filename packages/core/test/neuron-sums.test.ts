import { generator, normal, permutation, uniform } from '@polysem/numerics/random';
import { expect, it } from 'vitest';
import {
  largestWeights,
  mergeLargest,
  neuronsOfSums,
  neuronSums,
  noWeights,
} from '../src/capacity/neuron-sums.ts';
import { measureNeurons, type NeuronMeasurement } from '../src/capacity/neurons.ts';
import { embedding } from '../src/embedding/embedding.ts';

/** All numbers of a measurement, in one list. */
function numbersOf({ perNeuron, perFeature, superposition }: NeuronMeasurement): number[] {
  return [perNeuron, perFeature, { superposition }].flatMap((part) =>
    Object.values(part as Record<string, ArrayLike<number>>).flatMap((list) => Array.from(list)),
  );
}

it('gives from chunks, merged in any order, what the whole embedding gives', () => {
  for (let seed = 0; seed < 150; seed++) {
    const g = generator(seed);
    const [dims, features] = [1, 1].map(() => 1 + Math.floor(9 * uniform(g)));
    // Zeros and equal weights of both signs, and weights whose squares leave the range of numbers.
    const scale = seed % 3 === 0 ? 1e-170 : 1;
    const some = (): number => (uniform(g) < 0.5 ? normal(g) : Math.floor(5 * uniform(g)) - 2);
    const data = Float64Array.from({ length: dims * features }, () => scale * some());
    const threshold = [0, 0.01, 0.25][seed % 3];
    const starts = [0];
    while (starts[starts.length - 1] < features)
      starts.push(Math.min(features, starts[starts.length - 1] + 1 + Math.floor(4 * uniform(g))));
    const chunks = starts.slice(1).map((end, k) => ({
      first: starts[k],
      count: end - starts[k],
      weights: data.subarray(starts[k] * dims, end * dims),
    }));
    const largest = noWeights(dims);
    for (const k of permutation(g, chunks.length)) {
      const { first, count, weights } = chunks[k];
      mergeLargest(largest, largestWeights(weights, count, dims), first);
    }
    const found = neuronsOfSums(
      largest,
      chunks.map(({ weights, count }) => neuronSums(weights, count, largest.magnitude, threshold)),
      threshold,
    );
    const whole = measureNeurons(embedding(dims, features, data), { threshold });
    expect(found).toMatchObject({ dims, features, threshold });
    expect(found.perNeuron.largest).toEqual(whole.perNeuron.largest);
    expect(found.perNeuron.count).toEqual(whole.perNeuron.count);
    expect(found.perFeature).toEqual(whole.perFeature);
    const [own, expected] = [numbersOf(found), numbersOf(whole)];
    expect(own).toHaveLength(expected.length);
    const off = own.map((x, at) => Math.abs(x - expected[at]) / (1e-300 + Math.abs(expected[at])));
    // Sums of at most ten squares in two orders, and exp of a mean of logs of at most a few hundred.
    expect(Math.max(...off)).toBeLessThan(1e-12);
  }
});

it('has no feature for a neuron without weights, and ignores weights whose squares vanish', () => {
  const weights = Float64Array.of(0, 1, 0, 1e-200, 0, -1);
  const largest = largestWeights(weights, 3, 2);
  expect(largest).toEqual({ magnitude: Float64Array.of(0, 1), feature: Int32Array.of(-1, 0) });
  const into = noWeights(2);
  mergeLargest(into, largest, 5);
  expect(into).toEqual({ magnitude: Float64Array.of(0, 1), feature: Int32Array.of(-1, 5) });
  const { perNeuron } = neuronsOfSums(largest, [neuronSums(weights, 3, largest.magnitude, 0)], 0);
  // Two equal weights.
  expect([perNeuron.participation[1], perNeuron.effective[1], perNeuron.count[1]]).toEqual([
    2, 2, 2,
  ]);
});
