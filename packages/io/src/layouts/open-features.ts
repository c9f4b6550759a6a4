import { checkFeatureRange, embeddingSource, type FeatureSource } from '@polysem/core/embedding';
import { scaledBy } from '@polysem/core/streaming';
import { featureSource, type FeatureSourceOptions } from '../features/feature-source.ts';
import { FormatError } from '../bytes/format-error.ts';
import type { TensorFile } from '../tensors/tensor-file.ts';
import { combinedSource } from './combined-source.ts';
import { normsOf } from './decoder-norms.ts';
import { partsOf, type FeatureVectors, type VectorRange } from './feature-matrix.ts';
import { gatherFeatures, type FeatureRecipe } from './gather-features.ts';
import { combineNorms } from './norm-of.ts';

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
 * import { bytesSource, encodeNpy, openFeatures, openTensors } from 'polysem/io';
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
  const { partner, power, measure } = recipe.fold;
  if (measure === undefined) {
    const partners = await vectors(partner, opened);
    return folded(plain, power, partners.features, () => normsOf(partners));
  }
  const parts = await Promise.all(partsOf(partner).map((part) => stored(part, opened)));
  return folded(plain, power, parts[0].features, async () => {
    const norms: Float64Array[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one part after the other is read
    for (const part of parts) norms.push(await normsOf(part));
    return combineNorms(norms, measure);
  });
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

/** Scales the vectors by the norms of their partners, which are computed before the first chunk is read. */
function folded(
  plain: FeatureSource,
  power: 1 | -1,
  partners: number,
  norms: () => Promise<Float64Array>,
): FeatureSource {
  const { features, name } = plain;
  if (partners !== features) {
    throw new FormatError(name, `${partners} norms do not fold into ${features} features`);
  }
  /** The power of each norm; 0 for a partner that is zero. */
  const factors = async (): Promise<Float64Array> =>
    (await norms()).map((norm) => (norm === 0 ? 0 : power === 1 ? norm : 1 / norm));
  let scaled: Promise<FeatureSource> | undefined;
  return {
    ...plain,
    read: async (first, count) => {
      scaled ??= factors().then((each) => scaledBy(plain, each));
      return (await scaled).read(first, count);
    },
  };
}
