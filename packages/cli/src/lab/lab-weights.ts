import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isUrl } from '@polysem/io/bytes';
import { openWeights } from '@polysem/io/node';
import { UsageError } from '../errors.ts';

/** Configurations beside weights, from which layouts are known, and vocabularies, which name tokens. */
const BESIDE = [
  'config.json',
  'cfg.json',
  'hyperparams.json',
  'conf.yaml',
  'config.yaml',
  'model_cfg.yaml',
  'final_config.yaml',
  'vocab.txt',
  'vocab.json',
  'tokenizer.json',
] as const;

/** Files that the lab serves, and the link that opens the first. */
export interface LabWeights {
  /** Paths by name: the weights, their shards, and what the layouts need beside them. */
  readonly weights: ReadonlyMap<string, string>;
  /** The part of the page's address that opens them, with `#`; empty if there are none. */
  readonly hash: string;
}

const link = (weights: string): string => `#v=1&page=model&w=${encodeURIComponent(weights)}`;

/**
 * Checks what the lab shall open: a link (`#..`), or weights.
 *
 * @throws UsageError or FormatError of one line if they cannot be opened.
 */
export async function labWeights(location: string | undefined): Promise<LabWeights> {
  if (location === undefined) return { weights: new Map(), hash: '' };
  if (location.startsWith('#'))
    return { weights: new Map(), hash: new URL(location, 'http://localhost').hash };
  if (isUrl(location)) return { weights: new Map(), hash: link(location) };
  const found = await stat(location).catch(() => null);
  if (found === null) throw new UsageError(`${location}: no such file`);
  if (!found.isFile())
    throw new UsageError(`${location}: is a folder; give the file of weights in it`);
  const { file, close } = await openWeights(location);
  await close();
  const folder = dirname(resolve(location));
  const name = basename(location);
  const shards = file.entries.flatMap((entry) => entry.file ?? []);
  const own = `${name.replace(/\.\w+$/, '')}_cfg.json`;
  const names = new Set([name, ...shards, ...BESIDE, own]);
  return {
    weights: new Map([...names].map((each) => [each, join(folder, each)])),
    hash: link(`weights/${name}`),
  };
}
