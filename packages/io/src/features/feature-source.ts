import { checkFeatureRange, type FeatureSource } from '@polysem/core/embedding';
import type { FeaturesAxis } from './embedding.ts';
import { FormatError, quote } from '../bytes/format-error.ts';
import { notFinite } from '../numbers/not-finite.ts';
import { formatShape } from '../numbers/shape.ts';
import { matrixLayout } from './matrix-layout.ts';
import { slabs } from './slabs.ts';
import type { TensorReader } from '../tensors/tensor-reader.ts';

/** Options of `featureSource`. */
export interface FeatureSourceOptions {
  /** Name of the file in errors. */
  readonly sourceName: string;
  /** Index of the matrix in a stack, for a tensor of three axes. */
  readonly index?: number;
  /** A matrix in a tensor of any number of axes: null for the two axes of the matrix, an index for each other one. */
  readonly slice?: readonly (number | null)[];
  /** `keep` to return NaN and infinities instead of refusing them; default `refuse`. */
  readonly notFinite?: 'refuse' | 'keep';
  /** Bytes for buffers where the vectors are not contiguous; default 48 MiB. */
  readonly memory?: number;
}

const MEMORY = 48 * 2 ** 20;
/**
 * Reads the features of a matrix in a file in chunks: its rows or its columns, or those of one matrix of a stack
 * (matrices x rows x columns). The numbers have the precision of the reader.
 *
 * Contiguous vectors are read on request. Others are gathered, as many at once as `memory` holds, and kept until other
 * features are requested: reading forward through all features costs one pass over the file, for any chunks.
 *
 * @param reader the tensor.
 * @param axis the axis that counts features.
 * @param options the name of the file, the index in a stack, and the memory for buffers.
 * @returns the features; reads reject with a FormatError that names tensor, feature and index if a value is not finite.
 * @throws FormatError if the tensor is empty, not a matrix, or a stack without a valid `index`.
 * @example
 * ```js
 * import { bytesSource, encodeNpy, featureSource, openTensors } from 'polysem/io';
 * const bytes = encodeNpy({ shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) });
 * const file = await openTensors(bytesSource('W.npy', bytes));
 * const source = featureSource(await file.open('W'), 'columns', { sourceName: 'W.npy' });
 * (await source.read(1, 1))[1]; // 5
 * ```
 */
export function featureSource(
  reader: TensorReader,
  axis: FeaturesAxis,
  {
    sourceName,
    index,
    slice,
    notFinite: unusual = 'refuse',
    memory = MEMORY,
  }: FeatureSourceOptions,
): FeatureSource {
  const { entry, precision } = reader;
  const layout = matrixLayout(reader, axis, sourceName, slice ?? index);
  const { dims, features, dimStride, featureStride, base } = layout;
  const place =
    slice !== undefined
      ? `[${slice.map((at) => at ?? ':').join(', ')}]`
      : index === undefined
        ? ''
        : `[${index}]`;
  const name = `${sourceName}: tensor ${quote(entry.name)}${place}`;
  const contiguous = dimStride === 1 && featureStride === dims;
  const gather = contiguous
    ? (first: number, count: number) => reader.read(base + first * dims, count * dims)
    : slabs(reader, layout, memory);

  return {
    name,
    dims,
    features,
    precision,
    read: async (first, count) => {
      checkFeatureRange({ name, features }, first, count);
      const block = await gather(first, count);
      const at = unusual === 'keep' ? -1 : notFinite(block);
      if (at >= 0) {
        const feature = first + Math.floor(at / dims);
        const dim = at % dims;
        const where = axis === 'rows' ? [feature, dim] : [dim, feature];
        const full =
          slice?.map((fixed) => fixed ?? where.shift() ?? 0) ??
          (index === undefined ? where : [index, ...where]);
        throw new FormatError(
          sourceName,
          `tensor ${quote(entry.name)}: ${block[at]} at ${formatShape(full)}, in feature ${feature}; every value must be finite`,
        );
      }
      return block;
    },
  };
}
