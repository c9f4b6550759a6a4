import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote, quoteList } from '../../bytes/format-error.ts';
import { isRecord, parseJsonObject } from '../../bytes/json-object.ts';
import type { Format, OpenOptions, OpenShard } from '../format.ts';
import { isInside, type SourceFolder } from '../../bytes/source-folder.ts';
import {
  tensorFile,
  unreadableTensor,
  type StoredTensor,
  type TensorFile,
} from '../../tensors/tensor-file.ts';

// The index of a model with 100 000 tensors has 10 MB; no model has a thousand shards.
const MAX_INDEX_BYTES = 100_000_000;
const MAX_SHARDS = 1000;
/** Shards opened concurrently. */
const AT_ONCE = 8;

export const shardsFormat: Format = {
  name: 'shards',
  title: 'index of shards',
  extensions: [],
  recognises: ({ start }) => beginsJson(start),
  openTensors: ({ source }, options, openShard) => openSharded(source, options, openShard),
  inFolders: [
    { rank: 0, names: /\.safetensors\.index\.json$/i },
    { rank: 2, names: /\.bin\.index\.json$/i },
  ],
  reads:
    '`model.safetensors.index.json` and `pytorch_model.bin.index.json`, with the files that they name; those without a wanted tensor stay closed',
  refuses: 'other JSON',
};

/**
 * Opens an index of shards, `model.safetensors.index.json` or `pytorch_model.bin.index.json`. Its `weight_map` names
 * the file that holds each tensor. The headers of the shards (for PyTorch, the pickles) are read for dtypes and shapes;
 * with `wanted`, only shards that hold one of these tensors are opened.
 *
 * Source: https://huggingface.co/docs/transformers/big_models, "Sharded checkpoints".
 * A tensor whose shard is missing or damaged, or that its shard lacks, is listed as unreadable, so that the others can be
 * read.
 *
 * Rejects with FormatError if the index is damaged, names a file outside of its folder, two shards hold one tensor, or no
 * tensor can be read.
 */
async function openSharded(
  index: ByteSource,
  { folder, wanted }: OpenOptions,
  openShard: OpenShard,
): Promise<TensorFile> {
  const { weightMap, metadata } = await readIndex(index);
  if (folder === undefined) {
    throw new FormatError(
      index.name,
      'is an index of shards; open it together with the shards, as a folder',
    );
  }
  const names = chooseShards(index, weightMap, wanted);
  const shards: Shard[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE);
    const opened = some.map((name) => openOne(index, folder, name, openShard));
    // oxlint-disable-next-line no-await-in-loop -- a limited number at once
    shards.push(...(await allDone(opened)));
  }
  const tensors = listTensors(index, weightMap, shards);
  const format = shards.find((shard) => 'tensors' in shard)?.format ?? 'safetensors';
  return tensorFile(index, format, tensors, metadata, notesOf(weightMap, shards));
}

/** A shard that was opened, or the reason why it was not. */
type Shard =
  | OpenedShard
  | { readonly name: string; readonly error: FormatError; readonly format?: undefined };

interface OpenedShard {
  readonly name: string;
  readonly format: TensorFile['format'];
  readonly tensors: readonly StoredTensor[];
}

/** Opens one shard and lists its tensors. */
async function openOne(
  index: ByteSource,
  folder: SourceFolder,
  name: string,
  openShard: OpenShard,
): Promise<Shard> {
  try {
    const source = await folder.open(name);
    if (source === undefined) throw new FormatError(index.name, MISSING);
    const file = await openShard(source);
    const tensors = file.entries.map((entry) => ({
      entry: { ...entry, file: name },
      open: async () => {
        const reader = await file.open(entry.name);
        return { ...reader, entry: { ...entry, file: name } };
      },
    }));
    return { name, format: file.format, tensors };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { name, error };
  }
}

const MISSING = 'which is missing; put it into the folder of the index';

/**
 * Finds the tensors of the index in the shards.
 *
 * @throws FormatError if two shards hold one tensor, or no tensor can be read.
 */
function listTensors(
  index: ByteSource,
  weightMap: ShardIndex['weightMap'],
  shards: readonly Shard[],
): readonly StoredTensor[] {
  const held = holders(index, shards);
  const byName = new Map(shards.map((shard) => [shard.name, shard]));
  const errors: FormatError[] = [];
  const tensors = weightMap.flatMap(([name, file]): StoredTensor[] => {
    const shard = byName.get(file);
    if (shard === undefined) return [];
    const found = held.get(name);
    if (found?.shard === file) return [found.tensor];
    const problem = 'error' in shard ? unopened(shard) : notHeld(file, found?.shard);
    errors.push(
      'error' in shard && shard.error.source !== index.name
        ? shard.error
        : new FormatError(index.name, `weight_map: ${quote(name)} ${problem}`),
    );
    return [unreadableTensor(index, { name, file }, problem)];
  });
  if (errors.length > 0 && errors.length === tensors.length) throw errors[0];
  return tensors;
}

