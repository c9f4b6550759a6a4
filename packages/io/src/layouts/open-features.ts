import { checkFeatureRange, embeddingSource, type FeatureSource } from '@polysem/core/embedding';
import { scaledBy } from '@polysem/core/streaming';
import { featureSource, type FeatureSourceOptions } from '../features/feature-source.ts';
import { FormatError } from '../bytes/format-error.ts';
import type { TensorFile } from '../tensors/tensor-file.ts';
import { combinedSource } from './combined-source.ts';
import { normsOf } from './decoder-norms.ts';
import type { FeatureVectors, NormFold, VectorRange } from './feature-matrix.ts';
import { gatherFeatures, type FeatureRecipe } from './gather-features.ts';

/**
 * Opens a matrix of features for reading in chunks. Products of stored vectors have the size of a layer, not of a
 * vocabulary, and are computed in memory; norms to fold in are computed in one pass before the first chunk.
 *
 * @param recipe the vectors, product and fold.
 * @param file the opened file.
 * @param sourceName the name of the file in errors.
 * @param options `notFinite`: `keep` to return NaN and infinities instead of refusing them.
 * @returns the features.
 * @throws FormatError (as a rejection) as `featureSource` and `gatherFeatures` do.
 * @example
 * ```js
 * import { bytesSource, encodeNpy, openTensors } from '@polysem/io';
 * import { openFeatures } from '@polysem/io/layouts';
 * const bytes = encodeNpy({ shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) });
 * const file = await openTensors(bytesSource('W.npy', bytes));
 * (await openFeatures({ tensor: 'W', axis: 'columns' }, file, 'W.npy')).features; // 3
 * ```
 */
export async function openFeatures(
  recipe: FeatureRecipe,
  file: TensorFile,
  sourceName: string,
  { notFinite = 'refuse' }: Pick<FeatureSourceOptions, 'notFinite'> = {},
): Promise<FeatureSource> {
  if (recipe.product !== undefined) {
    const whole = await gatherFeatures(recipe, (name) => file.read(name), sourceName);
    return embeddingSource(whole, sourceName);
  }
  const opened = { file, sourceName, notFinite };
  const plain = await vectors(recipe, opened);
  if (recipe.fold === undefined) return plain;
  return folded(plain, recipe.fold, await vectors(recipe.fold.partner, opened));
}

/** An open file, its name, and whether NaN and infinities are returned. */
interface OpenedFile {
  readonly file: TensorFile;
  readonly sourceName: string;
  readonly notFinite: 'refuse' | 'keep';
}

/** Opens stored vectors, or the vectors combined from several matrices. */
async function vectors(
  { parts, combine, ...range }: FeatureVectors,
  opened: OpenedFile,
): Promise<FeatureSource> {
  if (parts === undefined) return stored(range, opened);
  const sources = await Promise.all(parts.map((part) => stored(part, opened)));
  return combinedSource(sources, combine ?? 'concatenated', opened.sourceName);
}

/** Opens stored vectors: all of a matrix, or a range of them. */
async function stored(
  { tensor, axis, index, slice, from = 0, to }: VectorRange,
  { file, sourceName, notFinite }: OpenedFile,
): Promise<FeatureSource> {
  const reader = await file.open(tensor);
  const all = featureSource(reader, axis, {
    sourceName,
    notFinite,
    ...(index !== undefined && { index }),
    ...(slice !== undefined && { slice }),
  });
  const end = to ?? all.features;
  if (from === 0 && end === all.features) return all;
  if (from < 0 || end > all.features || from >= end) {
    throw new FormatError(
      sourceName,
      `tensor "${tensor}": has ${all.features} ${axis}, not those from ${from} to ${end}`,
    );
  }
  const part = { name: all.name, features: end - from };
  return {
    ...all,
    ...part,
    read: async (first, count) => {
      checkFeatureRange(part, first, count);
      return all.read(from + first, count);
    },
  };
}

function folded(plain: FeatureSource, { power }: NormFold, partners: FeatureSource): FeatureSource {
  const { features, name } = plain;
  if (partners.features !== features) {
    throw new FormatError(name, `${partners.features} norms do not fold into ${features} features`);
  }
  let scaled: Promise<FeatureSource> | undefined;
  return {
    ...plain,
    read: async (first, count) => {
      scaled ??= foldingFactors(partners, power).then((factors) => scaledBy(plain, factors));
      return (await scaled).read(first, count);
    },
  };
}

/** Computes the norm of each partner to a power; 0 for a partner that is zero. */
async function foldingFactors(partners: FeatureSource, power: 1 | -1): Promise<Float64Array> {
  return (await normsOf(partners)).map((norm) => (norm === 0 ? 0 : norm ** power));
}
