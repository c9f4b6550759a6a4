import type { ByteSource } from '../bytes/byte-source.ts';
import { openNpz } from './npz/npz.ts';
import type { OpenOptions } from './open-tensors.ts';
import type { TensorFile } from '../tensors/tensor.ts';
import { openTorch, torchPickle } from './torch/torch.ts';
import { readZipDirectory } from '../bytes/zip-directory.ts';

/** Opens a zip file that holds tensors: a PyTorch checkpoint if it has the pickle of one, else an npz file. */
export async function openZip(source: ByteSource, options: OpenOptions = {}): Promise<TensorFile> {
  const members = await readZipDirectory(source);
  const pickle = torchPickle(members);
  return pickle === undefined ? openNpz(source, options) : openTorch(source, members, pickle);
}
