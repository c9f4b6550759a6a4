import { inInterval } from '@polysem/numerics/checks';
import { medianOfSorted } from '@polysem/numerics/elementary';
import { meanOf } from '../audit/correlation.ts';
import { gaussianBaseline } from '../capacity/gaussian-baseline.ts';
import { efficiency } from '../capacity/summary.ts';
import type { FeatureSource } from '../embedding/feature-source.ts';
import { inlineWorker, type StreamWorkers } from '../streaming/workers.ts';
import { capacityChange } from './capacity-change.ts';
import type {
  CompareOptions,
  ComparedSide,
  Comparison,
  PairChance,
  Pairing,
  Pairs,
} from './comparison.ts';
import { keptPart } from './kept-parts.ts';
import { matchMutually, matchOneToOne, type Matched } from './match-features.ts';
import { hooksOf, measuredSide, withVector, type MeasuredSide } from './measured-side.ts';
import { pairChance } from './pair-chance.ts';
import { pairByName, pairByOrder, unpaired, type PairIndices } from './pair-features.ts';
import { alignedSource, gramSimilarity, pairedFrame, type PairedFrame } from './paired-frame.ts';
import { inOrder, pairCosines } from './paired-source.ts';
import { largestRandomCosine } from './random-cosines.ts';
import { spanOverlap } from './span-overlap.ts';

/** Default of `assignUpTo`: 10,000 features on both sides. */
export const ASSIGN_UP_TO: number = 1e8;
/** Largest D for which Gram matrices are compared: sums over pairs take 32 D^2 bytes. */
const GRAM_UP_TO = 4096;
/** Pairs that gain less than this fraction of the way from chance to 1 are near chance. */
const NEAR = 0.05;

/**
 * Compares two dictionaries of features in the same space: SAE decoders of two seeds, two checkpoints, embeddings, toy models.
 * Pairs features, and compares their directions with those of random dictionaries, their capacities, and the spans.
 *
 * Matching takes N_a N_b D multiply-adds. One-to-one matching needs 4 N_a N_b bytes; otherwise memory is bounded as for
 * `measureStream`. Directions of two spaces that were trained from different seeds have no common axes: their cosines are
 * near chance whatever they share, which `isNearChance` says. If the features have an order or names in common, `align` turns B
 * onto A, and `gram` compares inner products, which need no common axes.
 *
 * @param a the features of A.
 * @param b the features of B, in as many dimensions.
 * @param options pairing, signs, alignment, progress.
 * @param workers the workers; by default this thread.
 * @returns pairs, similarities with their expectation for random directions, and changes of capacity.
 * @throws RangeError (as rejection) if dimensions differ, options contradict each other, pairs cannot be formed, or a number is
 *   not finite; otherwise the error of a read, a callback or a worker.
 * @example
 * ```js
 * import { compareFeatures } from 'polysem/compare';
 * import { embeddingFromVectors, embeddingSource } from 'polysem/embedding';
 * const a = embeddingSource(embeddingFromVectors([[1, 0], [0, 2]]));
 * const b = embeddingSource(embeddingFromVectors([[0, 1], [3, 4]]));
 * const { pairs, mcc } = await compareFeatures(a, b);
 * pairs.b; // [1, 0]
 * pairs.cosine; // [0.6000, 1.000]
 * mcc; // 0.8000
 * ```
 */
// Long because it assembles all parts of the comparison, in order.
export async function compareFeatures(
  a: FeatureSource,
  b: FeatureSource,
  options: CompareOptions = {},
  workers: StreamWorkers = inlineWorker(),
): Promise<Comparison> {
  const { by = 'match', signs = 'fixed', align = false, threshold = 0.7 } = options;
  checkOptions(a, b, { ...options, by, threshold });
  const given = by === 'match' ? null : givenPairs(a, b, options);
  const needsFrame = given !== null && (align || a.dims <= GRAM_UP_TO);
  const frame = needsFrame
    ? await keptPart(options.keeper, 'frame', () =>
        pairedFrame(a, b, given, hooksOf(options, 'pairs'), workers),
      )
    : null;
  const turned = align && frame !== null ? alignedSource(b, frame) : b;
  const sides = [
    await measuredSide('a', a, options, workers),
    await measuredSide('b', turned, options, workers),
  ] as const;
  const nonZero = sides.map(withVector);
  const found =
    given === null
      ? await matched(sides, nonZero, options, workers)
      : {
          pairing: by as Pairing,
          pairs: withoutZeros(given, nonZero),
          match: null,
        };
  const { pairing, match } = found;
  const features = [nonZero[0].length, nonZero[1].length] as const;
  const paired = found.pairs.a.length;
  const pairs: Pairs = {
    ...found.pairs,
    cosine: await pairCosines(a, turned, found.pairs, options),
  };
  const chance = await pairChance(
    {
      dims: a.dims,
      features: given === null ? features : [paired, paired],
      pairing,
      aligned: align,
      signs,
      threshold,
    },
    options,
  );
  const similarity = similarityOf(pairs, [a.features, b.features], {
    signs,
    threshold,
  });
  const [ofA, ofB] = [0, 1].map((k) => sideOf(k as 0 | 1, { sides, nonZero, pairs, match, signs }));
  const bound = ofA.meanLargest?.chance ?? null;
  return {
    dims: a.dims,
    pairing,
    signs,
    aligned: align,
    threshold,
    a: ofA,
    b: ofB,
    pairs,
    similarity,
    chance,
    isNearChance: similarity !== null && isNear(similarity.meanCosine, chance, bound),
    mcc: match?.mcc ?? null,
    mmcs: match?.mmcs ?? null,
    gram: gramOf(frame, sides, found.pairs),
    span: await spanOverlap(...sides),
    capacity: capacityChange(sides[0].measured.capacity, sides[1].measured.capacity, pairs),
  };
}

