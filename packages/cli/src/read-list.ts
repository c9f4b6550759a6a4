import { openTensors } from '@polysem/io';
import { isStandardInput, shownLocation } from '@polysem/io/bytes';
import { openFile, openStandardInput } from '@polysem/io/node';
import { UsageError } from './errors.ts';

/** Reads numbers from a one-dimensional .npy file, or from standard input (`-`). @throws UsageError for another shape. */
export async function readList(location: string, flag: string): Promise<number[]> {
  const isPiped = isStandardInput(location);
  const source = await (isPiped ? openStandardInput() : openFile(location));
  try {
    const file = await openTensors(source);
    const tensor = await file.read(file.entries[0].name);
    // A table has one row or column.
    const isList = tensor.shape.filter((size) => size !== 1).length <= 1 && tensor.shape.length > 0;
    if (tensor.shape.length !== 1 && !(isPiped && isList)) {
      throw new UsageError(
        `${flag}: ${shownLocation(location)} has shape ${tensor.shape.join(' x ') || 'of a single number'}; give a one-dimensional array`,
      );
    }
    return Array.from(tensor.data);
  } finally {
    await source.close();
  }
}
