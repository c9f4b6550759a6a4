import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ModelConfig } from '@polysem/io';

/** Configurations are a few kilobytes; a larger file is none. */
const LARGEST = 4 * 2 ** 20;

/** The configuration beside a checkpoint, config.json or cfg.json, as parsed; null if there is none that can be read. */
export async function neighbourConfig(path: string): Promise<ModelConfig | null> {
  const folder = dirname(path);
  return (
    (await readConfig(join(folder, 'config.json'))) ?? (await readConfig(join(folder, 'cfg.json')))
  );
}

async function readConfig(path: string): Promise<ModelConfig | null> {
  try {
    const handle = await open(path, 'r');
    try {
      const status = await handle.stat();
      if (!status.isFile() || status.size > LARGEST) return null;
      const parsed: unknown = JSON.parse(await handle.readFile('utf8'));
      return typeof parsed === 'object' && parsed !== null ? (parsed as ModelConfig) : null;
    } finally {
      await handle.close();
    }
  } catch {
    // Nothing rests on it: layouts say what they could not find out without it.
    return null;
  }
}
