import { embedding, type Embedding } from '@polysem/core/embedding';
import { FormatError, quote } from '../bytes/format-error.ts';
import { checkFinite, type Tensor } from '../tensors/tensor.ts';
import { matrixLayout } from '../features/matrix-layout.ts';
import {
  partsOf,
  type FeatureVectors,
  type NormFold,
  type VectorProduct,
  type VectorRange,
} from './feature-matrix.ts';
import { combineNorms, normOf } from './norm-of.ts';

/** The recipe of a matrix of features; a `FeatureMatrix` is one. */
export interface FeatureRecipe extends FeatureVectors {
  readonly fold?: NormFold;
  readonly product?: VectorProduct;
}

/**
 * Reads a matrix of features into memory: stored vectors, or the product of two lists of vectors in float64; then folds
 * norms in, in float64.
 *
 * @param recipe the vectors, product and fold.
 * @param read returns a tensor of the file; called once per tensor.
 * @param sourceName the name of the file in errors.
 * @returns the embedding, feature-major.
 * @throws FormatError (as a rejection) if a tensor lacks what the recipe needs, is empty, or has a value that is not
 *   finite.
 * @example
 * ```js
 * import { gatherFeatures } from 'polysem/io';
 * const W = { name: 'W', dtype: 'F64', shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) };
 * const { data } = await gatherFeatures({ tensor: 'W', axis: 'columns' }, async () => W, 'w.npy');
 * data[1]; // 4
 * ```
 */
export async function gatherFeatures(
  recipe: FeatureRecipe,
  read: (name: string) => Promise<Tensor>,
  sourceName: string,
): Promise<Embedding> {
  const tensors = new Map<string, Tensor>();
  const vectors = async (range: VectorRange): Promise<Embedding> => {
    let tensor = tensors.get(range.tensor);
    if (tensor === undefined) {
      tensor = await read(range.tensor);
      checkFinite(tensor, sourceName);
      tensors.set(range.tensor, tensor);
    }
    return vectorsOf(tensor, range, sourceName);
  };
  const all = async (ranges: readonly VectorRange[]): Promise<Embedding[]> => {
    const parts: Embedding[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one tensor at a time in memory beside those kept
    for (const range of ranges) parts.push(await vectors(range));
    return parts;
  };
  const combined = async (recipeOf: FeatureVectors): Promise<Embedding> =>
    combine(await all(partsOf(recipeOf)), recipeOf.combine ?? 'concatenated', sourceName);
  const { product, fold } = recipe;
  const plain =
    product === undefined
      ? await combined(recipe)
      : sumOfOuterProducts(await all(product.outputs), await all(product.inputs), sourceName);
  if (fold === undefined) return plain;
  const { measure, partner, power } = fold;
  if (measure !== undefined) {
    const norms = (await all(partsOf(partner))).map(normsOfVectors);
    return scaleBy(plain, combineNorms(norms, measure), power, sourceName);
  }
  return scaleBy(plain, normsOfVectors(await combined(partner)), power, sourceName);
}

/**
 * Extracts vectors of a tensor, feature-major, in its own type.
 *
 * @throws FormatError if the tensor has no such matrix or vectors.
 */
export function vectorsOf(tensor: Tensor, range: VectorRange, sourceName: string): Embedding {
  const { data } = tensor;
  const { axis, index, slice } = range;
  const layout = matrixLayout({ entry: tensor, order: 'C' }, axis, sourceName, slice ?? index);
  const { dims, features, base, featureStride, dimStride } = layout;
  const { from = 0, to = features } = range;
  if (from < 0 || to > features || from >= to) {
    throw new FormatError(
      sourceName,
      `tensor ${quote(tensor.name)}: has ${features} ${axis}, not those from ${from} to ${to}`,
    );
  }
  if (dimStride === 1 && featureStride === dims) {
    return embedding(dims, to - from, data.subarray(base + from * dims, base + to * dims));
  }
  const out =
    data instanceof Float64Array
      ? new Float64Array((to - from) * dims)
      : new Float32Array((to - from) * dims);
  for (let i = from; i < to; i++) {
    const at = (i - from) * dims;
    const start = base + i * featureStride;
    for (let d = 0; d < dims; d++) out[at + d] = data[start + d * dimStride];
  }
  return embedding(dims, to - from, out);
}

/** Concatenates or adds the vectors of matrices with equally many vectors. */
function combine(
  parts: readonly Embedding[],
  how: 'concatenated' | 'sum',
  sourceName: string,
): Embedding {
  const [first] = parts;
  if (parts.length === 1) return first;
  const fits = parts.every(
    (part) => part.features === first.features && (how !== 'sum' || part.dims === first.dims),
  );
  if (!fits) throw new FormatError(sourceName, 'matrices of different sizes cannot be combined');
  const dims = how === 'sum' ? first.dims : parts.reduce((sum, part) => sum + part.dims, 0);
  const data = new Float64Array(dims * first.features);
  let offset = 0;
  for (const part of parts) {
    for (let i = 0; i < part.features; i++) {
      for (let d = 0; d < part.dims; d++)
        data[i * dims + offset + d] += part.data[i * part.dims + d];
    }
    if (how === 'concatenated') offset += part.dims;
  }
  const isDouble = parts.some((part) => part.data instanceof Float64Array);
  return embedding(dims, first.features, isDouble ? data : Float32Array.from(data));
}

/** Computes the columns of sum_k out_k in_k^T in float64, one per coordinate of the `in` vectors. */
function sumOfOuterProducts(
  outputs: readonly Embedding[],
  inputs: readonly Embedding[],
  sourceName: string,
): Embedding {
  const dims = outputs[0].dims;
  const features = inputs[0].dims;
  const data = new Float64Array(features * dims);
  const ins = inputs.flatMap(eachVector);
  const outs = outputs.flatMap(eachVector);
  if (
    ins.length !== outs.length ||
    ins.some((v) => v.length !== features) ||
    outs.some((v) => v.length !== dims)
  ) {
    throw new FormatError(
      sourceName,
      `the product of ${outs.length} output vectors with ${ins.length} input vectors is impossible; the file is damaged`,
    );
  }
  for (let i = 0; i < features; i++) {
    const column = data.subarray(i * dims, (i + 1) * dims);
    for (let k = 0; k < ins.length; k++) {
      const factor = ins[k][i];
      const out = outs[k];
      for (let d = 0; d < dims; d++) column[d] += factor * out[d];
    }
  }
  return embedding(dims, features, data);
}

function eachVector({ dims, features, data }: Embedding): (Float64Array | Float32Array)[] {
  return Array.from({ length: features }, (_, i) => data.subarray(i * dims, (i + 1) * dims));
}

/** Computes the norm of each vector. */
function normsOfVectors({ dims, features, data }: Embedding): Float64Array {
  return Float64Array.from({ length: features }, (_, i) =>
    normOf(data.subarray(i * dims, (i + 1) * dims)),
  );
}

/** Multiplies or divides each vector by the norm of its partner; a vector whose partner is zero becomes zero. */
function scaleBy(w: Embedding, norms: Float64Array, power: 1 | -1, sourceName: string): Embedding {
  if (w.features !== norms.length) {
    throw new FormatError(
      sourceName,
      `${norms.length} norms do not fold into ${w.features} features`,
    );
  }
  const { dims, features } = w;
  const data = Float64Array.from(w.data);
  for (let i = 0; i < features; i++) {
    const factor = norms[i] === 0 ? 0 : power === 1 ? norms[i] : 1 / norms[i];
    for (let d = 0; d < dims; d++) data[i * dims + d] *= factor;
  }
  return embedding(dims, features, data);
}
