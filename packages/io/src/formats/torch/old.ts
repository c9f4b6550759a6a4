import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError } from '../../bytes/format-error.ts';

/** How a checkpoint of PyTorch before 1.6 begins, which is several pickles and no zip: protocol 2, a magic number. */
const LEGACY_MAGIC = Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc);
/** Where `ustar` stands in the header of a tar archive. */
const USTAR_OFFSET = 257;
/** The way out for a checkpoint that is not read. */
export const CONVERT: string = 'load it in PyTorch and write it with safetensors.torch.save_file';

/**
 * Refuses what PyTorch wrote before checkpoints were zips, tar archives (which hold newer checkpoints too), and pickles
 * that are nobody's checkpoint.
 *
 * Rejects with FormatError naming the format and the fix.
 */
export async function refuseOldTorch(source: ByteSource): Promise<void> {
  const start = await source.read(0, Math.min(source.size, USTAR_OFFSET + 5));
  const fail = (problem: string): never => {
    throw new FormatError(source.name, problem);
  };
  if (LEGACY_MAGIC.every((byte, i) => start[i] === byte)) {
    fail(
      `is a PyTorch checkpoint of the format before 1.6; torch.load it and torch.save it again, or ${CONVERT}`,
    );
  }
  const text = new TextDecoder().decode(start);
  const firstMember = /^(?:\.\/)?(?:sys_info|pickle|storages|tensors)\0/.test(text);
  if (firstMember) {
    fail(`is a PyTorch checkpoint of the tar format of its first releases; ${CONVERT}`);
  }
  if (String.fromCodePoint(...start.subarray(USTAR_OFFSET)) === 'ustar') {
    fail('is a tar archive; unpack it and give the file of weights in it');
  }
  // A safetensors file may begin so too, but has a brace then, where its header begins.
  const isPickle = start[0] === 0x80 && start[1] >= 2 && start[1] <= 5 && start[8] !== 0x7b;
  if (isPickle) {
    fail(`is a Python pickle that is no PyTorch checkpoint, and is never run; ${CONVERT}`);
  }
}
