import { embedding, type Embedding } from '@polysem/core/embedding';
import { FormatError, quote } from '../bytes/format-error.ts';
import { formatShape } from '../numbers/shape.ts';
import { checkFinite, type Tensor } from '../tensors/tensor.ts';
import type { NormFold, VectorProduct, VectorRange } from './feature-matrix.ts';
import { normOf } from './norm-of.ts';

/** The recipe of a matrix of features; a `FeatureMatrix` is one. */
export interface FeatureRecipe extends VectorRange {
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
 * import { gatherFeatures } from '@polysem/io/layouts';
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
  const { product, fold } = recipe;
  const plain =
    product === undefined
      ? await vectors(recipe)
      : sumOfOuterProducts(await all(product.outputs), await all(product.inputs), sourceName);
  if (fold === undefined) return plain;
  return foldNorms(plain, await vectors(fold.partner), fold.power, sourceName);
}

/**
 * Extracts vectors of a tensor, feature-major, in its own type.
 *
 * @throws FormatError if the tensor has no such matrix or vectors.
 */
export function vectorsOf(tensor: Tensor, range: VectorRange, sourceName: string): Embedding {
  const { shape, data } = tensor;
  const { axis, index = 0 } = range;
  const axes = range.index === undefined ? 2 : 3;
  if (shape.length !== axes || data.length === 0 || index >= (axes === 3 ? shape[0] : 1)) {
    throw new FormatError(
      sourceName,
      `tensor ${quote(tensor.name)}: shape ${formatShape(shape)} holds no ` +
        (axes === 3 ? `matrix ${index} of a stack` : 'matrix of features'),
    );
  }
  const [rows, columns] = shape.slice(-2);
  const count = axis === 'rows' ? rows : columns;
  const dims = axis === 'rows' ? columns : rows;
  const { from = 0, to = count } = range;
  if (from < 0 || to > count || from >= to) {
    throw new FormatError(
      sourceName,
      `tensor ${quote(tensor.name)}: has ${count} ${axis}, not those from ${from} to ${to}`,
    );
  }
  const start = index * rows * columns;
  if (axis === 'rows') {
    return embedding(dims, to - from, data.subarray(start + from * dims, start + to * dims));
  }
  const out =
    data instanceof Float64Array
      ? new Float64Array((to - from) * dims)
      : new Float32Array((to - from) * dims);
  for (let i = from; i < to; i++) {
    const at = (i - from) * dims;
    for (let d = 0; d < dims; d++) out[at + d] = data[start + d * columns + i];
  }
  return embedding(dims, to - from, out);
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

/** Multiplies or divides each vector by the norm of its partner; a vector whose partner is zero becomes zero. */
function foldNorms(
  w: Embedding,
  partners: Embedding,
  power: 1 | -1,
  sourceName: string,
): Embedding {
  if (w.features !== partners.features) {
    throw new FormatError(
      sourceName,
      `${partners.features} norms do not fold into ${w.features} features`,
    );
  }
  const { dims, features } = w;
  const data = Float64Array.from(w.data);
  for (let i = 0; i < features; i++) {
    const partner = partners.data.subarray(i * partners.dims, (i + 1) * partners.dims);
    const norm = normOf(partner);
    const factor = norm === 0 ? 0 : norm ** power;
    for (let d = 0; d < dims; d++) data[i * dims + d] *= factor;
  }
  return embedding(dims, features, data);
}
