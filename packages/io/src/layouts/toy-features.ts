import type { TensorEntry } from '../tensors/tensor.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { MOST_PARTS } from './layout.ts';

/** Lists the embedding W, D x N, of a file written by `polysem train --out`, or a stack of them. */
export function toyFeatures(
  entries: readonly TensorEntry[],
  metadata: Readonly<Record<string, string>>,
): FeatureMatrix[] {
  const w = entries.find(({ name }) => name === 'W');
  if (metadata.polysem === undefined || metadata.features !== 'columns' || w === undefined)
    return [];
  if (w.shape.length < 2 || w.shape.length > 3 || w.shape.includes(0)) return [];
  if (w.shape.length === 3 && w.shape[0] > MOST_PARTS) return [];
  const stack = w.shape.length === 3 ? w.shape[0] : null;
  const [dims, features] = w.shape.slice(-2);
  return Array.from({ length: stack ?? 1 }, (_, index) => ({
    preset: 'toy-model',
    layout: 'polysem',
    layer: null,
    tensor: w.name,
    axis: 'columns',
    ...(stack !== null && { index }),
    features,
    dims,
    description: 'an input of the toy model: how it is embedded',
    why: 'polysem wrote W as D x N, as the metadata of the file say',
  }));
}
