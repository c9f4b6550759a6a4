import type { ByteSource } from '../bytes/byte-source.ts';
import { FormatError, quote, quoteList } from '../bytes/format-error.ts';
import { formatShape } from '../numbers/shape.ts';
import { readWhole, type TensorReader } from './tensor-reader.ts';

/** Numbers and their shape, in C order: the last axis is contiguous. */
export interface NumericArray {
  /** The sizes of the axes; empty for a single number. */
  readonly shape: readonly number[];
  /** One number per element, the product of the shape in all. */
  readonly data: Float64Array | Float32Array;
}

/** A named array read from a file. */
export interface Tensor extends NumericArray {
  readonly name: string;
  /** How the file stored the elements, as in its entry. */
  readonly dtype: string;
}

/** What a file says of one of its tensors, known without reading the tensor. */
export interface TensorEntry {
  readonly name: string;
  /** The type of its elements: a DType's name, or numpy's own name for a type that has none there. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Whether `open` and `read` can give it as numbers. */
  readonly readable: boolean;
  /** The file that holds it, where the one opened is an index of several. */
  readonly file?: string;
  /** Where in the file its stored bytes begin. */
  readonly byteOffset: number;
  /** How many bytes the file spends on it; fewer than its numbers take, if they are compressed. */
  readonly byteLength: number;
}

/** An opened file of tensors: its listing, and a way to read one of them. */
export interface TensorFile {
  /** The `name` of its format in the registry; for an index, that of its shards. */
  readonly format: string;
  /** The tensors in the order of the file. */
  readonly entries: readonly TensorEntry[];
  /** The strings of a safetensors file's `__metadata__`; empty for the other formats. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Opens one tensor, to be read in portions.
   *
   * Rejects with FormatError if there is no such tensor or if it does not hold numbers.
   */
  open(name: string): Promise<TensorReader>;
  /**
   * Reads one tensor whole, in C order, and nothing else of the file.
   *
   * Rejects with FormatError if there is no such tensor, if it does not hold numbers, or if its bytes
   * are damaged.
   */
  read(name: string): Promise<Tensor>;
}

/** A tensor of a file as its format's reader hands it over: what to list, and how to get it. */
export interface StoredTensor {
  readonly entry: TensorEntry;
  /** Rejects with FormatError if it does not hold numbers. */
  open(): Promise<TensorReader>;
}

/** Makes the TensorFile of a format's reader; looking up names is the same for all formats. */
export function tensorFile(
  source: ByteSource,
  format: TensorFile['format'],
  tensors: readonly StoredTensor[],
  metadata: Readonly<Record<string, string>> = {},
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
    open,
    read: async (name) => {
      const reader = await open(name);
      try {
        return await readWhole(reader);
      } catch (error) {
        // Thrown by the allocation alone: a whole tensor lies within itself.
        if (!(error instanceof RangeError)) throw error;
        throw new FormatError(
          source.name,
          `tensor ${quote(name)}: shape ${formatShape(reader.entry.shape)} does not fit into memory as a whole`,
          { cause: error },
        );
      }
    },
  };
}

/**
 * Checks that a tensor holds no NaN and no infinity.
 *
 * @throws FormatError naming the tensor, how many of its values are not finite, and the first of them.
 */
export function checkFinite(tensor: Tensor, sourceName: string): void {
  const { data, name, shape } = tensor;
  let count = 0;
  let first = -1;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    if (count === 0) first = i;
    count += 1;
  }
  if (count === 0) return;
  throw new FormatError(
    sourceName,
    `tensor ${quote(name)}: ${count} of ${data.length} values not finite, ` +
      `the first is ${data[first]} at ${formatShape(indexOf(first, shape))}`,
  );
}

function indexOf(element: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = element;
  for (const size of shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
