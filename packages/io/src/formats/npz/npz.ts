import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote } from '../../bytes/format-error.ts';
import { readNpyHeader } from '../npy/header.ts';
import { npyNumbers } from '../npy/npy.ts';
import type { OpenOptions } from '../open-tensors.ts';
import { tensorFile, type StoredTensor, type TensorFile } from '../../tensors/tensor.ts';
import { readZipDirectory, type ZipMember } from '../../bytes/zip-directory.ts';
import { openMember, STORED } from '../../bytes/zip-member.ts';

/** Members whose headers are read at once. */
const AT_ONCE = 6;

/**
 * Opens an npz file, as written by np.savez or np.savez_compressed: a zip of npy files, each a tensor
 * called by its member's name without `.npy`. Members that are not called so are passed over.
 *
 * Rejects with FormatError if the archive, or the header of one of its arrays, is damaged.
 */
export async function openNpz(
  source: ByteSource,
  { spool }: OpenOptions = {},
): Promise<TensorFile> {
  const members = await readZipDirectory(source);
  const arrays = members.filter((member) => member.name.endsWith('.npy'));
  if (arrays.length === 0 && members.length > 0) {
    throw new FormatError(
      source.name,
      `is a zip without npy members, such as ${quote(members[0].name)}; it is not an npz file`,
    );
  }
  const tensors: StoredTensor[] = [];
  for (let at = 0; at < arrays.length; at += AT_ONCE) {
    const some = arrays.slice(at, at + AT_ONCE);
    // oxlint-disable-next-line no-await-in-loop -- so many at once, and no more
    tensors.push(...(await Promise.all(some.map((array) => open(source, array, spool)))));
  }
  return tensorFile(source, 'npz', tensors);
}

async function open(
  source: ByteSource,
  member: ZipMember,
  spool: OpenOptions['spool'],
): Promise<StoredTensor> {
  const npy = await openMember(source, member);
  const header = await readNpyHeader(npy);
  const entry = {
    name: member.name.slice(0, -'.npy'.length),
    dtype: header.dtype.name,
    shape: header.shape,
    readable: header.dtype.numeric !== undefined,
    byteOffset: npy.archiveOffset,
    byteLength: member.compressedSize,
  };
  return {
    entry,
    open: async () => {
      // A stored member is read in place; a compressed one would be inflated anew for every pass.
      const slow = member.method !== STORED && header.dtype.numeric !== undefined;
      return npyNumbers(slow && spool ? await spool(npy) : npy, header, entry);
    },
  };
}
