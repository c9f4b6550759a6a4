import { realPower } from '@polysem/numerics/elementary';
import { embedding, frameOperator, gram, type Embedding } from '@polysem/core/embedding';
import { measureCapacity } from '@polysem/core/capacity';
import { symmetricEigenvalues } from '@polysem/numerics/linalg';
import {
  bernoulli,
  childGenerator,
  generator,
  permutation,
  uniformBetween,
  type Generator,
} from '@polysem/numerics/random';
import { atMost, brief, type Unplaced } from '../claim.ts';
import { capacityOfPairs, randomEmbedding, rotated } from './random-embedding.ts';

/** Largest deviations from what section 2 of the paper says about capacity, over random matrices. */
export interface CapacityFacts {
  readonly draws: number;
  /** Between equation 3, from all pairs, and n^2 / w^T S w, which needs no pairs. */
  readonly pairs: number;
  /** Amount by which a capacity lies outside [0, 1]. */
  readonly outside: number;
  /** Amount by which capacities sum to more than the rank. */
  readonly aboveRank: number;
  /** Amount by which capacities sum to less than 1. */
  readonly belowOne: number;
  /** Amount by which a capacity is less than n_i / sigma_max(S). */
  readonly belowBound: number;
  /** Change under a rotation, a permutation, sign flips and a common factor. */
  readonly change: number;
  /** From the feature dimensionality of Elhage et al. 2022. */
  readonly dimensionality: number;
  /** |C - 1| of an added feature that is orthogonal to all others, and the change of the others. */
  readonly orthogonal: number;
}

/** Measures random matrices, some of deficient rank, some with zero and parallel vectors. */
export function capacityFacts(draws: number, seed: number): CapacityFacts {
  const worst = {
    pairs: 0,
    outside: 0,
    aboveRank: 0,
    belowOne: 0,
    belowBound: 0,
    change: 0,
    dimensionality: 0,
    orthogonal: 0,
  };
  for (let draw = 0; draw < draws; draw++) {
    const g = childGenerator(childGenerator(generator(seed), 11), draw);
    const found = deviations(randomEmbedding(g), g);
    for (const key of Object.keys(worst) as (keyof typeof worst)[])
      worst[key] = Math.max(worst[key], found[key]);
  }
  return { draws, ...worst };
}

function deviations(w: Embedding, g: Generator): Omit<CapacityFacts, 'draws'> {
  const { capacity, rank, squaredNorm } = measureCapacity(w);
  const dots = gram(w);
  const ofPairs = capacityOfPairs(dots, w.features);
  const total = ofPairs.reduce((sum, c) => sum + c, 0);
  const [largest] = symmetricEigenvalues(frameOperator(w), w.dims).toSorted((a, b) => b - a);
  return {
    pairs: apart(capacity, ofPairs),
    outside: Math.max(...ofPairs.map((c) => Math.max(c - 1, -c))),
    aboveRank: Math.max(0, total - rank),
    belowOne: Math.max(0, 1 - total),
    belowBound: Math.max(0, ...squaredNorm.map((n, i) => n / largest - ofPairs[i])),
    change: changeOf(w, capacity, g),
    dimensionality: apart(ofPairs, dimensionality(dots, w.features)),
    orthogonal: withOrthogonal(w, capacity, uniformBetween(g, 0.1, 10)),
  };
}

function apart(a: ArrayLike<number>, b: Float64Array): number {
  return b.reduce((largest, value, i) => Math.max(largest, Math.abs(value - a[i])), 0);
}

/** Largest change of a capacity when the matrix is rotated, its features exchanged, mirrored and scaled by one factor. */
function changeOf(w: Embedding, capacity: Float64Array, g: Generator): number {
  const turned = rotated(w, g);
  const order = permutation(g, w.features);
  const factor = realPower(10, uniformBetween(g, -3, 3));
  const moved = embedding(w.dims, w.features);
  order.forEach((from, to) => {
    const sign = bernoulli(g, 0.5) ? factor : -factor;
    for (let d = 0; d < w.dims; d++)
      moved.data[to * w.dims + d] = sign * turned.data[from * w.dims + d];
  });
  const after = measureCapacity(moved).capacity;
  return order.reduce((most, from, to) => Math.max(most, Math.abs(after[to] - capacity[from])), 0);
}

