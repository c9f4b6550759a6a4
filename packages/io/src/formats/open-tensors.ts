import type { ByteSource } from '../bytes/byte-source.ts';
import { openCsv } from './csv/matrix.ts';
import { FormatError, quoteList } from '../bytes/format-error.ts';
import { openGguf } from './gguf/gguf.ts';
import { GGUF_MAGIC } from './gguf/header.ts';
import { NPY_MAGIC } from './npy/header.ts';
import { openNpy } from './npy/npy.ts';
import { isOnnx, openOnnx } from './onnx/onnx.ts';
import { openSafetensors } from './safetensors/safetensors.ts';
import { beginsJson, openSharded } from './shards/shards.ts';
import type { SourceFolder } from '../bytes/source-folder.ts';
import type { Tensor, TensorEntry, TensorFile } from '../tensors/tensor.ts';
import { refuseOldTorch } from './torch/old.ts';
import { openZip } from './zip-tensors.ts';

/** What helps to open a file of tensors; every part may be left out. */
export interface OpenOptions {
  /** Where the files lie that this one names, such as the shards of an index. */
  readonly folder?: SourceFolder;
  /** The tensors that will be asked for: files beside this one that hold none of them stay closed, and are not listed. */
  readonly wanted?: readonly string[];
  /**
   * Makes of a source that is slow to read again, such as a compressed member of an archive, one that is fast from the
   * second time on.
   */
  readonly spool?: (source: ByteSource) => Promise<ByteSource>;
}

/** The first bytes of every zip file, a local header or, if it is empty, the end record. */
const ZIP_MAGICS = [Uint8Array.of(0x50, 0x4b, 3, 4), Uint8Array.of(0x50, 0x4b, 5, 6)];

/**
 * Opens an npy, npz, safetensors, PyTorch, GGUF or ONNX file or the index of shards, told apart by its content, of which
 * only headers are read; or a table of numbers, known by its name, .csv or .tsv, and read whole.
 *
 * Rejects with FormatError if it is none of them, or damaged.
 */
export async function openTensors(
  source: ByteSource,
  options: OpenOptions = {},
): Promise<TensorFile> {
  if (source.size === 0) throw new FormatError(source.name, 'is empty');
  const start = await source.read(0, Math.min(source.size, 8));
  const startsWith = (magic: Uint8Array) => magic.every((byte, i) => start[i] === byte);
  if (startsWith(NPY_MAGIC)) return openNpy(source);
  if (ZIP_MAGICS.some(startsWith)) return openZip(source, options);
  if (startsWith(GGUF_MAGIC)) return openGguf(source);
  if (/\.[ct]sv$/i.test(source.name)) return openCsv(source);
  if (beginsJson(start)) return openSharded(source, options, openShard);
  if (isOnnx(source, start)) return openOnnx(source, options);
  return openShard(source);
}

/** Opens a file of the kinds that come in shards, PyTorch's or safetensors. */
async function openShard(source: ByteSource): Promise<TensorFile> {
  const start = await source.read(0, Math.min(source.size, 8));
  if (ZIP_MAGICS.some((magic) => magic.every((byte, i) => start[i] === byte))) {
    return openZip(source);
  }
  await refuseOldTorch(source);
  return openSafetensors(source);
}

/** Lists the tensors of a file without reading them. Rejects as `openTensors` does. */
export async function listTensors(
  source: ByteSource,
  options: OpenOptions = {},
): Promise<readonly TensorEntry[]> {
  return (await openTensors(source, options)).entries;
}

/**
 * Reads one tensor of a file: the one called `name`, or the only one if no name is given.
 *
 * Rejects with FormatError as `openTensors` and `TensorFile.read` do, or if it takes a name to choose.
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
        : `holds ${names.length} tensors, ${quoteList(names)}; say which one to read`,
    );
  }
  return file.read(file.entries[0].name);
}
