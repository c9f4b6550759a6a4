import { embedding, frameOperator, gram, type Embedding } from '@polysem/core/embedding';
import { sampleFeatures, type FeatureDistribution } from '@polysem/core/features';
import { constructEfficient } from '@polysem/core/geometry';
import { measureCapacity } from '@polysem/core/capacity';
import { symmetricEigen } from '@polysem/numerics/linalg';
import {
  childGenerator,
  generator,
  integerBelow,
  normal,
  type Generator,
} from '@polysem/numerics/random';
import { capacityOfPairs, randomEmbedding } from './random-embedding.ts';

/** Statements of appendices E and G about capacity and leverage, on sampled inputs and random matrices; largest deviations. */
export interface ReadoutFacts {
  readonly samples: number;
  readonly draws: number;
  /** Between C_i and the squared correlation of x_i with (W^T W x)_i over sampled inputs. */
  readonly correlation: number;
  /** Between the leverage and R^2 of the best linear read-out, fitted to sampled inputs. */
  readonly readout: number;
  /** Between the sum of leverages and the rank. */
  readonly total: number;
  /** Amount by which a capacity exceeds its leverage. */
  readonly above: number;
  /** Largest |C~ - C| of efficient matrices. */
  readonly efficient: number;
  /** Change of leverages under invertible maps of the space. */
  readonly leverageChange: number;
  /** Smallest over maps of the largest change of a capacity. */
  readonly capacityChange: number;
}

const SAMPLES = 50_000;
const FEATURES = 8;
const DIMS = 3;

/** Measures sampled inputs and random matrices. */
export function readoutFacts(draws: number, seed: number): ReadoutFacts {
  const worst = { total: 0, above: 0, efficient: 0, leverageChange: 0 };
  let capacityChange = Infinity;
  for (let draw = 0; draw < draws; draw++) {
    const g = childGenerator(childGenerator(generator(seed), 17), draw);
    const w = randomEmbedding(g);
    const { leverage, rank } = measureCapacity(w);
    const capacity = capacityOfPairs(gram(w), w.features);
    const total = leverage.reduce((sum, value) => sum + value, 0);
    worst.total = Math.max(worst.total, Math.abs(total - rank));
    worst.above = Math.max(worst.above, ...capacity.map((c, i) => c - leverage[i]));
    worst.efficient = Math.max(worst.efficient, apartOfEfficient(g));
    const mapped = changesUnderMap(g);
    worst.leverageChange = Math.max(worst.leverageChange, mapped.leverage);
    capacityChange = Math.min(capacityChange, mapped.capacity);
  }
  const sampled = sampledReadouts(childGenerator(generator(seed), 18));
  return { samples: SAMPLES, draws, ...worst, capacityChange, ...sampled };
}

function gaussian(g: Generator, dims: number, features: number): Embedding {
  return embedding(
    dims,
    features,
    Float64Array.from({ length: dims * features }, () => normal(g)),
  );
}

function apartOfEfficient(g: Generator): number {
  const blocks = [
    { dims: 2, features: 3 + integerBelow(g, 6), gamma: 1 },
    { dims: 1, features: 2 + integerBelow(g, 4), gamma: 3 },
  ];
  const { capacity, leverage } = measureCapacity(constructEfficient(g, { blocks }).embedding);
  return Math.max(...leverage.map((value, i) => Math.abs(value - capacity[i])));
}

/** Changes of leverages and capacities under a map that is near enough to the identity to be well conditioned. */
function changesUnderMap(g: Generator): { leverage: number; capacity: number } {
  const w = gaussian(g, DIMS, FEATURES);
  const map = gaussian(g, DIMS, DIMS).data.map(
    (x, at) => 0.3 * x + (at % (DIMS + 1) === 0 ? 1 : 0),
  );
  const mapped = embedding(DIMS, FEATURES);
  for (let i = 0; i < FEATURES; i++)
    for (let d = 0; d < DIMS; d++)
      for (let e = 0; e < DIMS; e++)
        mapped.data[i * DIMS + d] += map[d * DIMS + e] * w.data[i * DIMS + e];
  const [before, after] = [measureCapacity(w), measureCapacity(mapped)];
  const change = (of: 'leverage' | 'capacity'): number =>
    Math.max(...before[of].map((value, i) => Math.abs(value - after[of][i])));
  return { leverage: change('leverage'), capacity: change('capacity') };
}

/** Correlations and least squares over sampled inputs, for one random matrix. */
function sampledReadouts(g: Generator): Pick<ReadoutFacts, 'correlation' | 'readout'> {
  const w = gaussian(g, DIMS, FEATURES);
  const inputs: FeatureDistribution = { shape: 'uniform', density: 0.5, unitVariance: true };
  const x = new Float64Array(SAMPLES * FEATURES);
  sampleFeatures(g, inputs, FEATURES, x);
  // Second moments of inputs and hidden activations; means are 0.
  const hidden = embedding(DIMS, SAMPLES);
  for (let row = 0; row < SAMPLES; row++)
    for (let i = 0; i < FEATURES; i++)
      for (let d = 0; d < DIMS; d++)
        hidden.data[row * DIMS + d] += w.data[i * DIMS + d] * x[row * FEATURES + i];
  const { values, vectors } = symmetricEigen(frameOperator(hidden), DIMS);
  const { capacity, leverage } = measureCapacity(w);
  let [correlation, readout] = [0, 0];
  for (let i = 0; i < FEATURES; i++) {
    let [square, squareOut, product] = [0, 0, 0];
    const cross = new Float64Array(DIMS);
    for (let row = 0; row < SAMPLES; row++) {
      const value = x[row * FEATURES + i];
      let out = 0;
      for (let d = 0; d < DIMS; d++) {
        const h = hidden.data[row * DIMS + d];
        out += w.data[i * DIMS + d] * h;
        cross[d] += value * h;
      }
      square += value * value;
      squareOut += out * out;
      product += value * out;
    }
    // R^2 of least squares: cross^T (H H^T)^-1 cross over the square of x_i.
    let fitted = 0;
    for (let k = 0; k < DIMS; k++) {
      let along = 0;
      for (let d = 0; d < DIMS; d++) along += vectors[k * DIMS + d] * cross[d];
      fitted += (along * along) / values[k];
    }
    correlation = Math.max(
      correlation,
      Math.abs((product * product) / (square * squareOut) - capacity[i]),
    );
    readout = Math.max(readout, Math.abs(fitted / square - leverage[i]));
  }
  return { correlation, readout };
}
