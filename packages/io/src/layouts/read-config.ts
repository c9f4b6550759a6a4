import type { SourceFolder } from '../bytes/source-folder.ts';
import type { ModelConfig } from './model-config.ts';

/** Configurations are a few kilobytes; a larger file is none. */
const LARGEST = 4 * 2 ** 20;
/** By transformers and by SAELens. */
const NAMES = ['config.json', 'cfg.json'] as const;

/**
 * The configuration that lies in the folder of a model, config.json or cfg.json, as parsed; null if there is none that can
 * be read: nothing rests on it, and layouts say what they could not find out without it.
 */
export async function readConfig(folder: SourceFolder): Promise<ModelConfig | null> {
  for (const name of NAMES) {
    // oxlint-disable-next-line no-await-in-loop -- the first that can be read ends it
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
