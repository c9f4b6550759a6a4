import type { ByteSource } from '../../bytes/byte-source.ts';
import { FormatError, quote, quoteList } from '../../bytes/format-error.ts';
import { isRecord, parseJsonObject } from '../../bytes/json-object.ts';
import type { Format, OpenOptions, OpenShard } from '../format.ts';
import { isInside } from '../../bytes/source-folder.ts';
import { tensorFile, type StoredTensor, type TensorFile } from '../../tensors/tensor-file.ts';

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
 * Rejects with FormatError if the index is damaged, or a shard is missing, outside of the folder, lacks one of its
 * tensors or holds a tensor of another shard; and as `openShard` does.
 *
 * Longer than 60 lines: the steps share the index in their errors.
 */
async function openSharded(
  index: ByteSource,
  { folder, wanted }: OpenOptions,
  openShard: OpenShard,
): Promise<TensorFile> {
  const fail = (problem: string): never => {
    throw new FormatError(index.name, problem);
  };
  const { weightMap, metadata } = await readIndex(index);
  if (folder === undefined) {
    return fail('is an index of shards; open it together with the shards, as a folder');
  }
  const shards = chooseShards(index, weightMap, wanted);

  let format: TensorFile['format'] = 'safetensors';
  const openTensorsOf = async (shard: string): Promise<readonly StoredTensor[]> => {
    const [first] = weightMap.find(([, file]) => file === shard) ?? [''];
    const source = await folder.open(shard);
    if (source === undefined) {
      return fail(
        `weight_map: ${quote(first)} is in ${quote(shard)}, which is missing; put it into the folder of the index`,
      );
    }
    const file = await openShard(source);
    format = file.format;
    return file.entries.map((entry) => ({
      entry: { ...entry, file: shard },
      open: async () => {
        const reader = await file.open(entry.name);
        return { ...reader, entry: { ...entry, file: shard } };
      },
    }));
  };

  const held = new Map<string, { readonly tensor: StoredTensor; readonly shard: string }>();
  for (let at = 0; at < shards.length; at += AT_ONCE) {
    const some = shards.slice(at, at + AT_ONCE);
    // oxlint-disable-next-line no-await-in-loop -- a limited number at once
    const opened = await allDone(some.map(openTensorsOf));
    opened.forEach((tensors, i) => {
      for (const tensor of tensors) {
        const { name } = tensor.entry;
        const other = held.get(name)?.shard;
        if (other !== undefined) {
          fail(
            `tensor ${quote(name)} is in two shards, ${quote(other)} and ${quote(some[i])}; remove it from one`,
          );
        }
        held.set(name, { tensor, shard: some[i] });
      }
    });
  }

  const chosen = new Set(shards);
  const tensors = weightMap
    .filter(([, shard]) => chosen.has(shard))
    .map(([name, shard]) => {
      const found = held.get(name);
      if (found?.shard === shard) return found.tensor;
      const where = found === undefined ? '' : `, but ${quote(found.shard)} does`;
      return fail(
        `weight_map: ${quote(shard)} does not hold ${quote(name)}${where}; index and shards belong to different models`,
      );
    });
  return tensorFile(index, format, tensors, metadata);
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
