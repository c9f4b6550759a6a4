import { describe, expect, test } from 'vitest';
import type { SourceFolder } from '../src/bytes/index.ts';
import { csvFormat } from '../src/formats/csv/csv.ts';
import { FORMATS, openFolder } from '../src/formats/index.ts';
import type { FileHead } from '../src/formats/format.ts';
import { protobufNumbers } from '../src/formats/onnx/numbers.ts';
import type { ColumnChunk, ParquetColumn } from '../src/formats/parquet/metadata.ts';
import { PARQUET_MAGIC, readColumns, readFooter } from '../src/formats/parquet/table.ts';
import { numberIn, readThriftStruct, sizeIn } from '../src/formats/parquet/thrift.ts';
import type { PickleNode, PickleValue } from '../src/formats/torch/pickle.ts';
import { findTorchTensors } from '../src/formats/torch/tensors.ts';
import { bytesSource, openTensors } from '../src/index.ts';
import { vectorsOf } from '../src/layouts/gather-features.ts';
import { combineNorms } from '../src/layouts/norm-of.ts';
import { notFinite } from '../src/numbers/not-finite.ts';
import { fixtureBytes } from './helpers.ts';
import { find } from './layout-files.ts';
import { struct } from './thrift-messages.ts';

const ZEROS = new Uint8Array(512);

test('formats have their names, and those of files that a folder is searched for, the usual ones first', async () => {
  const head = { source: bytesSource('x', ZEROS), start: ZEROS, zipMembers: async () => [] };
  expect(await Promise.all(FORMATS.map((format) => format.recognises(head)))).not.toContain(true);
  expect(FORMATS.map(({ name, title, extensions }) => [name, title, ...extensions])).toEqual([
    ['npy', 'npy', '.npy'],
    ['torch', 'PyTorch', '.pt', '.pth', '.ckpt', '.bin'],
    ['npz', 'npz', '.npz'],
    ['gguf', 'GGUF', '.gguf'],
    ['mat', 'MATLAB', '.mat'],
    ['parquet', 'Parquet', '.parquet'],
    ['csv', 'CSV', '.csv', '.tsv'],
    ['shards', 'index of shards'],
    ['onnx', 'ONNX', '.onnx'],
    ['safetensors', 'safetensors', '.safetensors'],
  ]);
  expect(FORMATS.filter(({ isShard }) => isShard).map(({ name }) => name)).toEqual([
    'torch',
    'npz',
    'safetensors',
  ]);
  const names = [
    'a.safetensors.index.json',
    'a.safetensors',
    'a.bin.index.json',
    'a.npz',
    'a.NPY',
    'a.pt',
    'a.pth',
    'a.ckpt',
    'a.bin',
    'a.gguf',
    'a.onnx',
    'a.mat',
    'optimizer.bin',
    'a.json',
    'a.csv',
  ];
  const ranks = names.map((file) =>
    FORMATS.flatMap(({ inFolders = [] }) => inFolders).flatMap(({ rank, names: pattern }) =>
      pattern.test(file) ? [rank] : [],
    ),
  );
  expect(ranks).toEqual([[0], [1], [2], [3], [3], [4], [4], [4], [5], [6], [7], [8], [], [], []]);
});

test('a source without a name is a table if it begins with text, or with the mark of UTF-16', () => {
  const isTable = (...start: number[]) => {
    const source = { ...bytesSource('x', Uint8Array.from(start)), isUnnamed: true };
    const head: FileHead = { source, start: Uint8Array.from(start), zipMembers: async () => [] };
    return csvFormat.recognises(head);
  };
  for (let byte = 0; byte < 256; byte++) {
    const isText = byte >= 0x20 || (byte >= 9 && byte <= 13);
    const letter = String.fromCodePoint(byte);
    expect(isTable(byte, 0x31), letter).toBe(isText && letter !== '{' && letter !== '<');
    expect(isTable(0x31, byte), letter).toBe(isText);
  }
  expect([isTable(0xff, 0xfe, 0x31, 0), isTable(0xfe, 0xff, 0, 0x31)]).toEqual([true, true]);
  expect([isTable(0xff, 0x31, 0), isTable(0xfe, 0x31, 0), isTable(0, 0xfe)]).toEqual([
    false,
    false,
    false,
  ]);
});

