import { openTensors, type Tensor } from '@polysem/io';
import { openFile } from '@polysem/io/node';
import { UsageError } from './errors.ts';

/**
 * Reads the only tensor of a file (.npy, .npz, .safetensors, .csv, .tsv ..), or the only matrix among its tensors.
 *
 * @throws UsageError naming the flag if there is no single matrix.
 */
export async function readTensorFile(path: string, flag: string): Promise<Tensor> {
  const source = await openFile(path);
  try {
    const file = await openTensors(source);
    const matrices = file.entries.filter(({ shape, readable }) => readable && shape.length === 2);
    const [entry] = file.entries.length === 1 ? file.entries : matrices;
    if (file.entries.length > 1 && matrices.length !== 1) {
      throw new UsageError(
        `${flag}: ${path} holds ${matrices.length} matrices among ${file.entries.length} tensors; give a file with one`,
      );
    }
    if (entry === undefined) throw new UsageError(`${flag}: ${path} holds no numbers`);
    return await file.read(entry.name);
  } finally {
    await source.close();
  }
}
