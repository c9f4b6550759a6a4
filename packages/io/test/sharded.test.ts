import { describe, expect, test } from 'vitest';
import { fileSource, filesFolder, type NamedBlob, type SourceFolder } from '../src/bytes/index.ts';
import { openFolder } from '../src/formats/index.ts';
import {
  bytesSource,
  encodeNpy,
  encodeSafetensors,
  FormatError,
  openTensors,
  type TensorFile,
} from '../src/index.ts';
import { isInside } from '../src/bytes/source-folder.ts';
import { concat, expectOneLine, rawSafetensors } from './helpers.ts';

const INDEX = 'model.safetensors.index.json';
const tensor = (name: string, value: number) => ({
  name,
  shape: [2],
  data: Float32Array.of(value, value),
});
const SHARDS = {
  'm-1.safetensors': encodeSafetensors([tensor('a', 1), tensor('b', 2)]),
  'm-2.safetensors': encodeSafetensors([tensor('c', 3)]),
};
const MAP = { a: 'm-1.safetensors', b: 'm-1.safetensors', c: 'm-2.safetensors' };

interface Files extends SourceFolder {
  readonly opened: string[];
}

function folderOf(files: Record<string, Uint8Array>): Files {
  const opened: string[] = [];
  return {
    name: 'folder',
    opened,
    open: async (file) => {
      opened.push(file);
      return Object.hasOwn(files, file) ? bytesSource(`folder/${file}`, files[file]) : undefined;
    },
    list: async () => Object.keys(files),
  };
}

function indexOf(weightMap: unknown, more: object = {}): Uint8Array {
  return concat(JSON.stringify({ metadata: { total_size: 24 }, weight_map: weightMap, ...more }));
}

function open(
  weightMap: unknown,
  files: Record<string, Uint8Array> = SHARDS,
  wanted?: string[],
): Promise<TensorFile> {
  return openTensors(bytesSource(`folder/${INDEX}`, indexOf(weightMap)), {
    folder: folderOf(files),
    ...(wanted === undefined ? {} : { wanted }),
  });
}

async function problem(opening: Promise<unknown>): Promise<string> {
  const error: unknown = await opening.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(FormatError);
  const { message } = error as FormatError;
  expectOneLine(message);
  return message;
}