/** D_i = |w_i|^2 / sum_j (w^_i . w_j)^2 with w^_i the unit vector (Elhage et al. 2022). */
function dimensionality(dots: Float64Array, features: number): Float64Array {
  return Float64Array.from({ length: features }, (_, i) => {
    const length = Math.sqrt(dots[i * features + i]);
    if (length === 0) return 0;
    let sum = 0;
    for (let j = 0; j < features; j++) sum += (dots[i * features + j] / length) ** 2;
    return length ** 2 / sum;
  });
}

function withOrthogonal(w: Embedding, capacity: Float64Array, length: number): number {
  const dims = w.dims + 1;
  const more = embedding(dims, w.features + 1);
  for (let i = 0; i < w.features; i++)
    for (let d = 0; d < w.dims; d++) more.data[i * dims + d] = w.data[i * w.dims + d];
  more.data[w.features * dims + w.dims] = length;
  const after = measureCapacity(more).capacity;
  return Math.max(Math.abs(after[w.features] - 1), apart(after, capacity));
}

/** Rounding of sums of up to 30 squares whose sizes differ by a factor of 4^8. */
const ROUNDING = 1e-9;

/** Claims of section 2 about capacity. */
// Long because it lists eight claims, one after the other.
export function capacityFactClaims(facts: CapacityFacts): Unplaced[] {
  const these = `${facts.draws} random matrices`;
  return [
    atMost(
      {
        id: 'capacity-range',
        claim: `In ${these}, every capacity is between 0 and 1 (largest amount outside: ${brief(Math.max(0, facts.outside))})`,
        source: 'section 2, equation 3',
      },
      Math.max(0, facts.outside),
      ROUNDING,
    ),
    atMost(
      {
        id: 'capacity-sum',
        claim: `In ${these}, capacities never sum to more than the rank, and so never to more than the number of dimensions (largest excess: ${brief(facts.aboveRank)})`,
        source: 'section 2',
      },
      facts.aboveRank,
      ROUNDING,
    ),
    atMost(
      {
        id: 'capacity-least',
        claim: `In ${these}, capacities never sum to less than 1 (largest shortfall: ${brief(facts.belowOne)})`,
        source: 'section 2',
      },
      facts.belowOne,
      ROUNDING,
    ),
    atMost(
      {
        id: 'capacity-bound',
        claim: `No capacity is less than n / sigma_max(S), which proves that they sum to at least 1 (largest violation: ${brief(facts.belowBound)})`,
        source: 'docs/theory.md section 7',
        origin: 'polysem',
      },
      facts.belowBound,
      ROUNDING,
    ),
    atMost(
      {
        id: 'capacity-orthogonal',
        claim: `A feature orthogonal to all others has capacity 1, however short it is, and leaves the other capacities as they were (largest difference: ${brief(facts.orthogonal)})`,
        source: 'section 2',
      },
      facts.orthogonal,
      ROUNDING,
    ),
    atMost(
      {
        id: 'capacity-pairs',
        claim: `Capacity can be measured without comparing pairs of features: n^2 / (w . S w) agrees with equation 3 within ${brief(facts.pairs)}`,
        source: 'docs/theory.md section 1',
        origin: 'polysem',
      },
      facts.pairs,
      ROUNDING,
    ),
    atMost(
      {
        id: 'capacity-invariant',
        claim: `Rotating the space, exchanging or mirroring features and scaling all of them changes no capacity by more than ${brief(facts.change)}`,
        source: 'docs/theory.md section 1',
        origin: 'polysem',
      },
      facts.change,
      ROUNDING,
    ),
    atMost(
      {
        id: 'capacity-dimensionality',
        claim: `Capacity is the feature dimensionality of Elhage et al. (2022): the two definitions differ by at most ${brief(facts.dimensionality)}`,
        source: 'docs/theory.md section 1',
        origin: 'polysem',
      },
      facts.dimensionality,
      ROUNDING,
    ),
  ];
}
