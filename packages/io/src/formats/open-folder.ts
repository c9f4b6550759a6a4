import { FormatError, quoteList } from '../bytes/format-error.ts';
import type { SourceFolder } from '../bytes/source-folder.ts';
import type { TensorFile } from '../tensors/tensor-file.ts';
import type { OpenOptions } from './format.ts';
import { openTensors } from './open-tensors.ts';
import { FORMATS } from './registry.ts';

/**
 * Usual names of weights, the preferred first: those of transformers, diffusers and SAELens, then older and exported
 * forms by PyTorch and for ONNX.
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

/** Names that mark files of weights, those of the lowest rank first; names of one rank are in one list. */
function namesByRank(): RegExp[][] {
  const names = FORMATS.flatMap(({ inFolders = [] }) => inFolders);
  const ranks = [...new Set(names.map(({ rank }) => rank))].toSorted((a, b) => a - b);
  return ranks.map((rank) => names.filter((each) => each.rank === rank).map((each) => each.names));
}

/**
 * Opens the weights of a folder: those with a usual name (an index of shards before a single file), or else the only
 * file of weights.
 *
 * @param folder the folder.
 * @param options as for `openTensors`.
 * @returns the opened file.
 * @throws FormatError (as a rejection) if there are no weights or several files of the same kind, and as `openTensors`
 *   does.
 * @example
 * ```js
 * import { encodeNpy } from '@polysem/io';
 * import { filesFolder } from '@polysem/io/bytes';
 * import { openFolder } from '@polysem/io/formats';
 * const bytes = encodeNpy({ shape: [1], data: Float64Array.of(1) });
 * (await openFolder(filesFolder([new File([bytes], 'w.npy')]))).format; // 'npy'
 * ```
 */
export async function openFolder(
  folder: SourceFolder,
  options: OpenOptions = {},
): Promise<TensorFile> {
  for (const file of await candidates(folder)) {
    // oxlint-disable-next-line no-await-in-loop -- the first one present is opened
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
  for (const patterns of namesByRank()) {
    const found = names.filter((name) => patterns.some((pattern) => pattern.test(name)));
    if (found.length === 1) return found;
    if (found.length > 1) {
      throw new FormatError(
        folder.name,
        `holds ${found.length} files of weights, ${quoteList(found)}; choose one`,
      );
    }
  }
  throw new FormatError(
    folder.name,
    names.length === 0
      ? 'is empty; give a file of weights'
      : `holds no file of weights, only ${quoteList(names)}; give a file of weights`,
  );
}
