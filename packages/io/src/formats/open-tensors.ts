import type { ByteSource } from '../bytes/byte-source.ts';
import { FormatError, quoteList } from '../bytes/format-error.ts';
import { readZipDirectory } from '../bytes/zip-directory.ts';
import type { TensorFile } from '../tensors/tensor-file.ts';
import type { Tensor, TensorEntry } from '../tensors/tensor.ts';
import { HEAD_BYTES, type FileHead, type Format, type OpenOptions } from './format.ts';
import { otherFile, refuseAnswer, refuseImpostor } from './not-weights.ts';
import { FORMATS, giveTensors } from './registry.ts';

export type { OpenOptions } from './format.ts';

/** Reads the beginning of a file, from which its format is recognised. */
export async function readHead(source: ByteSource): Promise<FileHead> {
  const start = await source.read(0, Math.min(source.size, HEAD_BYTES));
  let members: ReturnType<FileHead['zipMembers']> | undefined;
  return { source, start, zipMembers: () => (members ??= readZipDirectory(source)) };
}

/**
 * Opens a file of tensors of any known format, recognised by its content (CSV by the extension .csv or .tsv). Only headers
 * are read, except for CSV, which is read whole.
 *
 * @param source the bytes of the file.
 * @param options the folder around the file, the tensors needed, and a copier for slow sources.
 * @returns the names, types and shapes of the tensors, and functions that read one of them.
 * @throws FormatError (as a rejection) if the format is unknown or the file is damaged.
 *
 * @example
 * ```js
 * import { bytesSource, encodeNpy, openTensors } from 'polysem/io';
 * const bytes = encodeNpy({ shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) });
 * const file = await openTensors(bytesSource('w.npy', bytes));
 * file.entries.map(({ name, shape }) => [name, shape]); // [['w', [2, 2]]]
 * ```
 */
export async function openTensors(
  source: ByteSource,
  options: OpenOptions = {},
): Promise<TensorFile> {
  return openAs(FORMATS, source, options);
}

const SHARD_FORMATS = FORMATS.filter(({ isShard }) => isShard === true);

async function openAs(
  formats: readonly Format[],
  source: ByteSource,
  options: OpenOptions,
): Promise<TensorFile> {
  if (source.size === 0) throw new FormatError(source.name, 'is empty');
  const head = await readHead(source);
  refuseImpostor(head);
  refuseAnswer(head);
  for (const { openTensors: open, recognises } of formats) {
    // oxlint-disable-next-line no-await-in-loop -- the first format that recognises the file opens it
    if (open !== undefined && (await recognises(head))) {
      return open(head, options, (shard) => openAs(SHARD_FORMATS, shard, {}));
    }
  }
  throw new FormatError(
    source.name,
    otherFile(head) ??
      (source.size < 8
        ? `has only ${source.size} bytes, too few for a file of weights; ${giveTensors()}`
        : `is not a file of weights; ${giveTensors()}`),
  );
}

/**
 * Lists the tensors of a file without reading them.
 *
 * @param source the bytes of the file.
 * @param options as for `openTensors`.
 * @returns name, type and shape of each tensor, in the order of the file.
 * @throws FormatError (as a rejection) as `openTensors` does.
 *
 * @example
 * ```js
 * import { bytesSource, encodeNpy, listTensors } from 'polysem/io';
 * const bytes = encodeNpy({ shape: [3], data: Float32Array.of(1, 2, 3) });
 * (await listTensors(bytesSource('b.npy', bytes)))[0].dtype; // 'F32'
 * ```
 */
export async function listTensors(
  source: ByteSource,
  options: OpenOptions = {},
): Promise<readonly TensorEntry[]> {
  return (await openTensors(source, options)).entries;
}

/**
 * Reads one tensor of a file whole, in C order.
 *
 * @param source the bytes of the file.
 * @param name the tensor; may be left out if the file holds only one.
 * @param options as for `openTensors`.
 * @returns the numbers, as Float64Array or Float32Array, and their shape.
 * @throws FormatError (as a rejection) as `openTensors` and `TensorFile.read` do, or if the name is left out of a file
 *   with several tensors.
 *
 * @example
 * ```js
 * import { bytesSource, encodeNpy, readTensor } from 'polysem/io';
 * const bytes = encodeNpy({ shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) });
 * (await readTensor(bytesSource('w.npy', bytes))).data[2]; // 3
 * ```
 */
export async function readTensor(
  source: ByteSource,
  name?: string,
  options: OpenOptions = {},
): Promise<Tensor> {
  const wanted = name === undefined ? undefined : [name];
  const file = await openTensors(source, wanted === undefined ? options : { ...options, wanted });
  if (name !== undefined) return file.read(name);
  if (file.entries.length !== 1) {
    const names = file.entries.map((entry) => entry.name);
    throw new FormatError(
      source.name,
      names.length === 0
        ? 'holds no tensor'
        : `holds ${names.length} tensors, ${quoteList(names)}; choose one by its name`,
    );
  }
  return file.read(file.entries[0].name);
}