test('an index of shards may have 100 MB', async () => {
  const index = (size: number) => ({
    ...bytesSource('i.json', new TextEncoder().encode('{"weight_map": 1}')),
    size,
    read: async (offset: number, length: number) =>
      new TextEncoder().encode('{"weight_map": 1}').slice(offset, offset + length),
  });
  await expect(openTensors(index(100_000_000))).rejects.toThrow('without an object "weight_map"');
  await expect(openTensors(index(100_000_001))).rejects.toThrow(
    'i.json: an index of 100000001 bytes is longer than the 100000000 allowed',
  );
});

test('an index of shards may name 1000 files', async () => {
  const open = (files: number) => {
    const names = Array.from({ length: files }, (_, i) => [`t${i}`, `f${i}`]);
    const index = JSON.stringify({ weight_map: Object.fromEntries(names) });
    const folder: SourceFolder = { name: 'folder', open: async () => undefined };
    return openTensors(bytesSource('i.json', new TextEncoder().encode(index)), { folder });
  };
  await expect(open(1000)).rejects.toThrow('"t0" is in "f0", which is missing');
  await expect(open(1001)).rejects.toThrow(
    'i.json: weight_map: names 1001 files, more than the 1000 allowed',
  );
});

test('integers of ONNX in a field may take 256 MiB, wherever it begins', async () => {
  const entry = {
    name: 'x',
    dtype: 'I8',
    shape: [3],
    readable: true,
    byteOffset: 0,
    byteLength: 0,
  };
  const source = {
    ...bytesSource('m.onnx', new Uint8Array(0)),
    read: async () => Uint8Array.of(1, 2, 3),
  };
  const read = async (begin: number, length: number) => {
    const data = { kind: 'int32' as const, begin, end: begin + length };
    return [...(await (await protobufNumbers(source, entry, 'I8', data)).read(0, 3))];
  };
  expect(await read(2 ** 28, 3)).toEqual([1, 2, 3]);
  expect(await read(5, 2 ** 28)).toEqual([1, 2, 3]);
  await expect(read(5, 2 ** 28 + 1)).rejects.toThrow(
    'm.onnx: tensor "x": has 268435457 bytes of int32_data; save the model again with onnx.save',
  );
  await expect(read(5, 2)).rejects.toThrow('shape [3] does not fit its data');
});

test('arrays of texts fill their file, so that nothing follows them', async () => {
  for (const name of ['string.npy', 'bytes.npy', 'date.npy'])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect((await openTensors(bytesSource(name, fixtureBytes(name)))).notes ?? []).toEqual([]);
});

test('an input and a gate that do not fill a matrix by halves are left out', () => {
  const found = (rows: number) =>
    find({
      'model.embed_tokens.weight': [50, 8],
      'model.layers.0.mlp.gate_up_proj.weight': [rows, 8],
    }).filter(({ preset }) => preset.startsWith('mlp'));
  expect(found(62).map(({ features }) => features)).toEqual([31, 31]);
  expect(found(63)).toEqual([]);
});

test('the norms of one part alone are its own, times both weights', () => {
  const norms = combineNorms([Float64Array.of(3, 4)], { whole: 2, parts: 10 });
  expect([...norms]).toEqual([36, 48]);
});

test('a folder within a folder that cannot be read ends the search with the error of the system', async () => {
  const broken: SourceFolder = {
    name: 'inner',
    open: async () => undefined,
    list: () => Promise.reject(new Error('EIO')),
  };
  const folder: SourceFolder = {
    name: 'folder',
    open: async () => undefined,
    list: async () => [],
    folders: async () => ['inner'],
    subfolder: () => broken,
  };
  await expect(openFolder(folder)).rejects.toThrow(/^EIO$/);
});

