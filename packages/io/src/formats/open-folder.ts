import { FormatError, quoteList } from '../bytes/format-error.ts';
import type { SourceFolder } from '../bytes/source-folder.ts';
import { tensorFile, type StoredTensor, type TensorFile } from '../tensors/tensor-file.ts';
import type { OpenOptions } from './format.ts';
import { openTensors } from './open-tensors.ts';
import { distributedCheckpoint } from './not-weights.ts';
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

/** Usual names of dictionaries, tried in folders that cannot be listed: Gemma Scope, sparsify, Llama Scope, dictionary_learning. */
const DICTIONARIES = [
  'params.safetensors',
  'params.npz',
  'sae.safetensors',
  'checkpoints/final.safetensors',
  'ae.pt',
  'latest_ckpt.safetensors',
] as const;

/** Names that mark files of weights, those of the lowest rank first; names of one rank are in one list. */
function namesByRank(): RegExp[][] {
  const names = FORMATS.flatMap(({ inFolders = [] }) => inFolders);
  const ranks = [...new Set(names.map(({ rank }) => rank))].toSorted((a, b) => a - b);
  return ranks.map((rank) => names.filter((each) => each.rank === rank).map((each) => each.names));
}

/** Files of weights that belong together because each holds one layer: `layer_3`, `params_layer_0`, `W_enc_0`, `L9R-8x`. */
const LAYERED = /(?:^|[^a-z])(?:layers?|blocks?)[._-]?\d|^W_(?:enc|dec)_\d|(?:^|[-_./])L\d/i;

/** Most files opened together, so that the system's limit of open files is not reached. */
const MOST_FILES = 200;
/** Most names listed for the user to choose from. */
const CANDIDATES = 20;
/** Levels of folders searched below the given one: `layers.3/checkpoints/final.safetensors`. */
const DEPTH = 2;

/** A file of weights and the folder that it is in. */
interface WeightFile {
  /** Path from the opened folder. */
  readonly path: string;
  readonly folder: SourceFolder;
  readonly name: string;
}

/**
 * Opens the weights of a folder: those with a usual name (an index of shards before a single file), or else the only
 * file of weights, or else one file per layer. In a folder without weights, the folders in it are searched, such as one
 * folder per hook point. Tensors of several files are listed together; where names repeat, each begins with its file.
 *
 * @param folder the folder.
 * @param options as for `openTensors`.
 * @returns the opened file.
 * @throws FormatError (as a rejection) if there are no weights or several files of the same kind, and as `openTensors`
 *   does.
 * @example
 * ```js
 * import { encodeNpy, filesFolder, openFolder } from 'polysem/io';
 * const bytes = encodeNpy({ shape: [1], data: Float64Array.of(1) });
 * (await openFolder(filesFolder([new File([bytes], 'w.npy')]))).format; // 'npy'
 * ```
 */
export async function openFolder(
  folder: SourceFolder,
  options: OpenOptions = {},
): Promise<TensorFile> {
  if (!(await canList(folder))) return openUsual(folder, options);
  const files = await weightFiles(folder, '', DEPTH);
  if (files.length > MOST_FILES) {
    throw new FormatError(
      folder.name,
      `holds ${files.length} files of weights, more than the ${MOST_FILES} opened together; give a folder in it`,
    );
  }
  const opened = await Promise.all(files.map((file) => openOne(file, options)));
  const [first] = files;
  // A name with a layer is kept beside the tensors, for the layouts.
  if (files.length === 1 && first.path === first.name && !LAYERED.test(first.name))
    return opened[0];
  return together(folder, files, opened);
}

/** Returns whether a folder can be listed; a mirror of the hub may lack the API for it. */
async function canList(folder: SourceFolder): Promise<boolean> {
  if (folder.list === undefined) return false;
  if (folder.mostSearched === undefined) return true;
  return folder.list().then(
    () => true,
    (error: unknown) => {
      if (error instanceof FormatError) return false;
      throw error;
    },
  );
}

/** Opens the first usual file of a folder that cannot be listed. */
async function openUsual(folder: SourceFolder, options: OpenOptions): Promise<TensorFile> {
  for (const file of [...USUAL, ...DICTIONARIES]) {
    // oxlint-disable-next-line no-await-in-loop -- the first one present is opened
    const source = await folder.open(file);
    if (source !== undefined) return openTensors(source, { ...options, folder });
  }
  const names = [...USUAL, ...DICTIONARIES].join(', ');
  throw new FormatError(folder.name, `holds none of ${names}; give the file itself`);
}

