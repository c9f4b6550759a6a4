import type { SourceFolder } from '../bytes/source-folder.ts';
import type { ModelConfig } from './model-config.ts';

/** Largest configuration read; real ones have a few kilobytes. */
const LARGEST = 4 * 2 ** 20;
/** Names used by transformers, by SAELens and by Llama Scope. */
const NAMES = ['config.json', 'cfg.json', 'hyperparams.json'] as const;

/**
 * Reads the configuration of a model: config.json, cfg.json or hyperparams.json in its folder.
 *
 * @param folder the folder of the model.
 * @param file the name of the weights, for a configuration named after them: `0.pt` has `0_cfg.json`.
 * @returns the parsed object, or null if there is none that can be read: nothing depends on it, and layouts report what
 *   they could not determine without it.
 */
export async function readConfig(folder: SourceFolder, file?: string): Promise<ModelConfig | null> {
  const own = file === undefined ? [] : [`${file.replace(/\.\w+$/, '')}_cfg.json`];
  for (const name of [...own, ...NAMES]) {
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