describe('Parquet', () => {
  const column: ParquetColumn = {
    name: 'x',
    type: 'DOUBLE',
    optional: false,
    kind: { name: 'number' },
  };
  const chunk: ColumnChunk = {
    path: ['x'],
    type: 'DOUBLE',
    codec: 'UNCOMPRESSED',
    values: 0,
    begin: 0,
    size: 0,
    isElsewhere: false,
  };
  const source = bytesSource('x', new Uint8Array(1000));
  const read = (rows: number, own?: Partial<ColumnChunk>) => {
    const chunks = new Map(own && [['x', { ...chunk, ...own }]]);
    return readColumns(source, { columns: [column], groups: [{ rows, chunks }], notes: [] }, {});
  };

  test('may have 100,000 cells, and 50 more per byte', async () => {
    await expect(read(150_000)).rejects.toThrow('column "x": is missing in a group of rows');
    await expect(read(150_001)).rejects.toThrow(
      'x: claims 150001 rows of 1 columns in 1000 bytes; the file is damaged or a bomb',
    );
    await expect(read(NaN)).rejects.toThrow('is damaged or a bomb');
  });

  test('has at least its two marks and the length between them', async () => {
    const file = (size: number) => {
      const bytes = new Uint8Array(size);
      bytes.set(PARQUET_MAGIC, size - 4);
      return readFooter(bytesSource('x', bytes));
    };
    await expect(file(11)).rejects.toThrow('x: has 11 bytes; the Parquet file is truncated');
    await expect(file(12)).rejects.toThrow('x: its footer cannot be read');
  });

  test.each<[Partial<ColumnChunk>, string]>([
    [{ isElsewhere: true }, 'is stored in another file'],
    [{ codec: 'LZO' }, 'is compressed by LZO, which is not read'],
    [{ codec: 'BROTLI' }, 'is compressed by BROTLI, which is not read'],
    [{ values: 3 }, 'has 3 values for 2 rows'],
    [{ values: 2, type: 'FLOAT' }, 'is of type FLOAT in a group of rows'],
  ])('refuses a chunk: %j', async (own, problem) => {
    await expect(read(2, own)).rejects.toThrow(`x: column "x": ${problem}`);
  });

  test('fields of Thrift are numbered by the distance to the one before, or alone', () => {
    const fields = { 1: 5, 3: -7, 18: 2 ** 31, 40: true, 41: 2 ** 31 - 1, 300: -1 };
    const header = readThriftStruct(Uint8Array.from(struct(fields)), 0);
    expect([...header.fields.keys()]).toEqual([1, 3, 18, 40, 41, 300]);
    expect([1, 3, 18, 41, 300].map((id) => numberIn(header, id))).toEqual([
      5,
      -7,
      2 ** 31,
      2 ** 31 - 1,
      -1,
    ]);
    expect([sizeIn(header, 1), sizeIn(header, 41)]).toEqual([5, 2 ** 31 - 1]);
    for (const id of [3, 18, 300])
      expect(() => sizeIn(header, id)).toThrow('a page header has an impossible size');
    expect(() => sizeIn(header, 2)).toThrow('a header lacks a field');
  });
});

