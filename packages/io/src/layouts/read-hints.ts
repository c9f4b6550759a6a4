import type { SourceFolder } from '../bytes/source-folder.ts';
import type { TensorFile } from '../tensors/tensor-file.ts';
import { CODE_NORMALISATION } from './dictionaries/code-normalisation.ts';
import type { FeatureHints } from './find-features.ts';
import type { ModelConfig } from './model-config.ts';
import { readConfig, type FoundConfig } from './read-config.ts';

/** Opened weights and the folders around them. */
export interface WeightsPlace {
  readonly file: Pick<TensorFile, 'entries' | 'metadata'> & Partial<Pick<TensorFile, 'read'>>;
  /** Location of the file or folder. */
  readonly path: string;
  /** Folder of the file, or the opened folder. */
  readonly folder: SourceFolder;
  /** Folder above it, if there is one. */
  readonly parent?: SourceFolder;
}

/**
 * Collects what lies beside weights: metadata, location, and configurations in the same folder, in the folders of single
 * files, or else one folder up.
 *
 * @param place the opened weights and their folders.
 * @returns the hints for `findFeatures`.
 * @example
 * ```js
 * import { filesFolder, readHints } from 'polysem/io';
 * const folder = filesFolder([new File(['{"n_head": 12}'], 'config.json')]);
 * const file = { entries: [], metadata: {} };
 * (await readHints({ file, path: 'w.safetensors', folder })).config.n_head; // 12
 * ```
 */
export async function readHints({
  file,
  path,
  folder,
  parent,
}: WeightsPlace): Promise<FeatureHints> {
  const files = [...new Set(file.entries.flatMap((entry) => entry.file ?? []))];
  const notes: string[] = [];
  const below = await configsBelow(folder, files, notes);
  const own = await noted(readConfig(folder, path.split(/[/\\]/).at(-1)), notes);
  // A single file in a folder of the given one has its own name, folders and configuration.
  const only = files.length === 1 ? files[0] : undefined;
  const [nested] = only === undefined ? [] : Object.values(below);
  const above = async (): Promise<ModelConfig | null> =>
    parent === undefined ? null : noted(readConfig(parent), notes);
  const config = nested ?? own ?? (await above());
  const scalars = await scalarsOf(file);
  return {
    config,
    metadata: file.metadata,
    path: only === undefined ? path : `${path}/${only}`,
    ...(only === undefined && Object.keys(below).length > 0 && { configs: below }),
    ...(scalars !== null && { scalars }),
    ...(notes.length > 0 && { notes }),
  };
}

/** Most scalars read; a crosscoder has one. */
const MOST_SCALARS = 64;

/** Reads the numbers in a file that layouts need; null if there are none. */
async function scalarsOf(file: WeightsPlace['file']): Promise<Record<string, number> | null> {
  const wanted = file.entries.filter(
    ({ name, shape, readable }) =>
      readable &&
      shape.every((size) => size === 1) &&
      (name === CODE_NORMALISATION || name.endsWith(`.${CODE_NORMALISATION}`)),
  );
  const found: Record<string, number> = {};
  for (const { name } of wanted.slice(0, MOST_SCALARS)) {
    // A damaged number is as good as none: the configuration or the usual normalisation counts.
    // oxlint-disable-next-line no-await-in-loop -- one or few small reads
    const tensor = await file.read?.(name).catch(() => undefined);
    if (tensor !== undefined) found[name] = tensor.data[0];
  }
  return Object.keys(found).length > 0 ? found : null;
}

/** Waits for a configuration, and keeps the notes on those that could not be read. */
async function noted(reading: Promise<FoundConfig>, notes: string[]): Promise<ModelConfig | null> {
  const found = await reading;
  notes.push(...found.notes);
  return found.config;
}

/** Reads the configurations in the folders of files, by folder; that above a `checkpoints` folder counts for it. */
async function configsBelow(
  folder: SourceFolder,
  files: readonly string[],
  notes: string[],
): Promise<Record<string, ModelConfig>> {
  const found: Record<string, ModelConfig> = {};
  const names = new Set(files.flatMap((file) => foldersOf(file).slice(0, 1)));
  for (const name of names) {
    for (const at of foldersOf(`${name}/file`)) {
      // oxlint-disable-next-line no-await-in-loop -- the nearest folder wins
      const config = await noted(readConfig(within(folder, at)), notes);
      if (config === null) continue;
      found[name] = config;
      break;
    }
  }
  return found;
}

/** Folders of a path within the opened folder, nearest first. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, parts.length - i).join('/'));
}

function within(folder: SourceFolder, name: string): SourceFolder {
  return { name: `${folder.name}/${name}`, open: (file) => folder.open(`${name}/${file}`) };
}
