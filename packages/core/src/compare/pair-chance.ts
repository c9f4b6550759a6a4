/* oxlint-disable no-await-in-loop -- one random dictionary at a time */
import { power } from '@polysem/numerics/elementary';
import { meanOf } from '../audit/correlation.ts';
import { throwIfAborted } from '../streaming/chunks.ts';
import type { Signs } from '../streaming/chunk-pair.ts';
import { unitVectorSource } from '../streaming/baselines/unit-vector-source.ts';
import { inlineWorker } from '../streaming/workers.ts';
import { binEdges, histogram } from '../capacity/histogram.ts';
import { COSINE_BINS, type CompareOptions, type PairChance, type Pairing } from './comparison.ts';
import { assignedCosines } from './match-features.ts';
import { pairByOrder } from './pair-features.ts';
import { alignedSource, pairedFrame } from './paired-frame.ts';
import { pairCosines } from './paired-source.ts';
import { largestRandomCosine, probabilityAbove, randomCosineShares } from './random-cosines.ts';

/** The compared features: those with a vector, or the pairs if these are given. */
export interface PairedSizes {
  readonly dims: number;
  readonly features: readonly [a: number, b: number];
  readonly pairing: Pairing;
  readonly aligned: boolean;
  readonly signs: Signs;
  readonly threshold: number;
}

const EDGES = binEdges(-1, 1, COSINE_BINS, 'linear');

/** Multiply-adds of all simulated dictionaries together, about a second; and the largest number of them. */
const WORK = 2e8;
const MOST_DRAWS = 50;
/** A single draw may cost this much: some seconds. */
const ONE_DRAW = 2e9;

/**
 * Mean cosine of the pairs of two random dictionaries, which are found as those of A and B. Of pairs that are given, cosines are
 * those of two random directions. Of mutual nearest neighbours, each cosine is the largest of its row and its column:
 * N_a + N_b - 1 independent ones, so there are N_a N_b / (N_a + N_b - 1) such pairs on average. Assigned and aligned pairs are
 * simulated; null if that would take long.
 */
export async function pairChance(
  sizes: PairedSizes,
  options: CompareOptions,
): Promise<PairChance | null> {
  const { dims, features, pairing, aligned, signs, threshold } = sizes;
  const [a, b] = features;
  if (a === 0 || b === 0) return null;
  if (pairing === 'one-to-one' || aligned) return simulated(sizes, options);
  const pairs = pairing === 'mutual' ? (a * b) / (a + b - 1) : a;
  const among = pairing === 'mutual' ? a + b - 1 : 1;
  const meanCosine = largestRandomCosine(dims, among, signs);
  const square = signs === 'free' ? meanCosine ** 2 : 0;
  return {
    how: 'formula',
    meanCosine,
    // The mean of cos^2 is 1 / D.
    standardDeviation: pairing === 'mutual' ? null : Math.sqrt((1 / dims - square) / a),
    shareAbove: probabilityAbove(dims, among, threshold, signs),
    pairs,
    shares: randomCosineShares(dims, among, signs, EDGES),
  };
}

async function simulated(sizes: PairedSizes, options: CompareOptions): Promise<PairChance | null> {
  const { dims, features, aligned, signs, threshold } = sizes;
  const [a, b] = features;
  const pairs = Math.min(a, b);
  // An assignment takes about as long as 100 multiply-adds per pair.
  const cost = aligned ? pairs * 4 * dims ** 2 + 20 * power(dims, 3) : a * b * (dims + 100);
  if (cost > ONE_DRAW) return null;
  const draws = Math.max(1, Math.min(MOST_DRAWS, Math.floor(WORK / cost)));
  const means: number[] = [];
  let above = 0;
  const shares = new Float64Array(COSINE_BINS);
  for (let draw = 0; draw < draws; draw++) {
    throwIfAborted(options);
    const seed = (options.seed ?? 0) + 2 * draw;
    const cosines = await randomCosines(sizes, seed, options);
    const similar = signs === 'free' ? cosines.map(Math.abs) : cosines;
    means.push(meanOf(similar));
    histogram(similar, EDGES).counts.forEach((count, bin) => {
      shares[bin] += count / (draws * pairs);
    });
    above += similar.filter((x) => x > threshold).length;
    options.onProgress?.({
      part: 'pairs',
      stage: 'chance',
      done: draw + 1,
      total: draws,
    });
  }
  const mean = means.reduce((sum, x) => sum + x, 0) / draws;
  const squares = means.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return {
    how: 'simulated',
    meanCosine: mean,
    standardDeviation: draws > 1 ? Math.sqrt(squares / (draws - 1)) : null,
    shareAbove: above / (draws * pairs),
    pairs,
    shares,
  };
}

/** Cosines of the pairs of two random dictionaries. */
async function randomCosines(
  { dims, features, aligned, signs }: PairedSizes,
  seed: number,
  { signal }: CompareOptions,
): Promise<Float64Array> {
  const [a, b] = features.map((count, side) =>
    unitVectorSource({
      dims,
      features: count,
      seed: seed + side,
      precision: 'float64',
    }),
  );
  const workers = inlineWorker();
  if (!aligned) return assignedCosines(a, b, signs, workers);
  const pairs = pairByOrder(a.features, b.features);
  const frame = await pairedFrame(a, b, pairs, { signal }, workers);
  return pairCosines(a, alignedSource(b, frame), pairs, { signal });
}
