import type { FileHead } from '../format.ts';

/** The first bytes of a checkpoint from before PyTorch 1.6: several pickles, the first of them a magic number. */
const LEGACY_MAGIC = Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc);
/** Place of `ustar` in the header of a tar archive. */
const USTAR_OFFSET = 257;
/** Advice for a checkpoint that is not read. */
export const CONVERT: string = 'load it in PyTorch and write it with safetensors.torch.save_file';

/**
 * Recognises PyTorch's older formats, tar archives and other pickles, none of which is read.
 *
 * @returns the problem and its fix, or null if the file is none of these.
 */
export function oldTorch({ start }: FileHead): string | null {
  if (LEGACY_MAGIC.every((byte, i) => start[i] === byte)) {
    return `is a PyTorch checkpoint in the format from before version 1.6; convert it in Python: torch.save(torch.load('old.pt'), 'new.pt'), or ${CONVERT}`;
  }
  const text = new TextDecoder('latin1').decode(start);
  if (/^(?:\.\/)?(?:sys_info|pickle|storages|tensors)\0/.test(text)) {
    return `is a PyTorch checkpoint in the tar format of the first releases; ${CONVERT}`;
  }
  if (/^ustar[\0 ]/.test(text.slice(USTAR_OFFSET))) {
    return 'is a tar archive; unpack it and give the file of weights in it';
  }
  // A safetensors file can begin with the same bytes, but its header opens with a brace at byte 8.
  const isPickle = start[0] === 0x80 && start[1] >= 2 && start[1] <= 5 && start[8] !== 0x7b;
  return isPickle
    ? `is a Python pickle but not a PyTorch checkpoint; pickles are never run; ${CONVERT}`
    : null;
}
