import { openTensors, type Tensor } from '@polysem/io';
import type { MatrixOptions } from '@polysem/io/tables';
import { isStandardInput, shownLocation } from '@polysem/io/bytes';
import { inflateBrotli, openFile, openStandardInput } from '@polysem/io/node';
import { UsageError } from './errors.ts';
import { noteContent } from './read-matrix.ts';

/**
 * Reads the only tensor of a file, or of standard input if the path is `-` (.npy, .npz, .safetensors, .csv, .tsv ..), or the only matrix among its tensors.
 *
 * @throws UsageError naming the flag if there is no single matrix.
 */
export async function readTensorFile(
  location: string,
  flag: string,
  matrix: MatrixOptions = {},
): Promise<Tensor> {
  const source = await (isStandardInput(location) ? openStandardInput() : openFile(location));
  const path = shownLocation(location);
  try {
    const file = await openTensors(source, { matrix, brotli: inflateBrotli });
    noteContent(path, file);
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