async function openOne(file: WeightFile, options: OpenOptions): Promise<TensorFile> {
  const { folder, name, path } = file;
  const source = await folder.open(name);
  if (source === undefined) throw new FormatError(folder.name, `${path}: no such file`);
  return openTensors(source, { ...options, folder });
}

/** Lists the files of weights that a folder stands for. */
async function weightFiles(
  folder: SourceFolder,
  prefix: string,
  depth: number,
): Promise<WeightFile[]> {
  const names = (await folder.list?.()) ?? [];
  const fileOf = (name: string): WeightFile => ({ path: `${prefix}${name}`, folder, name });
  const usual = USUAL.find((name) => names.includes(name));
  if (usual !== undefined) return [fileOf(usual)];
  const distributed = distributedCheckpoint(names);
  if (distributed !== null) throw new FormatError(folder.name, distributed);
  for (const patterns of namesByRank()) {
    const found = names.filter((name) => patterns.some((pattern) => pattern.test(name)));
    if (found.length === 1 || (found.length > 1 && found.every((name) => LAYERED.test(name))))
      return found.map(fileOf);
    if (found.length > 1) {
      throw new FormatError(
        folder.name,
        `holds ${found.length} files of weights, ${quoteList(found, CANDIDATES)}; choose one`,
      );
    }
  }
  const inside = await foldersIn(folder);
  const { mostSearched = Infinity } = folder;
  if (inside.length > mostSearched && depth > 0) {
    throw new FormatError(
      folder.name,
      `holds no file of weights, but ${inside.length} folders, ${quoteList(inside, CANDIDATES)}; choose one`,
    );
  }
  const below = depth > 0 ? await filesBelow(folder, inside, prefix, depth) : [];
  if (below.length > 0) return below;
  throw new FormatError(
    folder.name,
    names.length === 0
      ? 'is empty; give a file of weights'
      : `holds no file of weights, only ${quoteList(names)}; give a file of weights`,
  );
}

/** Lists the folders in a folder that may hold weights, in the order of their numbers. */
async function foldersIn(folder: SourceFolder): Promise<string[]> {
  return ((await folder.folders?.()) ?? [])
    .filter((name) => !name.startsWith('.') && name !== 'node_modules')
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** Lists the files of weights in the folders of a folder; folders without weights are left out. */
async function filesBelow(
  folder: SourceFolder,
  names: readonly string[],
  prefix: string,
  depth: number,
): Promise<WeightFile[]> {
  const found: WeightFile[] = [];
  const ambiguous: FormatError[] = [];
  for (const name of names) {
    const inside = folder.subfolder?.(name);
    if (inside === undefined) continue;
    // oxlint-disable-next-line no-await-in-loop -- folder after folder, until there are too many
    const files = await weightFiles(inside, `${prefix}${name}/`, depth - 1).catch((error) => {
      if (!(error instanceof FormatError)) throw error;
      if (error.message.includes('choose one')) ambiguous.push(error);
      return [];
    });
    found.push(...files);
    if (found.length > MOST_FILES) break;
  }
  if (found.length === 0 && ambiguous.length > 0) throw ambiguous[0];
  return found;
}

/** Lists the tensors of several files as one file. */
function together(
  folder: SourceFolder,
  files: readonly WeightFile[],
  opened: readonly TensorFile[],
): TensorFile {
  const names = opened.flatMap(({ entries }) => entries.map(({ name }) => name));
  const repeats = new Set(names).size < names.length;
  const tensors = opened.flatMap((file, i) => {
    const { path } = files[i];
    const prefix = repeats ? `${path.replace(/\.\w+$/, '')}.` : '';
    return file.entries.map((entry): StoredTensor => {
      const renamed = { ...entry, name: `${prefix}${entry.name}`, file: path };
      const open = async () => ({ ...(await file.open(entry.name)), entry: renamed });
      return { entry: renamed, open };
    });
  });
  const [first] = opened;
  const notes = opened.flatMap(({ notes: own = [] }, i) =>
    own.map((note) => `${files[i].path}: ${note}`),
  );
  const metadata = opened.length === 1 ? first.metadata : {};
  return tensorFile(folder, first.format, tensors, metadata, notes);
}
