import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FormatError, isUrl } from '@polysem/io/bytes';
import { openWeights } from '@polysem/io/node';
import { LIMITS } from '@polysem/lab/limits';
import { parseResult, readTrained } from '@polysem/reports/results';
import { UsageError } from '../errors.ts';
import { note } from '../output.ts';

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
export interface LabFiles {
  /** Paths by name: results; or weights, their shards, and what the layouts need beside them. */
  readonly files: ReadonlyMap<string, string>;
  /** The part of the page's address that opens them, with `#`; empty if there are none. */
  readonly hash: string;
}

/** The link that opens weights, or figures of weights, on the page "Your model". */
const modelLink = (weights: string): string => `#v=1&page=model&w=${encodeURIComponent(weights)}`;
/** The link that opens a phase diagram or a trained network. */
const resultsLink = (name: string): string => `#v=1&file=${encodeURIComponent(`weights/${name}`)}`;

/** Largest JSON that is read as results. */
const LARGEST = 256 * 2 ** 20;

/**
 * Checks what the lab shall open: a link (`#..`), results, or weights.
 *
 * @throws UsageError or FormatError of one line if it cannot be opened.
 */
export async function labFiles(location: string | undefined): Promise<LabFiles> {
  if (location === undefined) return { files: new Map(), hash: '' };
  if (location.startsWith('#'))
    return { files: new Map(), hash: new URL(location, 'http://localhost').hash };
  if (isUrl(location)) return { files: new Map(), hash: modelLink(location) };
  const found = await stat(location).catch(() => null);
  if (found === null) throw new UsageError(`${location}: no such file`);
  if (!found.isFile())
    throw new UsageError(`${location}: is a folder; give the file of weights in it`);
  return /\.json$/i.test(location) && !/\.index\.json$/i.test(location)
    ? resultsFile(location, found.size)
    : weightsFile(location);
}

async function resultsFile(location: string, bytes: number): Promise<LabFiles> {
  if (bytes > LARGEST)
    throw new FormatError(location, 'is too large for a file of results; give a file of weights');
  const result = parseResult(await readFile(location, 'utf8'), location, LIMITS);
  const name = basename(location);
  return {
    files: new Map([[name, resolve(location)]]),
    hash: result.kind === 'measure' ? modelLink(`weights/${name}`) : resultsLink(name),
  };
}

async function weightsFile(location: string): Promise<LabFiles> {
  const { file, close } = await openWeights(location);
  const isTrained = await readTrained(file, location, LIMITS)
    .then((trained) => trained !== null)
    .catch((error: unknown) => {
      if (!(error instanceof FormatError)) throw error;
      note(`opened as weights: ${error.message}`);
      return false;
    })
    .finally(close);
  const folder = dirname(resolve(location));
  const name = basename(location);
  const shards = file.entries.flatMap((entry) => entry.file ?? []);
  const own = `${name.replace(/\.\w+$/, '')}_cfg.json`;
  const names = new Set([name, ...shards, ...BESIDE, own]);
  return {
    files: new Map([...names].map((each) => [each, join(folder, each)])),
    hash: isTrained ? resultsLink(name) : modelLink(`weights/${name}`),
  };
}