function checkOptions(
  a: FeatureSource,
  b: FeatureSource,
  { by, align, threshold, names }: CompareOptions & { readonly threshold: number },
): void {
  if (a.dims !== b.dims) {
    throw new RangeError(
      `compareFeatures: both need as many dimensions, got ${a.dims} in ${a.name} and ${b.dims} in ${b.name}`,
    );
  }
  if (align === true && by === 'match')
    throw new RangeError('align: needs pairs that are given; add by: order or names');
  if (by === 'names' && names === undefined)
    throw new RangeError('by: names needs names of the features of both');
  inInterval('threshold', threshold, -1, 1);
}

function givenPairs(
  a: FeatureSource,
  b: FeatureSource,
  { by, names }: CompareOptions,
): PairIndices {
  if (by === 'order' || names === undefined) return pairByOrder(a.features, b.features);
  return pairByName(names[0], names[1]);
}

function withoutZeros({ a, b }: PairIndices, nonZero: readonly Int32Array[]): PairIndices {
  const [inA, inB] = nonZero.map((indices) => new Set(indices));
  const kept = Array.from(a.keys()).filter((k) => inA.has(a[k]) && inB.has(b[k]));
  return {
    a: Int32Array.from(kept, (k) => a[k]),
    b: Int32Array.from(kept, (k) => b[k]),
  };
}

/** Matches the features that have a vector. */
async function matched(
  [a, b]: readonly [MeasuredSide, MeasuredSide],
  [ofA, ofB]: readonly Int32Array[],
  options: CompareOptions,
  workers: StreamWorkers,
): Promise<{
  readonly pairing: Pairing;
  readonly pairs: PairIndices;
  readonly match: Matched | null;
}> {
  const { signs = 'fixed', assignUpTo = ASSIGN_UP_TO } = options;
  const isAssigned = ofA.length * ofB.length <= assignUpTo;
  const pairing = isAssigned ? 'one-to-one' : 'mutual';
  const none = { a: new Int32Array(0), b: new Int32Array(0) };
  if (ofA.length === 0 || ofB.length === 0) return { pairing, pairs: none, match: null };
  const matching = isAssigned ? matchOneToOne : matchMutually;
  const [left, right] = [inOrder(a.source, ofA), inOrder(b.source, ofB)];
  const match = await keptPart(options.keeper, 'pairs', () =>
    matching(left, right, signs, options, workers),
  );
  const pairs = {
    a: match.pairs.a.map((i) => ofA[i]),
    b: match.pairs.b.map((j) => ofB[j]),
  };
  return { pairing, pairs, match };
}

/** Everything that is known about both sides. */
interface Known {
  readonly sides: readonly [MeasuredSide, MeasuredSide];
  readonly nonZero: readonly Int32Array[];
  readonly pairs: Pairs;
  readonly match: Matched | null;
  readonly signs: Comparison['signs'];
}

function sideOf(k: 0 | 1, { sides, nonZero, pairs, match, signs }: Known): ComparedSide {
  const { measured: figures } = sides[k];
  const { dims, features } = figures;
  const [own, other] = [nonZero[k], nonZero[1 - k]];
  const near = match?.nearest[k === 0 ? 'a' : 'b'];
  const side = {
    measured: figures,
    efficiency: efficiency(figures),
    gaussianBaseline: gaussianBaseline(dims, features),
    zeroFeatures: features - own.length,
    unmatched: unpaired(features, k === 0 ? pairs.a : pairs.b),
  };
  if (near === undefined) return { ...side, nearest: null, meanLargest: null };
  const nearest = {
    index: new Int32Array(features).fill(-1),
    cosine: new Float64Array(features),
  };
  let sum = 0;
  own.forEach((i, at) => {
    nearest.index[i] = other[near.index[at]];
    nearest.cosine[i] = near.cosine[at];
    sum += signs === 'free' ? Math.abs(near.cosine[at]) : near.cosine[at];
  });
  const chance = largestRandomCosine(dims, other.length, signs);
  return { ...side, nearest, meanLargest: { value: sum / own.length, chance } };
}

function similarityOf(
  { a, cosine }: Pairs,
  features: readonly [number, number],
  { signs, threshold }: Pick<Comparison, 'signs' | 'threshold'>,
): Comparison['similarity'] {
  if (a.length === 0) return null;
  const similar = signs === 'free' ? cosine.map(Math.abs) : cosine;
  const shared = similar.filter((x) => x > threshold).length;
  return {
    meanCosine: meanOf(similar),
    medianCosine: medianOfSorted(similar.toSorted()),
    shared,
    shareOfA: shared / features[0],
    shareOfB: shared / features[1],
  };
}

/** Compares the mean cosine of the pairs with chance; where that is not known, with the mean largest cosine, a bound. */
function isNear(mean: number, chance: PairChance | null, bound: number | null): boolean {
  const expected = chance?.meanCosine ?? bound;
  if (expected === null) return false;
  const spread = 2 * (chance?.standardDeviation ?? 0);
  return mean <= expected + Math.max(NEAR * (1 - expected), spread);
}

function gramOf(
  frame: PairedFrame | null,
  [a, b]: readonly [MeasuredSide, MeasuredSide],
  pairs: PairIndices,
): Comparison['gram'] {
  if (frame === null || frame.dims > GRAM_UP_TO) return null;
  return gramSimilarity(frame, [
    Float64Array.from(pairs.a, (i) => a.measured.squaredNorm[i]),
    Float64Array.from(pairs.b, (j) => b.measured.squaredNorm[j]),
  ]);
}
