import type { FeatureSource } from '@polysem/core/embedding';
import { featureSource, type FeatureSourceOptions } from '../features/feature-source.ts';
import type { TensorFile } from '../tensors/tensor-file.ts';
import type { FeatureMatrix, VectorRange } from './feature-matrix.ts';
import { normOf } from './norm-of.ts';

/** Bytes of features whose norms are computed at a time. */
const CHUNK_BYTES = 4 * 2 ** 20;

/** Computes the norm of each vector of a source, in one pass. */
export async function normsOf({ dims, features, read }: FeatureSource): Promise<Float64Array> {
  const norms = new Float64Array(features);
  const most = Math.max(1, Math.floor(CHUNK_BYTES / (8 * dims)));
  for (let first = 0; first < features; first += most) {
    const count = Math.min(most, features - first);
    // oxlint-disable-next-line no-await-in-loop -- one chunk in memory at a time
    const block = await read(first, count);
    for (let f = 0; f < count; f++)
      norms[first + f] = normOf(block.subarray(f * dims, (f + 1) * dims));
  }
  return norms;
}

/**
 * Computes the relative norm of the decoder vectors of each latent: the norm for one part divided by the sum over all parts.
 * In a crosscoder of two models, 0.5 means shared latents, and 0 or 1 latents of one model (Lindsey et al. 2024, Sparse
 * crosscoders for cross-layer features and model diffing).
 *
 * @param decoders the decoder of each part, as in `FeatureMatrix.decoders`.
 * @param file the opened file.
 * @param sourceName the name of the file in errors.
 * @param options `notFinite`: `keep` to give NaN for latents that hold NaN or infinity instead of refusing them.
 * @returns one list per part, with one number per latent; NaN for a latent whose vectors are all zero.
 * @throws FormatError (as a rejection) as `openFeatures` does.
 * @example
 * ```js
 * import { bytesSource, encodeNpy, openTensors, relativeNorms } from 'polysem/io';
 * const bytes = encodeNpy({ shape: [2, 1, 1], data: Float64Array.of(3, 1) });
 * const file = await openTensors(bytesSource('W_dec.npy', bytes));
 * const decoders = [0, 1].map((index) => ({ tensor: 'W_dec', axis: 'rows', index }));
 * (await relativeNorms(decoders, file, 'W_dec.npy'))[0][0]; // 0.75
 * ```
 */
export async function relativeNorms(
  decoders: readonly VectorRange[],
  file: TensorFile,
  sourceName: string,
  options: Pick<FeatureSourceOptions, 'notFinite'> = {},
): Promise<Float64Array[]> {
  const norms: Float64Array[] = [];
  for (const decoder of decoders) {
    // oxlint-disable-next-line no-await-in-loop -- one decoder at a time in memory
    norms.push(await normsOf(await opened(decoder, file, { sourceName, ...options })));
  }
  const totals = norms[0].map((_, i) => norms.reduce((sum, each) => sum + each[i], 0));
  return norms.map((each) => each.map((norm, i) => norm / totals[i]));
}

async function opened(
  { tensor, axis, index, slice }: VectorRange,
  file: TensorFile,
  options: FeatureSourceOptions,
): Promise<FeatureSource> {
  return featureSource(await file.open(tensor), axis, {
    ...options,
    ...(index !== undefined && { index }),
    ...(slice !== undefined && { slice }),
  });
}

/** Vectors whose norms are compared with 1. */
const SAMPLE = 16;
/** Matrices with more numbers are not checked: vectors across the file cost a pass over all of it. */
const LARGEST = 2 ** 26;

/**
 * Checks that the vectors of a decoder are the normalised ones. Most projects normalise decoder vectors, so a decoder whose
 * other axis has unit vectors has probably been read along the wrong axis.
 *
 * @param matrix a decoder found by `findFeatures`.
 * @param file the opened file.
 * @param sourceName the name of the file in errors.
 * @returns the doubt, or null if there is none.
 * @throws FormatError (as a rejection) as `openFeatures` does.
 * @example
 * ```js
 * import { bytesSource, decoderDoubt, encodeNpy, openTensors } from 'polysem/io';
 * const bytes = encodeNpy({ shape: [3, 2], data: Float64Array.of(0.6, 0, 0.8, 0, 0, 1) });
 * const file = await openTensors(bytesSource('W_dec.npy', bytes));
 * const matrix = { preset: 'sae-decoder', tensor: 'W_dec', axis: 'rows', features: 3, dims: 2 };
 * (await decoderDoubt(matrix, file, 'W_dec.npy')).startsWith('the columns'); // true
 * ```
 */
export async function decoderDoubt(
  matrix: Pick<FeatureMatrix, 'preset' | 'features' | 'dims' | 'parts'> & VectorRange,
  file: TensorFile,
  sourceName: string,
): Promise<string | null> {
  const { preset, axis, features, dims, parts } = matrix;
  if (!preset.endsWith('-decoder') || parts !== undefined || features * dims > LARGEST) return null;
  if (await beginsUnit(await opened(matrix, file, { sourceName }))) return null;
  const other = axis === 'rows' ? 'columns' : 'rows';
  if (!(await beginsUnit(await opened({ ...matrix, axis: other }, file, { sourceName }))))
    return null;
  return `the ${other} have unit length and the ${axis} do not, so latents may be the ${other}; give --tensor ${matrix.tensor} --features ${other} to measure those`;
}

/** Returns whether the first vectors have unit length. */
async function beginsUnit({ dims, features, read }: FeatureSource): Promise<boolean> {
  const count = Math.min(SAMPLE, features);
  const block = await read(0, count);
  return Array.from({ length: count }, (_, f) => normOf(block.subarray(f * dims, (f + 1) * dims)))
    .filter((norm) => norm > 0)
    .every((norm) => Math.abs(norm - 1) < 0.01);
}