function unopened({ name, error }: { readonly name: string; readonly error: FormatError }): string {
  return error.problem === MISSING
    ? `is in ${quote(name)}, ${MISSING}`
    : `is in ${quote(name)}, which cannot be read: ${error.problem}`;
}

function notHeld(file: string, other: string | undefined): string {
  const where = other === undefined ? '' : `, but ${quote(other)} does`;
  return `is missing: ${quote(file)} does not hold it${where}; index and shards belong to different models`;
}

type Holder = { readonly tensor: StoredTensor; readonly shard: string };

/** Maps each tensor to the shard that holds it. @throws FormatError if two shards hold one tensor. */
function holders(index: ByteSource, shards: readonly Shard[]): ReadonlyMap<string, Holder> {
  const held = new Map<string, Holder>();
  for (const shard of shards) {
    for (const tensor of 'tensors' in shard ? shard.tensors : []) {
      const { name } = tensor.entry;
      const other = held.get(name)?.shard;
      if (other !== undefined) {
        throw new FormatError(
          index.name,
          `tensor ${quote(name)} is in two shards, ${quote(other)} and ${quote(shard.name)}; remove it from one`,
        );
      }
      held.set(name, { tensor, shard: shard.name });
    }
  }
  return held;
}

/** Says which shards cannot be read and how many tensors are missing with each. */
function notesOf(weightMap: ShardIndex['weightMap'], shards: readonly Shard[]): string[] {
  return shards.flatMap((shard) => {
    if (!('error' in shard)) return [];
    const count = weightMap.filter(([, file]) => file === shard.name).length;
    const tensors = count === 1 ? '1 tensor' : `${count} tensors`;
    const problem = shard.error.problem === MISSING ? 'is missing' : shard.error.problem;
    return [`${quote(shard.name)}, with ${tensors}, cannot be read: ${problem}`];
  });
}

/**
 * Waits for all promises, then returns the results or throws the first error, so that nothing is still running when the
 * caller closes the folder.
 */
async function allDone<T>(running: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(running);
  return Promise.all(running);
}

/** Returns whether the first bytes begin a JSON object. No safetensors header has 2^56 bytes. */
function beginsJson(start: Uint8Array): boolean {
  return start.length >= 8 && [0x7b, 0x20, 0x09, 0x0a, 0x0d].includes(start[0]) && start[7] !== 0;
}

interface ShardIndex {
  /** Pairs of tensor and shard, in the order of the index. */
  readonly weightMap: readonly (readonly [tensor: string, shard: string])[];
  readonly metadata: Readonly<Record<string, string>>;
}

async function readIndex(index: ByteSource): Promise<ShardIndex> {
  if (index.size > MAX_INDEX_BYTES) {
    throw new FormatError(
      index.name,
      `an index of ${index.size} bytes is longer than the ${MAX_INDEX_BYTES} allowed`,
    );
  }
  const json = parseJsonObject(index, await index.read(0, index.size), 'the index');
  const { weight_map: map, metadata } = json;
  if (!isRecord(map)) {
    throw new FormatError(
      index.name,
      'is JSON without an object "weight_map", so it is not an index of shards; give a file of weights',
    );
  }
  const weightMap = Object.entries(map).map(([tensor, shard]): [string, string] => {
    if (typeof shard === 'string') return [tensor, shard];
    throw new FormatError(index.name, `weight_map: ${quote(tensor)} is not the name of a file`);
  });
  for (const [tensor, shard] of weightMap) checkShard(index, tensor, shard);
  const strings = isRecord(metadata)
    ? Object.entries(metadata).filter(([, value]) => /^(string|number|boolean)$/.test(typeof value))
    : [];
  return {
    weightMap,
    metadata: Object.fromEntries(strings.map(([key, value]) => [key, String(value)])),
  };
}

function checkShard(index: ByteSource, tensor: string, shard: string): void {
  const problem = !isInside(shard)
    ? 'which is not a file in the folder of the index; name one that is'
    : index.name.split(/[/\\]/).at(-1) === shard
      ? 'the index itself; name the shard'
      : undefined;
  if (problem === undefined) return;
  throw new FormatError(
    index.name,
    `weight_map: ${quote(tensor)} is in ${quote(shard)}, ${problem}`,
  );
}

function chooseShards(
  index: ByteSource,
  weightMap: ShardIndex['weightMap'],
  wanted: readonly string[] | undefined,
): readonly string[] {
  const shardOf = new Map(weightMap);
  const shards = [...new Set(wanted === undefined ? shardOf.values() : shardsOf(wanted))];
  if (shards.length <= MAX_SHARDS) return shards;
  throw new FormatError(
    index.name,
    `weight_map: names ${shards.length} files, more than the ${MAX_SHARDS} allowed`,
  );

  function shardsOf(names: readonly string[]): string[] {
    return names.map((name) => {
      const shard = shardOf.get(name);
      if (shard !== undefined) return shard;
      const all = [...shardOf.keys()];
      const held = all.length > 0 ? `the file holds ${quoteList(all)}` : 'the file is empty';
      throw new FormatError(index.name, `no tensor ${quote(name)}; ${held}`);
    });
  }
}
