import type { ByteSource } from '../../bytes/byte-source.ts';
import { DTYPE_BITS, isDType, isNumericDType, REFUSALS } from '../../numbers/dtype.ts';
import { FormatError, quote, quoteList } from '../../bytes/format-error.ts';
import { PickleError, readPickle, type PickleValue } from './pickle.ts';
import { formatShape } from '../../numbers/shape.ts';
import { stem } from '../../bytes/stem.ts';
import { storedNumbers } from '../../tensors/stored-numbers.ts';
import { isBlownUp, stridedNumbers } from '../../tensors/strided-numbers.ts';
import { extentOf, orderOf } from '../../numbers/strides.ts';
import { tensorFile, type StoredTensor, type TensorFile } from '../../tensors/tensor-file.ts';
import { isZip, type Format } from '../format.ts';
import { CONVERT, oldTorch } from './old.ts';
import { findTorchTensors, type TorchContent, type TorchTensor } from './tensors.ts';
import type { ZipMember } from '../../bytes/zip-directory.ts';
import { openMember, STORED } from '../../bytes/zip-member.ts';

export const torchFormat: Format = {
  name: 'torch',
  title: 'PyTorch',
  extensions: ['.pt', '.pth', '.ckpt', '.bin'],
  recognises: async (head) =>
    isZip(head) ? torchPickle(await head.zipMembers()) !== undefined : oldTorch(head) !== null,
  openTensors: async (head) => {
    const { source } = head;
    const problem = oldTorch(head);
    if (problem !== null) throw new FormatError(source.name, problem);
    const members = await head.zipMembers();
    return openTorch(source, members, torchPickle(members) as ZipMember);
  },
  isShard: true,
  inFolders: [
    { rank: 4, names: /\.(?:pt|pth|ckpt)$/i },
    // Training also writes .bin files with its own state into the folder of the weights.
    { rank: 5, names: /^(?!training_args|optimizer|scheduler|rng_state).*\.bin$/i },
  ],
  reads:
    'the types of safetensors; views of any strides (transposed, slices, expanded up to 16-fold); TorchScript; whole modules. The pickle is read, never run',
  refuses: 'sparse and quantised tensors; files from before PyTorch 1.6; tar archives',
};

/** Longest pickle read, in bytes; no checkpoint needs as much for its tensors. */
const LONGEST_PICKLE = 1 << 26;

/** Finds the pickle that names the tensors; undefined if the zip is not a checkpoint. */
function torchPickle(members: readonly ZipMember[]): ZipMember | undefined {
  return members.find(({ name }) => /(^|\/)data\.pkl$/.test(name));
}

/**
 * Opens a checkpoint written by `torch.save` (PyTorch 1.6 and newer) or `torch.jit.save`: a zip with a pickle that
 * names the tensors and one member per storage. The pickle is read, never executed; the metadata `not called` list the
 * functions that it would have called, except those that make tensors and plain containers.
 *
 * The name of a tensor is the path of keys to it, such as `state_dict.encoder.weight`. Views of any strides are read:
 * transposed, slices, and expanded views of at most 16 times the elements of their storage.
 *
 * Rejects with FormatError if the archive or its pickle is damaged or holds no tensor.
 */
async function openTorch(
  source: ByteSource,
  members: readonly ZipMember[],
  pickle: ZipMember,
): Promise<TensorFile> {
  const folder = pickle.name.slice(0, -'data.pkl'.length);
  const byName = new Map(members.map((member) => [member.name, member]));
  const { tensors, notCalled } = await readContent(source, pickle);
  if (tensors.length === 0) {
    const calls =
      notCalled.length > 0
        ? `; it would call ${quoteList(notCalled)}, which polysem does not do`
        : '';
    throw new FormatError(source.name, `the pickle of this PyTorch file holds no tensor${calls}`);
  }
  const littleEndian = await readByteOrder(source, byName.get(`${folder}byteorder`));
  const opened = new Map<string, Promise<number>>();
  const storageOffset = (key: string): Promise<number> => {
    const known = opened.get(key) ?? findStorage(source, byName.get(`${folder}data/${key}`));
    opened.set(key, known);
    return known;
  };
  const metadata: Record<string, string> =
    notCalled.length > 0 ? { 'not called': notCalled.join(', ') } : {};
  return tensorFile(
    source,
    'torch',
    await Promise.all(
      tensors.map((tensor) => {
        const member = byName.get(`${folder}data/${tensor.storage?.key}`);
        return storedTensor(source, tensor, member, littleEndian, storageOffset);
      }),
    ),
    metadata,
  );
}

