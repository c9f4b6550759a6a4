import type { TensorEntry } from '../tensors/tensor.ts';

/**
 * Returns the tensors of a file that are not kernels of one-dimensional convolutions. A kernel is outputs x inputs x size and
 * has the names of linear layers. It differs from a stack of matrices by its size of 1, or by a bias with one number per
 * output, where a stack has a bias per matrix.
 */
export function withoutKernels(entries: readonly TensorEntry[]): TensorEntry[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return entries.filter(({ name, shape }) => {
    if (shape.length !== 3) return true;
    const bias = byName.get(name.replace(/weight$/, 'bias'))?.shape;
    return shape[2] !== 1 && !(bias?.length === 1 && bias[0] === shape[0]);
  });
}