describe('the objects of a checkpoint of PyTorch', () => {
  const node = (kind: PickleNode['kind'], own: Partial<PickleNode> = {}): PickleNode => ({
    kind,
    name: '',
    items: [],
    appended: [],
    entries: [],
    state: null,
    ...own,
  });
  const tuple = (...items: PickleValue[]) => node('tuple', { items });
  const named = (name: string) => node('global', { name });
  const call = (name: string, ...items: PickleValue[]) => node('call', { name, items });
  const storage = node('persistent', {
    items: [tuple('storage', named('torch.FloatStorage'), 'key', 'cpu', 6)],
  });
  const tensor = call('torch._utils._rebuild_tensor_v2', storage, 1, tuple(2, 2), tuple(2, 1));
  const dict = (...entries: [PickleValue, PickleValue][]) => node('dict', { entries });
  const namesIn = (root: PickleValue, limit = 1000) =>
    findTorchTensors(root, 'alone', limit).tensors.map(({ name }) => name);

  test('are found in dicts, lists, states of modules and of slots', () => {
    expect(namesIn(tensor)).toEqual(['alone']);
    expect(namesIn(dict(['a', tensor], ['b', node('list', { appended: [1, tensor] })]))).toEqual([
      'a',
      'b.1',
    ]);
    const parts = dict(['_parameters', dict(['w', tensor])], ['_metadata', dict(['v', tensor])]);
    const module = { ...call('m.M'), state: parts };
    expect(namesIn(module)).toEqual(['w']);
    const slots = tuple(dict(['a', tensor]), dict(['b', tensor]), dict(['c', tensor]));
    expect(namesIn({ ...call('m.M'), state: slots })).toEqual(['a', 'b']);
    expect(namesIn({ ...call('m.M'), state: tuple(null, dict(['b', tensor])) })).toEqual(['b']);
    // The last of several values with one key counts.
    expect(namesIn(dict(['a', 1], ['a', tensor], ['b', tensor], ['b', 2]))).toEqual(['a']);
    expect(namesIn(dict([tuple(1), tensor], [true, tensor], [null, tensor]))).toEqual([
      '?',
      'true',
      'null',
    ]);
  });

  test('have storage, sizes and strides', () => {
    expect(findTorchTensors(tensor, 'x', 9).tensors).toEqual([
      {
        name: 'x',
        dtype: 'F32',
        shape: [2, 2],
        storage: { key: 'key', size: 6, typed: true, first: 1, strides: [2, 1] },
        refusal: null,
      },
    ]);
  });

  test('are counted: one for each container, and one for each of its values', () => {
    const root = dict(['a', tensor], ['b', node('list', { items: [], appended: [1, 2, 3] })]);
    // The dict and its 2 entries, the tensor and its 4 arguments, the list and its 3 items.
    expect(namesIn(root, 12)).toEqual(['a']);
    expect(() => namesIn(root, 11)).toThrow('its containers are shared too often');
  });

  test('may be nested 256 deep, and be wrapped eight times', () => {
    const nested = (depth: number): PickleValue => {
      let value: PickleValue = tensor;
      for (let i = 0; i < depth; i++) value = dict(['a', value]);
      return value;
    };
    expect(namesIn(nested(256), 1e5)).toHaveLength(1);
    expect(() => namesIn(nested(257), 1e5)).toThrow('its containers are nested 256 deep');
    const wrapped = (times: number, wrap: (inner: PickleNode) => PickleNode) => {
      let value = tensor;
      for (let i = 0; i < times; i++) value = wrap(value);
      return findTorchTensors(value, 'x', 1000).tensors[0].refusal;
    };
    const parameter = (inner: PickleNode) => call('torch._utils._rebuild_parameter', inner);
    const subclass = ({ name, items }: PickleNode) =>
      call('torch._tensor._rebuild_from_type_v2', named(name), named('m.T'), tuple(...items));
    for (const wrap of [parameter, subclass]) {
      expect(wrapped(8, wrap)).toBeNull();
      expect(wrapped(9, wrap)).toContain('not a plain tensor');
    }
  });

  test.each<[string, PickleNode]>([
    ['another tag', tuple('store', named('torch.FloatStorage'), 'key', 'cpu', 6)],
    ['no type', tuple('storage', 'torch.FloatStorage', 'key', 'cpu', 6)],
    ['no key', tuple('storage', named('torch.FloatStorage'), 5, 'cpu', 6)],
    ['a negative size', tuple('storage', named('torch.FloatStorage'), 'key', 'cpu', -6)],
  ])('are refused whose storage has %s', (_, id) => {
    const items = [node('persistent', { items: [id] }), ...tensor.items.slice(1)];
    expect(findTorchTensors({ ...tensor, items }, 'x', 99).tensors).toMatchObject([
      {
        dtype: '?',
        shape: [],
        storage: null,
        refusal: 'has a description that torch does not write; save the checkpoint again',
      },
    ]);
  });
});

test('vectors of any matrix of a tensor are its rows or columns', () => {
  const shape = [3, 4, 2, 5];
  const data = Float64Array.from({ length: 120 }, (_, i) => i);
  const tensor = { name: 'x', dtype: 'F64', shape, data };
  const at = (index: readonly number[]) => index.reduce((sum, i, axis) => sum * shape[axis] + i, 0);
  for (const [first, second] of [
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 3],
  ]) {
    const slice = [2, 3, 1, 4].map((i, axis) => (axis === first || axis === second ? null : i));
    for (const [axis, features, other] of [
      ['rows', first, second],
      ['columns', second, first],
    ] as const) {
      const range = { tensor: 'x', axis, slice, from: 1, to: shape[features] };
      const vectors = vectorsOf(tensor, range, 'file');
      const expected: number[] = [];
      for (let f = 1; f < shape[features]; f++) {
        for (let d = 0; d < shape[other]; d++) {
          const index = slice.map((i) => i ?? 0);
          index[features] = f;
          index[other] = d;
          expected.push(at(index));
        }
      }
      expect([vectors.dims, vectors.features]).toEqual([shape[other], shape[features] - 1]);
      expect([...vectors.data]).toEqual(expected);
    }
  }
});

test('the first number that is not finite is found in any place, whatever the others', () => {
  for (const make of [Float32Array, Float64Array]) {
    const largest = make === Float32Array ? 3.4028234663852886e38 : Number.MAX_VALUE;
    for (let length = 1; length <= 9; length++) {
      const sound = new make(length).map((_, i) => (i % 2 === 0 ? largest : -largest));
      expect(notFinite(sound)).toBe(-1);
      expect(notFinite(new make(length).fill(5e-324))).toBe(-1);
      for (let at = 0; at < length; at++) {
        for (const bad of [NaN, Infinity, -Infinity]) {
          const data = sound.slice();
          data[at] = bad;
          expect(notFinite(data)).toBe(at);
        }
      }
    }
  }
});