async function readContent(source: ByteSource, pickle: ZipMember): Promise<TorchContent> {
  const name = `${source.name}/${pickle.name}`;
  const { size } = pickle;
  if (size > LONGEST_PICKLE) {
    throw new FormatError(name, `has ${size} bytes, too many for the names of tensors; ${CONVERT}`);
  }
  // Memory is proportional to the bytes of the pickle, so these must not be compressed.
  if (pickle.method !== STORED) {
    throw new FormatError(
      name,
      'is compressed, which PyTorch never does; torch.save the checkpoint again',
    );
  }
  const bytes = await readMember(source, pickle);
  try {
    const root: PickleValue = readPickle(bytes);
    return findTorchTensors(root, stem(source.name, /\.(pt|pth|bin|ckpt)$/i), 4 * size);
  } catch (error) {
    if (!(error instanceof PickleError || error instanceof RangeError)) throw error;
    throw new FormatError(name, `the pickle ${error.message}; it is damaged, or ${CONVERT}`, {
      cause: error,
    });
  }
}

async function readByteOrder(source: ByteSource, member: ZipMember | undefined): Promise<boolean> {
  if (member === undefined) return true;
  const order =
    member.size > 16 ? '' : new TextDecoder().decode(await readMember(source, member)).trim();
  if (order === 'little' || order === 'big') return order === 'little';
  throw new FormatError(
    `${source.name}/${member.name}`,
    'is neither "little" nor "big"; the file is damaged',
  );
}

/** Reads a whole member and checks its CRC-32, unless PyTorch was told to write 0 instead. */
async function readMember(source: ByteSource, member: ZipMember): Promise<Uint8Array> {
  const { size, read, archiveOffset } = await openMember(source, member);
  const isUnsummed = member.crc === 0 && member.method === STORED;
  return isUnsummed ? source.read(archiveOffset, size) : read(0, size);
}

/** Returns the offset of a storage in the archive. */
async function findStorage(source: ByteSource, member: ZipMember | undefined): Promise<number> {
  return member === undefined ? 0 : (await openMember(source, member)).archiveOffset;
}

async function storedTensor(
  source: ByteSource,
  tensor: TorchTensor,
  member: ZipMember | undefined,
  littleEndian: boolean,
  storageOffset: (key: string) => Promise<number>,
): Promise<StoredTensor> {
  const { name, dtype, shape, storage } = tensor;
  const itemSize = isDType(dtype) ? DTYPE_BITS[dtype] / 8 : 0;
  const refusal = refusalOf(tensor, member, itemSize);
  const begin =
    storage === null ? 0 : (await storageOffset(storage.key)) + storage.first * itemSize;
  const extent = storage === null ? 0 : extentOf(shape, storage.strides);
  const entry = {
    name,
    dtype,
    shape,
    readable: refusal === null,
    byteOffset: begin,
    byteLength: Number.isFinite(extent) ? extent * itemSize : 0,
  };
  return {
    entry,
    open: async () => {
      if (refusal !== null || storage === null || !isDType(dtype) || !isNumericDType(dtype)) {
        throw new FormatError(source.name, `tensor ${quote(name)}: ${refusal}`);
      }
      const { strides } = storage;
      const order = orderOf(shape, strides);
      const layout = { dtype, offset: begin, littleEndian };
      return order === null
        ? stridedNumbers(source, entry, { ...layout, strides })
        : storedNumbers(source, entry, { ...layout, order });
    },
  };
}

/** Says why a tensor cannot be read, and the fix; null if it can. */
function refusalOf(
  { dtype, shape, storage, refusal }: TorchTensor,
  member: ZipMember | undefined,
  itemSize: number,
): string | null {
  if (refusal !== null) return refusal;
  if (!isDType(dtype)) return `dtype ${dtype} is not read as numbers; convert it to float32`;
  if (!isNumericDType(dtype)) return `dtype ${dtype} holds ${REFUSALS[dtype]}`;
  if (storage === null || member === undefined) {
    return 'its storage is missing from the archive; the file is damaged or was saved in parts';
  }
  if (member.method !== STORED) {
    return 'its storage is compressed, which PyTorch never does; torch.save the checkpoint again';
  }
  const elements = storage.typed ? storage.size : Math.floor(storage.size / itemSize);
  if (!(storage.first + extentOf(shape, storage.strides) <= elements)) {
    return `shape ${formatShape(shape)} from element ${storage.first} exceeds the ${elements} elements of its storage; the file is damaged`;
  }
  if (isBlownUp(shape, elements)) {
    return `shape ${formatShape(shape)} has many more elements than the ${elements} of its storage; save tensor.contiguous()`;
  }
  // A type other than the one that was saved needs another number of bytes.
  const bytes = storage.typed ? elements * itemSize : storage.size;
  return bytes === member.size
    ? null
    : `its storage has ${member.size} bytes, not those of ${elements} elements of ${dtype}; the file is damaged`;
}
