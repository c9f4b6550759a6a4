import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { readNpyHeader, trailingNpy } from '../npy/header.ts';
import { npyNumbers } from '../npy/npy.ts';
import { isZip, type Format, type OpenOptions } from '../format.ts';
import {
  tensorFile,
  unreadableTensor,
  type StoredTensor,
  type TensorFile,
} from '../../tensors/tensor-file.ts';
import type { ZipMember } from '../../bytes/zip-directory.ts';
import { openMember, STORED } from '../../bytes/zip-member.ts';

/** Headers read concurrently. */
const AT_ONCE = 6;

export const npzFormat: Format = {
  name: 'npz',
  title: 'npz',
  extensions: ['.npz'],
  // The zip files of PyTorch have been recognised before.
  recognises: isZip,
  openTensors: async ({ source, zipMembers }, options) =>
    openNpz(source, await zipMembers(), options),
  isShard: true,
  inFolders: [{ rank: 3, names: /\.npz$/i }],
  reads: 'as npy; stored or deflated members',
  refuses: 'as npy; encrypted members',
};

/**
 * Opens an npz file, as written by np.savez or np.savez_compressed: a zip of npy files. A tensor has the name of its member
 * without `.npy`; members with other extensions are skipped.
 *
 * Rejects with FormatError if the archive or the header of an array is damaged.
 */
async function openNpz(
  source: ByteSource,
  members: readonly ZipMember[],
  { spool }: OpenOptions,
): Promise<TensorFile> {
  const arrays = members.filter((member) => member.name.endsWith('.npy'));
  if (arrays.length === 0 && members.length > 0) {
    throw new FormatError(
      source.name,
      `is a zip without npy members (the first is ${quote(members[0].name)}), not an npz file`,
    );
  }
  const opened: Opened[] = [];
  for (let at = 0; at < arrays.length; at += AT_ONCE) {
    const some = arrays.slice(at, at + AT_ONCE);
    // oxlint-disable-next-line no-await-in-loop -- a limited number at once
    opened.push(...(await Promise.all(some.map((array) => openListed(source, array, spool)))));
  }
  const problem = opened.find(({ error }) => error !== undefined)?.error;
  if (problem !== undefined && opened.every(({ error }) => error !== undefined)) throw problem;
  const notes = opened.flatMap(({ tensor, note }) =>
    note === undefined ? [] : [`${quote(tensor.entry.name)}: ${note}`],
  );
  const tensors = opened.map(({ tensor }) => tensor);
  return tensorFile(source, 'npz', tensors, {}, notes);
}

interface Opened {
  readonly tensor: StoredTensor;
  readonly note?: string | undefined;
  /** Reason why the array cannot be read. */
  readonly error?: FormatError;
}

/** Opens one array; lists it as unreadable if its header is damaged. */
async function openListed(
  source: ByteSource,
  member: ZipMember,
  spool: OpenOptions['spool'],
): Promise<Opened> {
  try {
    return await open(source, member, spool);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const name = member.name.slice(0, -'.npy'.length);
    return { tensor: unreadableTensor(source, { name }, error.problem), error };
  }
}

async function open(
  source: ByteSource,
  member: ZipMember,
  spool: OpenOptions['spool'],
): Promise<Opened> {
  const npy = await openMember(source, member);
  const header = await readNpyHeader(npy);
  const note = trailingNpy(npy, header);
  const entry = {
    name: member.name.slice(0, -'.npy'.length),
    dtype: header.dtype.name,
    shape: header.shape,
    readable: header.dtype.numeric !== undefined,
    byteOffset: npy.archiveOffset,
    byteLength: member.compressedSize,
  };
  const tensor = {
    entry,
    open: async () => {
      // A stored member is read in place; a compressed one would be inflated again for every pass.
      if (note !== undefined) await readToEnd(npy);
      const slow = member.method !== STORED && header.dtype.numeric !== undefined;
      return npyNumbers(slow && spool ? await spool(npy) : npy, header, entry);
    },
  };
  return { tensor, note };
}

/** Bytes read at a time. */
const PIECE = 1 << 20;

/** Reads a member whole, which checks its sum: reading an array that ends before its member does not. */
async function readToEnd({ size, read }: ByteSource): Promise<void> {
  for (let at = 0; at < size; at += PIECE) {
    // oxlint-disable-next-line no-await-in-loop -- one piece in memory at a time
    await read(at, Math.min(PIECE, size - at));
  }
}
