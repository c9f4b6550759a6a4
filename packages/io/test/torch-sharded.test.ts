// torch-module.pt and torch-tensor.pt were written by test/fixtures/torch.py; here they are shards of one model.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SourceFolder } from '../src/bytes/index.ts';
import { openFolder } from '../src/formats/index.ts';
import { bytesSource, openTensors } from '../src/index.ts';
import { openWeights } from '../src/node/index.ts';
import { concat, fixtureBytes, problemOf, rawZip } from './helpers.ts';
import { serve, type TestServer } from './server.ts';

const INDEX = 'pytorch_model.bin.index.json';
const M = [0.5, -1.25, 3, Math.PI, -0, 1e-3];
const [ONE, TWO] = ['pytorch_model-00001-of-00002.bin', 'last.bin'];
const MAP = { 'hidden.weight': ONE, 'hidden.bias': ONE, scale: ONE, last: TWO };
const index = (map: object) => concat(JSON.stringify({ weight_map: map }));
const SHARDS = { [ONE]: fixtureBytes('torch-module.pt'), [TWO]: fixtureBytes('torch-tensor.pt') };

function folderOf(files: Readonly<Record<string, Uint8Array>>): SourceFolder {
  return {
    name: 'folder',
    open: async (file) =>
      Object.hasOwn(files, file) ? bytesSource(`folder/${file}`, files[file]) : undefined,
    list: async () => Object.keys(files),
  };
}

const open = (files: Readonly<Record<string, Uint8Array>>, map: object = MAP) =>
  openFolder(folderOf({ ...files, [INDEX]: index(map) }));

describe('a PyTorch checkpoint in shards', () => {
  test('is read as one file, next to other files of the training', async () => {
    const others = { 'optimizer.pt': concat('x'), 'pytorch_model.bin': concat('y') };
    const file = await open({ ...SHARDS, ...others });
    expect(file.format).toBe('torch');
    expect(file.entries.map(({ name, file: shard }) => [name, shard])).toEqual(Object.entries(MAP));
    expect((await file.read('hidden.weight')).data).toEqual(new Float32Array(M));
    expect((await file.read('last')).data).toEqual(new Float64Array(M));
    expect((await file.open('last')).entry.file).toBe(TWO);
  });

  test('uses its only index, under any name', async () => {
    const { [ONE]: one } = SHARDS;
    const files = { 'a.bin': one, 'b.pt': one, 'x.bin.index.json': index({ scale: 'a.bin' }) };
    const file = await openFolder(folderOf(files));
    expect((await file.read('scale')).data).toEqual(Float32Array.of(0.25));
  });

  test.each<[string, Record<string, Uint8Array>, object, string]>([
    [
      'lacks a tensor',
      SHARDS,
      { more: TWO },
      `${INDEX}: weight_map: "more" is missing: "${TWO}" does not hold it; index and shards belong to different models`,
    ],
    [
      'is of the old format',
      { ...SHARDS, [TWO]: fixtureBytes('torch-legacy.pt') },
      { last: TWO },
      `${TWO}: is a PyTorch checkpoint in the format from before version 1.6`,
    ],
    [
      'is an index itself',
      { ...SHARDS, [TWO]: index(MAP) },
      { last: TWO },
      `${TWO}: is not a file of weights`,
    ],
    [
      'is cut off',
      { ...SHARDS, [TWO]: SHARDS[TWO].subarray(0, 900) },
      { last: TWO },
      `${TWO}: the zip has no end record; the file is truncated or damaged`,
    ],
  ])('rejects a model whose only shard %s', async (_, files, map, message) => {
    await expect(open(files, map)).rejects.toThrow(`folder/${message}`);
  });
});

describe('a PyTorch checkpoint in shards on the web', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await serve({});
    for (const [name, bytes] of Object.entries({ ...SHARDS, [INDEX]: index(MAP) })) {
      server.files.set(`/a/b/resolve/main/${name}`, bytes);
    }
  });
  afterAll(() => server.close());

  test.each(['hf://a/b', `hf://a/b/${INDEX}`])('%s', async (location) => {
    const options = { pause: 1, endpoint: server.origin, wanted: ['last'] };
    server.log.length = 0;
    const { file, close } = await openWeights(location, options);
    expect(file.entries.map(({ name }) => name)).toEqual(['last']);
    expect((await file.read('last')).data).toEqual(new Float64Array(M));
    expect(server.log.some(({ path }) => path.endsWith(ONE))).toBe(false);
    await close();
  });
});

describe('files of old versions of PyTorch', () => {
  const tar = (name: string, size = 1024) => {
    const bytes = new Uint8Array(size);
    bytes.set(concat(name));
    bytes.set(concat('ustar'), 257);
    return bytes;
  };

  test.each<[string, Uint8Array, RegExp]>([
    [
      'of 2017',
      tar('sys_info\0'),
      /^x\.pt: is a PyTorch checkpoint in the tar format of the first/,
    ],
    ['in a tar', tar('./weights.ckpt\0'), /^x\.pt: is a tar archive; unpack it and give the file/],
    [
      'with pickles of something else',
      Uint8Array.of(0x80, 4, 0x95, 0x3a, 0, 0, 0, 0, 0, 0, 0, 1),
      /^x\.pt: is a Python pickle but not a PyTorch checkpoint; pickles are never run; load it in PyTorch/,
    ],
    [
      'as plain pickles',
      concat(Uint8Array.of(0x80, 2), '}q\x00(X\x01', new Uint8Array(4)),
      /^x\.pt: is a Python pickle but not a PyTorch checkpoint; pickles are never run;/,
    ],
  ])('%s', async (_, bytes, message) => {
    expect(await problemOf(bytes, 'x.pt')).toMatch(message);
  });

  test('are rejected if truncated anywhere', async () => {
    const legacy = fixtureBytes('torch-legacy.pt');
    const found = new Set<string>();
    for (let length = 1; length < legacy.length; length++) {
      // oxlint-disable-next-line no-await-in-loop
      found.add(await problemOf(legacy.subarray(0, length), 'x.pt'));
    }
    expect([...found].filter((message) => message.includes('before version 1.6'))).toHaveLength(1);
  });

  test('are not recognised in a safetensors file with a header of 640 bytes, or a zip of npy files', async () => {
    const header = JSON.stringify({ W: { dtype: 'U8', shape: [1], data_offsets: [0, 1] } });
    const bytes = concat(Uint8Array.of(0x80, 2, 0, 0, 0, 0, 0, 0), header.padEnd(640), 'a');
    expect((await openTensors(bytesSource('x', bytes))).format).toBe('safetensors');
    const zip = rawZip({ name: 'data.txt', content: concat('a') });
    expect(await problemOf(zip, 'x.bin')).toMatch(/is a zip without npy members/);
  });
});
