/**
 * Extensions of files of weights, for help texts. Loads no format.
 *
 * @module
 */

/** Extensions of the files that hold tensors, each with its dot, those of the most usual formats first. */
export const tensorExtensions: readonly string[] = [
  '.safetensors',
  '.npy',
  '.npz',
  '.pt',
  '.pth',
  '.ckpt',
  '.bin',
  '.gguf',
  '.onnx',
  '.mat',
  '.parquet',
  '.csv',
  '.tsv',
];