describe('safetensors in shards', () => {
  test('are read as one file', async () => {
    const file = await open(MAP);
    expect(file.metadata).toEqual({ total_size: '24' });
    expect(
      file.entries.map(({ name, dtype, shape, file: shard }) => [name, dtype, shape, shard]),
    ).toEqual([
      ['a', 'F32', [2], 'm-1.safetensors'],
      ['b', 'F32', [2], 'm-1.safetensors'],
      ['c', 'F32', [2], 'm-2.safetensors'],
    ]);
    expect((await file.read('b')).data).toEqual(Float32Array.of(2, 2));
    const reader = await file.open('c');
    expect(reader.entry).toEqual(file.entries[2]);
    expect(await reader.read(1, 1)).toEqual(Float32Array.of(3));
    await expect(file.read('d')).rejects.toThrow('no tensor "d"; the file holds "a", "b", "c"');
  });

  test('are not opened unless a requested tensor is inside', async () => {
    const folder = folderOf(SHARDS);
    const source = bytesSource(`folder/${INDEX}`, indexOf(MAP));
    const file = await openTensors(source, { folder, wanted: ['c'] });
    expect(folder.opened).toEqual(['m-2.safetensors']);
    expect(file.entries.map(({ name }) => name)).toEqual(['c']);
    expect(await problem(open(MAP, SHARDS, ['x']))).toBe(
      `folder/${INDEX}: no tensor "x"; the file holds "a", "b", "c"`,
    );
  });

  test.each<[string, unknown, Record<string, Uint8Array>, string]>([
    [
      'only missing shards',
      { c: 'm-2.safetensors' },
      { 'm-1.safetensors': SHARDS['m-1.safetensors'] },
      'weight_map: "c" is in "m-2.safetensors", which is missing; put it into the folder of the index',
    ],
    [
      'a tensor that is missing from its shard',
      { d: 'm-2.safetensors' },
      SHARDS,
      'weight_map: "d" is missing: "m-2.safetensors" does not hold it; index and shards belong to different models',
    ],
    [
      'a tensor that is in another shard',
      { a: 'm-2.safetensors', c: 'm-1.safetensors' },
      SHARDS,
      'weight_map: "a" is missing: "m-2.safetensors" does not hold it, but "m-1.safetensors" does; index and shards belong to different models',
    ],
    [
      'a tensor in two shards',
      MAP,
      { ...SHARDS, 'm-2.safetensors': encodeSafetensors([tensor('c', 3), tensor('a', 1)]) },
      'tensor "a" is in two shards, "m-1.safetensors" and "m-2.safetensors"; remove it from one',
    ],
    ...[
      '../x',
      '/etc/passwd',
      'a/../../x',
      'C:\\x',
      '..\\x',
      'http://x/y',
      '',
      'a//b',
      './a',
      'x\0',
      'a?b',
    ].map((shard): [string, unknown, Record<string, Uint8Array>, string] => [
      `a path outside the folder, ${JSON.stringify(shard)}`,
      { a: shard },
      SHARDS,
      `weight_map: "a" is in ${JSON.stringify(shard)}, which is not a file in the folder of the index; name one that is`,
    ]),
    [
      'itself as a shard',
      { a: INDEX },
      { [INDEX]: indexOf({ a: INDEX }) },
      `weight_map: "a" is in "${INDEX}", the index itself; name the shard`,
    ],
    ['a number as a shard', { a: 3 }, SHARDS, 'weight_map: "a" is not the name of a file'],
    [
      'a list as weight_map',
      ['m-1.safetensors'],
      SHARDS,
      'is JSON without an object "weight_map", so it is not an index of shards; give a file of weights',
    ],
    [
      'too many shards',
      Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`t${i}`, `s${i}`])),
      SHARDS,
      'weight_map: names 1001 files, more than the 1000 allowed',
    ],
  ])('rejects an index with %s', async (_, map, files, message) => {
    expect(await problem(open(map, files))).toBe(`folder/${INDEX}: ${message}`);
  });

  test('names a shard that is an index or damaged', async () => {
    const only = { c: 'm-2.safetensors' };
    const again = { ...SHARDS, 'm-2.safetensors': indexOf(MAP) };
    expect(await problem(open(only, again))).toMatch(/^folder\/m-2\.safetensors: /);
    const short = { ...SHARDS, 'm-2.safetensors': SHARDS['m-2.safetensors'].subarray(0, 70) };
    expect(await problem(open(only, short))).toMatch(/^folder\/m-2\.safetensors: .*truncated/);
  });

  test.each([
    [
      'a shard is missing',
      undefined,
      'is missing',
      'is in "m-2.safetensors", which is missing; put it into the folder of the index',
    ],
    [
      'a shard is a Git LFS pointer',
      concat('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n'),
      'is a Git LFS pointer, not the file of 7 bytes',
      'is in "m-2.safetensors", which cannot be read: is a Git LFS pointer',
    ],
    [
      'a shard is truncated',
      SHARDS['m-2.safetensors'].subarray(0, 70),
      'truncated',
      'is in "m-2.safetensors", which cannot be read: ',
    ],
  ])('reads the other shards if %s', async (_, shard, note, reason) => {
    const files = { 'm-1.safetensors': SHARDS['m-1.safetensors'] };
    const all = shard === undefined ? files : { ...files, 'm-2.safetensors': shard };
    const file = await open(MAP, all);
    expect((await file.read('b')).data).toEqual(Float32Array.of(2, 2));
    expect(file.entries.map(({ name, readable }) => [name, readable])).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
    ]);
    expect(file.entries[2].problem).toContain(reason);
    expect(await problem(file.read('c'))).toContain(`tensor "c": ${reason}`);
    expect(file.notes).toEqual([
      expect.stringContaining('"m-2.safetensors", with 1 tensor, cannot be read: '),
    ]);
    expect(file.notes?.[0]).toContain(note);
  });

  test('reads the other tensors if one is missing from its shard', async () => {
    const file = await open({ ...MAP, d: 'm-2.safetensors' });
    expect((await file.read('c')).data).toEqual(Float32Array.of(3, 3));
    expect(await problem(file.read('d'))).toBe(
      `folder/${INDEX}: tensor "d": is missing: "m-2.safetensors" does not hold it; ` +
        'index and shards belong to different models',
    );
  });

  test('rejects an index with a repeated tensor, without its shards, or truncated', async () => {
    const twice = concat('{"weight_map":{"a":"m-1.safetensors","\\u0061":"m-2.safetensors"}}');
    const folder = folderOf(SHARDS);
    expect(await problem(openTensors(bytesSource('i', twice), { folder }))).toBe(
      'i: the index has the key "a" twice',
    );
    expect(await problem(openTensors(bytesSource('i', indexOf(MAP))))).toBe(
      'i: is an index of shards; open it together with the shards, as a folder',
    );
    const whole = indexOf(MAP);
    for (let length = 0; length < whole.length; length++) {
      // oxlint-disable-next-line no-await-in-loop
      await problem(openTensors(bytesSource('i', whole.subarray(0, length)), { folder }));
    }
  });

  test('does not name itself, whatever the folders above it', async () => {
    const index = bytesSource(`a/b/c/${INDEX}`, indexOf({ a: INDEX }));
    expect(await problem(openTensors(index, { folder: folderOf({}) }))).toBe(
      `a/b/c/${INDEX}: weight_map: "a" is in "${INDEX}", the index itself; name the shard`,
    );
  });

  test('is not recognised in a safetensors file whose header length begins with a brace', async () => {
    const text = `{"W":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`.padEnd(0x7b);
    const bytes = rawSafetensors(text, 4);
    expect(bytes[0]).toBe(0x7b);
    expect((await openTensors(bytesSource('x', bytes))).format).toBe('safetensors');
  });
});

