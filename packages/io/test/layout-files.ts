import { generator, normal } from '@polysem/numerics/random';
import type { Embedding } from '@polysem/core/embedding';
import type { Tensor, TensorEntry } from '@polysem/io';
import {
  findFeatures,
  gatherFeatures,
  type FeatureHints,
  type FeatureMatrix,
} from '@polysem/io/layouts';

/** Names and shapes of the tensors of a file. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** The entries of a file with these tensors. */
export function entries(shapes: Shapes): TensorEntry[] {
  return Object.entries(shapes).map(([name, shape]) => ({
    name,
    dtype: 'F32',
    shape,
    readable: true,
    byteOffset: 0,
    byteLength: 0,
  }));
}

/** The features found in it. */
export function find(shapes: Shapes, hints?: FeatureHints): readonly FeatureMatrix[] {
  return findFeatures(entries(shapes), hints).features;
}

/** The features found, one line each: preset, layer, axis, N x D, and whether it is a product. */
export function lines(shapes: Shapes, hints?: FeatureHints): string[] {
  return find(shapes, hints)
    .filter(({ head }) => head === undefined)
    .map(
      ({ preset, layer, axis, features, dims, product, tiedTo, expert, doubt, part, index }) =>
        `${preset} ${layer ?? '-'}${expert === undefined ? '' : ` expert ${expert}`}` +
        (part === undefined ? '' : ` part ${part}`) +
        (index === undefined || part !== undefined || !preset.includes('coder')
          ? ''
          : ` index ${index}`) +
        `: ${axis}, ${features} x ${dims}` +
        (product === undefined ? '' : ', product') +
        (tiedTo === undefined ? '' : ', tied') +
        (doubt === undefined ? '' : '?'),
    );
}

/** Tensors of these shapes, filled with normal numbers. */
export function randomTensors(shapes: Shapes, seed: number): Map<string, Tensor> {
  const g = generator(seed);
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const data = Float64Array.from({ length }, () => normal(g));
      return [name, { name, dtype: 'F64', shape, data }];
    }),
  );
}

/** Reads the matrices found. */
export async function gatherAll(
  found: readonly FeatureMatrix[],
  tensors: ReadonlyMap<string, Tensor>,
): Promise<Embedding[]> {
  return Promise.all(
    found.map((matrix) => gatherFeatures(matrix, async (name) => tensors.get(name)!, 'test')),
  );
}
