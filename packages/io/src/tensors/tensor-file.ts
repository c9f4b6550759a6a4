import type { ByteSource } from '../bytes/byte-source.ts';
import { FormatError, quote, quoteList } from '../bytes/format-error.ts';
import { formatShape } from '../numbers/shape.ts';
import { readWhole, type TensorReader } from './tensor-reader.ts';
import type { Tensor, TensorEntry } from './tensor.ts';

/** An open file of tensors: a list, and functions that read one of them. */
export interface TensorFile {
  /** The `name` of its format in the registry; for an index, that of its shards. */
  readonly format: string;
  /** The tensors, in the order of the file. */
  readonly entries: readonly TensorEntry[];
  /** Strings that the file holds in addition to the tensors, such as `__metadata__` of safetensors. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Sentences for the user about the file: names, indices and comments found in a table that is read as a matrix, bytes
   * behind the last tensor, shards that cannot be read.
   */
  readonly notes?: readonly string[];
  /** Names of the rows of a table that is read as a matrix, if it has them. */
  readonly rowNames?: readonly string[];
  /**
   * Opens one tensor for reading in ranges.
   *
   * Rejects with FormatError if there is no such tensor or it is not numeric.
   */
  open(name: string): Promise<TensorReader>;
  /**
   * Reads one whole tensor in C order, and nothing else of the file.
   *
   * Rejects with FormatError if there is no such tensor, it is not numeric, or its bytes are damaged.
   */
  read(name: string): Promise<Tensor>;
}

/** A tensor as a format provides it: its description and its reader. */
export interface StoredTensor {
  readonly entry: TensorEntry;
  /** Rejects with FormatError if it is not numeric. */
  open(): Promise<TensorReader>;
}

/**
 * Makes a tensor that is listed, so that the others of its file can be read, but refused when it is opened.
 *
 * @param entry what is known of it.
 * @param problem why it cannot be read, and what to do; one line.
 */
export function unreadableTensor(
  source: Pick<ByteSource, 'name'>,
  entry: Partial<TensorEntry> & Pick<TensorEntry, 'name'>,
  problem: string,
): StoredTensor {
  const listed = { dtype: 'unknown', shape: [], byteOffset: 0, byteLength: 0, ...entry };
  return {
    entry: { ...listed, readable: false, problem },
    open: async () => {
      throw new FormatError(source.name, `tensor ${quote(entry.name)}: ${problem}`);
    },
  };
}

/** Makes a TensorFile of the tensors of a format. */
export function tensorFile(
  source: Pick<ByteSource, 'name'>,
  format: TensorFile['format'],
  tensors: readonly StoredTensor[],
  metadata: Readonly<Record<string, string>> = {},
  notes: readonly string[] = [],
): TensorFile {
  const byName = new Map(tensors.map((tensor) => [tensor.entry.name, tensor]));
  const open = async (name: string): Promise<TensorReader> => {
    const tensor = byName.get(name);
    if (tensor !== undefined) return tensor.open();
    const names = [...byName.keys()];
    const held = names.length > 0 ? `the file holds ${quoteList(names)}` : 'the file is empty';
    throw new FormatError(source.name, `no tensor ${quote(name)}; ${held}`);
  };
  return {
    format,
    entries: tensors.map((tensor) => tensor.entry),
    metadata,
    ...(notes.length > 0 && { notes }),
    open,
    read: async (name) => {
      const reader = await open(name);
      try {
        return await readWhole(reader);
      } catch (error) {
        // Only the allocation can throw RangeError.
        if (!(error instanceof RangeError)) throw error;
        throw new FormatError(
          source.name,
          `tensor ${quote(name)}: shape ${formatShape(reader.entry.shape)} does not fit into memory`,
          { cause: error },
        );
      }
    },
  };
}
