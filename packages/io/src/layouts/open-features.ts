import { assertFeatures, embeddingSource, type FeatureSource } from '@polysem/core/embedding';
import { scaledBy } from '@polysem/core/streaming';
import { featureSource } from '../features/feature-source.ts';
import { FormatError } from '../bytes/format-error.ts';
import type { TensorFile } from '../tensors/tensor.ts';
import type { NormFold, VectorRange } from './feature-matrix.ts';
import { gatherFeatures, type FeatureRecipe } from './gather-features.ts';
import { normOf } from './norm-of.ts';

/** Features whose norms are taken at once. */
const NORM_BLOCK_BYTES = 4 * 2 ** 20;

/**
 * The features that a recipe makes of the tensors of a file, read in blocks. Products of stored vectors, whose size is
 * that of a layer and not of a vocabulary, are computed in memory; norms that are folded in are taken in one reading of
 * their own, before the first block.
 *
 * Rejects with FormatError as `featureSource` and `gatherFeatures` do.
 */
export async function openFeatures(
  recipe: FeatureRecipe,
  file: TensorFile,
  sourceName: string,
): Promise<FeatureSource> {
  if (recipe.product !== undefined) {
    const whole = await gatherFeatures(recipe, (name) => file.read(name), sourceName);
    return embeddingSource(whole, sourceName);
  }
  const plain = await vectors(recipe, file, sourceName);
  if (recipe.fold === undefined) return plain;
  return folded(plain, recipe.fold, await vectors(recipe.fold.partner, file, sourceName));
}

/** Vectors as they are stored: of a matrix, or some of them. */
async function vectors(
  { tensor, axis, index, from = 0, to }: VectorRange,
  file: TensorFile,
  sourceName: string,
): Promise<FeatureSource> {
  const reader = await file.open(tensor);
  const all = featureSource(reader, axis, {
    sourceName,
    ...(index !== undefined && { index }),
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
      assertFeatures(part, first, count);
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

/** The norm of each partner to a power; 0 for a partner that is zero. */
async function foldingFactors(partners: FeatureSource, power: 1 | -1): Promise<Float64Array> {
  const { dims, features } = partners;
  const factors = new Float64Array(features);
  const most = Math.max(1, Math.floor(NORM_BLOCK_BYTES / (8 * dims)));
  for (let first = 0; first < features; first += most) {
    const count = Math.min(most, features - first);
    // oxlint-disable-next-line no-await-in-loop -- one block at a time is in memory
    const block = await partners.read(first, count);
    for (let f = 0; f < count; f++) {
      const norm = normOf(block.subarray(f * dims, (f + 1) * dims));
      factors[first + f] = norm === 0 ? 0 : norm ** power;
    }
  }
  return factors;
}
