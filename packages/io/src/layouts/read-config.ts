import type { SourceFolder } from '../bytes/source-folder.ts';
import type { ModelConfig } from './model-config.ts';

/** Largest configuration read; real ones have a few kilobytes. */
const LARGEST = 4 * 2 ** 20;
/** Names used by transformers and by SAELens. */
const NAMES = ['config.json', 'cfg.json'] as const;

/**
 * Reads the configuration of a model, config.json or cfg.json in its folder.
 *
 * @param folder the folder of the model.
 * @returns the parsed object, or null if there is none that can be read: nothing depends on it, and layouts report what
 *   they could not determine without it.
 * @example
 * ```js
 * import { filesFolder } from '@polysem/io/bytes';
 * import { readConfig } from '@polysem/io/layouts';
 * const folder = filesFolder([new File(['{"n_head": 12}'], 'config.json')]);
 * (await readConfig(folder)).n_head; // 12
 * ```
 */
export async function readConfig(folder: SourceFolder): Promise<ModelConfig | null> {
  for (const name of NAMES) {
    // oxlint-disable-next-line no-await-in-loop -- the first readable file wins
    const config = await read(folder, name).catch(() => null);
    if (config !== null) return config;
  }
  return null;
}

async function read(folder: SourceFolder, name: string): Promise<ModelConfig | null> {
  const source = await folder.open(name);
  if (source === undefined || source.size > LARGEST) return null;
  const text = new TextDecoder().decode(await source.read(0, source.size));
  const parsed: unknown = JSON.parse(text);
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  return isObject ? (parsed as ModelConfig) : null;
}
