import { checkFeatureRange, type FeatureSource } from '@polysem/core/embedding';
import { FormatError } from '../bytes/format-error.ts';
import { notFinite } from '../numbers/not-finite.ts';
import type { TensorFile } from '../tensors/tensor-file.ts';
import type { FeatureRecipe } from './gather-features.ts';
import { openFeatures } from './open-features.ts';

/** Bytes of features that are searched at a time. */
const CHUNK_BYTES = 4 * 2 ** 20;

/** The features without NaN and infinities, and the indices of the others. */
export interface FiniteFeatures {
  /** The features that are left, renumbered from 0. */
  readonly source: FeatureSource;
  /** Indices in the file of the features that were left out, ascending. */
  readonly skipped: readonly number[];
}

/**
 * Opens a matrix of features without the vectors that hold NaN or infinity, which one pass over the file finds. Products of
 * stored vectors are still refused if they hold such numbers.
 *
 * @param recipe the vectors, product and fold.
 * @param file the opened file.
 * @param sourceName the name of the file in errors.
 * @returns the features that are left, and the indices of the others.
 * @throws FormatError (as a rejection) if no feature is left, and as `openFeatures` does.
 * @example
 * ```js
 * import { bytesSource, encodeNpy, openFiniteFeatures, openTensors } from 'polysem/io';
 * const bytes = encodeNpy({ shape: [3, 1], data: Float64Array.of(1, NaN, 3) });
 * const file = await openTensors(bytesSource('W.npy', bytes));
 * (await openFiniteFeatures({ tensor: 'W', axis: 'rows' }, file, 'W.npy')).skipped; // [1]
 * ```
 */
export async function openFiniteFeatures(
  recipe: FeatureRecipe,
  file: TensorFile,
  sourceName: string,
): Promise<FiniteFeatures> {
  const all = await openFeatures(recipe, file, sourceName, { notFinite: 'keep' });
  const skipped = await findBad(all);
  if (skipped.length === 0) return { source: all, skipped };
  if (skipped.length === all.features) {
    throw new FormatError(sourceName, `every feature of ${all.name} holds NaN or infinity`);
  }
  return { source: without(all, skipped), skipped };
}

/** Finds the features that hold NaN or infinity. */
async function findBad({ dims, features, read }: FeatureSource): Promise<number[]> {
  const bad: number[] = [];
  const most = Math.max(1, Math.floor(CHUNK_BYTES / (8 * dims)));
  for (let first = 0; first < features; first += most) {
    const count = Math.min(most, features - first);
    // oxlint-disable-next-line no-await-in-loop -- one chunk in memory at a time
    const block = await read(first, count);
    if (notFinite(block) < 0) continue;
    for (let f = 0; f < count; f++) {
      if (notFinite(block.subarray(f * dims, (f + 1) * dims)) >= 0) bad.push(first + f);
    }
  }
  return bad;
}

/** The features of a source without some of them, in the same order. */
function without(all: FeatureSource, skipped: readonly number[]): FeatureSource {
  const { name, dims, precision } = all;
  const features = all.features - skipped.length;
  return {
    ...all,
    features,
    read: async (first, count) => {
      checkFeatureRange({ name, features }, first, count);
      const out =
        precision === 'float64' ? new Float64Array(count * dims) : new Float32Array(count * dims);
      /** Skipped features before the next one to read. */
      let before = 0;
      while (before < skipped.length && skipped[before] - before <= first) before += 1;
      for (let done = 0; done < count;) {
        const from = first + done + before;
        const end = skipped[before] ?? all.features;
        const run = Math.min(count - done, end - from);
        // oxlint-disable-next-line no-await-in-loop -- one run of neighbours after the other
        if (run > 0) out.set(await all.read(from, run), done * dims);
        done += run;
        before += 1;
      }
      return out;
    },
  };
}