/** Weights that are recognised by their content. */
const ANY_NAME = encodeNpy({ shape: [1], data: Float64Array.of(1) });

describe('a folder of weights', () => {
  const file = { 'model.safetensors': SHARDS['m-2.safetensors'] };

  test.each<[string, Record<string, Uint8Array>, string[]]>([
    ['its index', { ...SHARDS, [INDEX]: indexOf(MAP), ...file }, ['a', 'b', 'c']],
    ['the file with the usual name', { ...SHARDS, ...file }, ['c']],
    ['its only index', { ...SHARDS, 'x.safetensors.index.json': indexOf({ c: MAP.c }) }, ['c']],
    [
      'its only file',
      { 'cfg.json': concat('{}'), 'm-2.safetensors': SHARDS['m-2.safetensors'] },
      ['c'],
    ],
  ])('opens %s', async (_, files, names) => {
    const opened = await openFolder(folderOf(files));
    expect(opened.entries.map(({ name }) => name)).toEqual(names);
  });

  test.each<[string, string[]]>([
    ['model.safetensors', ['pytorch_model.bin', 'model.onnx', 'x.gguf']],
    ['pytorch_model.bin', ['model.onnx', 'training_args.bin', 'other.pt']],
    ['x.safetensors', ['y.npz', 'z.pt']],
    ['y.npz', ['z.pt', 'm.gguf']],
    ['z.ckpt', ['m.gguf', 'other.bin']],
    ['other.bin', ['training_args.bin', 'optimizer.bin', 'm.gguf']],
    ['m.gguf', ['m.onnx', 'tokenizer.json']],
    ['m.onnx', ['readme.txt']],
  ])('opens %s rather than %j', async (chosen, others) => {
    const files = Object.fromEntries(others.map((name) => [name, concat('no weights at all')]));
    const opened = await openFolder(folderOf({ ...files, [chosen]: ANY_NAME }));
    expect(opened.entries.length).toBe(1);
  });

  test.each<[Record<string, Uint8Array>, string]>([
    [
      { 'a.gguf': concat('x'), 'b.gguf': concat('x') },
      'holds 2 files of weights, "a.gguf", "b.gguf"; choose one',
    ],
    [SHARDS, 'holds 2 files of weights, "m-1.safetensors", "m-2.safetensors"; choose one'],
    [
      { 'cfg.json': concat('{}') },
      'holds no file of weights, only "cfg.json"; give a file of weights',
    ],
    [{}, 'is empty; give a file of weights'],
  ])('rejects an ambiguous or empty choice', async (files, message) => {
    expect(await problem(openFolder(folderOf(files)))).toBe(`folder: ${message}`);
    const unlisted: SourceFolder = { name: 'folder', open: folderOf(files).open };
    expect(await problem(openFolder(unlisted))).toMatch(/^folder: holds none of model\.safe/);
  });

  test.each(['a', 'a/b', 'a..b', '.hidden', 'ü'])('accepts the shard name %j', (name) => {
    expect(isInside(name)).toBe(true);
  });
});

describe('files dropped in a browser', () => {
  const dropped = (path: string, bytes: Uint8Array): NamedBlob =>
    Object.assign(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
      name: path.split('/').at(-1) as string,
      ...(path.includes('/') ? { webkitRelativePath: path } : {}),
    });

  test.each(['', 'model/'])('are opened as a folder (below %j)', async (base) => {
    const files = Object.entries({ ...SHARDS, [INDEX]: indexOf(MAP) });
    const folder = filesFolder(files.map(([name, bytes]) => dropped(base + name, bytes)));
    const file = await openFolder(folder);
    expect((await file.read('c')).data).toEqual(Float32Array.of(3, 3));
    await expect(folder.open('../x')).rejects.toThrow('leads out of the folder');
  });

  test('have the names of their paths below the dropped folder', async () => {
    const files = ['top/w', 'top/a/w', 'top/a/b/w', 'w2'].map((path) => dropped(path, concat('x')));
    expect(await filesFolder(files).list?.()).toEqual(['w', 'a/w', 'a/b/w', 'w2']);
  });

  test('are opened as a single file', async () => {
    const file = await openTensors(fileSource(dropped('m.safetensors', SHARDS['m-1.safetensors'])));
    expect((await file.read('a')).data).toEqual(Float32Array.of(1, 1));
  });

  test('are rejected if two have one name, or if one has changed', async () => {
    const one = dropped('m', SHARDS['m-1.safetensors']);
    expect(() => filesFolder([one, one])).toThrow('two files are called m');
    const gone: NamedBlob = {
      name: 'm',
      size: 100,
      slice: () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }),
    };
    expect(await problem(openTensors(fileSource(gone)))).toBe(
      'm: cannot be read any more; if it has changed, drop it again',
    );
    const shorter: NamedBlob = { name: 'm', size: 9999, slice: (a, b) => one.slice(a, b) };
    expect(await problem(fileSource(shorter).read(9000, 99))).toBe(
      'm: ends before byte 9099; if it has changed, drop it again',
    );
  });
});
