import type { ComparedSide } from '@polysem/core/compare';
import type { ComparedMatrices } from '@polysem/runs/compare';
import { takenFrom } from '../measurement/describe.ts';
import { skippedJson } from '../text/left-out.ts';
import { fileNumbers, valuesAt } from './numbered.ts';

/**
 * The configuration of a comparison, so that it can be repeated: files with their digests, tensors, pairing.
 *
 * @param compared the comparison and its matrices.
 * @returns an object for JSON.
 *
 * @remarks No example: `comparisonJson` has one, which includes it.
 */
export function comparisonConfiguration({ a, b, settings, comparison }: ComparedMatrices): object {
  const { pairing, signs, aligned, threshold } = comparison;
  const { by = 'match', seed = 0 } = settings;
  return {
    command: 'compare',
    a: sideConfiguration(a, comparison.a),
    b: sideConfiguration(b, comparison.b),
    by,
    pairing,
    signs,
    align: aligned,
    threshold,
    seed,
    ...(settings.centre && { centred: true }),
    ...(settings.normalise && { normalised: true }),
    ...(settings.blas && { blas: settings.blas.name }),
  };
}

/**
 * A comparison for JSON, with its pairs and the features without one if there are at most `listed` features in both.
 *
 * @param compared the comparison and its matrices.
 * @param version version of polysem.
 * @param listed most features that are listed one by one.
 * @returns an object for JSON.
 *
 * @example
 * ```js
 * import { embeddingSource } from 'polysem/embedding';
 * import { polytope } from 'polysem/geometry';
 * import { compareMatrices } from 'polysem/measure';
 * import { comparisonJson } from 'polysem/reports';
 * const choice = { tensor: 'W', axis: 'rows', label: 'W', notes: [] };
 * const matrix = { file: 'w.npy', sha256: null, choice, source: embeddingSource(polytope('pentagon')), labels: null };
 * const settings = { centre: false, normalise: false, threads: 1 };
 * const compared = await compareMatrices(matrix, matrix, settings, () => {});
 * comparisonJson(compared, '0.1.0', Infinity).configuration.by; // 'match'
 * ```
 */
export function comparisonJson(
  compared: ComparedMatrices,
  version: string,
  listed: number,
): Readonly<Record<string, unknown>> {
  const { comparison, a, b } = compared;
  const {
    pairs,
    a: ofA,
    b: ofB,
    dims,
    pairing,
    signs,
    aligned,
    threshold,
    similarity,
  } = comparison;
  const isListed = [ofA, ofB].every(({ measured }) => measured.features <= listed);
  const { chance, isNearChance, mcc, mmcs, gram, span, capacity } = comparison;
  return {
    dims,
    pairing,
    signs,
    aligned,
    threshold,
    pairs: pairs.a.length,
    a: sideJson(a, ofA),
    b: sideJson(b, ofB),
    similarity,
    chance,
    isNearChance,
    mcc,
    mmcs,
    gram,
    span,
    capacity,
    ...(isListed && {
      perPair: {
        a: numbersOf(a, ofA)(pairs.a),
        b: numbersOf(b, ofB)(pairs.b),
        cosine: pairs.cosine,
        capacityA: valuesAt(ofA.measured.capacity, pairs.a),
        capacityB: valuesAt(ofB.measured.capacity, pairs.b),
        labelA: a.labels === null ? undefined : labelsAt(a.labels, pairs.a),
        labelB: b.labels === null ? undefined : labelsAt(b.labels, pairs.b),
      },
      unmatched: {
        a: numbersOf(a, ofA)(ofA.unmatched),
        b: numbersOf(b, ofB)(ofB.unmatched),
      },
    }),
    version,
    configuration: comparisonConfiguration(compared),
  };
}

/** A file and the matrix taken from it. The treatment is that of both, so it is not repeated. */
function sideConfiguration(
  { file, sha256, choice, skipped }: ComparedMatrices['a'],
  { measured }: ComparedSide,
): object {
  const untreated = { ...measured, treatment: { centred: false, normalised: false } };
  return {
    file,
    sha256,
    ...takenFrom({ choice, measured: untreated, ...(skipped && { skipped }) }),
  };
}

function sideJson({ choice, skipped }: ComparedMatrices['a'], side: ComparedSide): object {
  const { measured, efficiency, gaussianBaseline, zeroFeatures, unmatched, meanLargest } = side;
  const { features, rank, rankInDoubt } = measured;
  return {
    matrix: choice.label,
    features,
    rank,
    rankInDoubt,
    efficiency,
    gaussianBaseline,
    zeroFeatures,
    ...(skipped && { skipped: skippedJson(skipped) }),
    unmatched: unmatched.length,
    meanLargest,
  };
}

function numbersOf(matrix: ComparedMatrices['a'], { measured }: ComparedSide) {
  return fileNumbers(matrix, measured.features);
}

function labelsAt(labels: readonly string[], indices: Int32Array): string[] {
  return Array.from(indices, (i) => labels[i]);
}
