import { FormatError, quoteList } from '../bytes/format-error.ts';
import type { SourceFolder } from '../bytes/source-folder.ts';
import type { TensorFile } from '../tensors/tensor.ts';
import { openTensors, type OpenOptions } from './open-tensors.ts';

/**
 * What a folder's weights are called, most telling first: by transformers, diffusers and SAELens; then older and exported
 * forms of the same, by PyTorch and for ONNX.
 */
const USUAL = [
  'model.safetensors.index.json',
  'model.safetensors',
  'diffusion_pytorch_model.safetensors.index.json',
  'diffusion_pytorch_model.safetensors',
  'sae_weights.safetensors',
  'pytorch_model.bin.index.json',
  'pytorch_model.bin',
  'diffusion_pytorch_model.bin.index.json',
  'diffusion_pytorch_model.bin',
  'model.onnx',
] as const;

/** Kinds of files with weights: those that stand for several files first, those of exported graphs last. */
const KINDS: readonly RegExp[] = [
  /\.safetensors\.index\.json$/i,
  /\.safetensors$/i,
  /\.bin\.index\.json$/i,
  /\.np[yz]$/i,
  /\.(?:pt|pth|ckpt)$/i,
  // Training writes others beside the weights, of its own state.
  /^(?!training_args|optimizer|scheduler|rng_state).*\.bin$/i,
  /\.gguf$/i,
  /\.onnx$/i,
];

/**
 * Opens the weights of a folder: those with a usual name (an index of shards before a single file), else the only file
 * of weights there is.
 *
 * Rejects with FormatError if there is none or a choice, and as `openTensors` does.
 */
export async function openFolder(
  folder: SourceFolder,
  options: OpenOptions = {},
): Promise<TensorFile> {
  for (const file of await candidates(folder)) {
    // oxlint-disable-next-line no-await-in-loop -- the first that is there ends it
    const source = await folder.open(file);
    if (source !== undefined) return openTensors(source, { ...options, folder });
  }
  throw new FormatError(folder.name, `holds none of ${USUAL.join(', ')}; give the file itself`);
}

async function candidates(folder: SourceFolder): Promise<readonly string[]> {
  if (folder.list === undefined) return USUAL;
  const names = await folder.list();
  const usual = USUAL.filter((name) => names.includes(name));
  if (usual.length > 0) return usual;
  for (const kind of KINDS) {
    const found = names.filter((name) => kind.test(name));
    if (found.length === 1) return found;
    if (found.length > 1) {
      throw new FormatError(
        folder.name,
        `holds ${found.length} files of weights, ${quoteList(found)}; give the one to open`,
      );
    }
  }
  throw new FormatError(
    folder.name,
    names.length === 0
      ? 'is empty; give a file of weights'
      : `holds no file of weights, but ${quoteList(names)}; give a file of weights`,
  );
}
