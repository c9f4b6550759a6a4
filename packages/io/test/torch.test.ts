// The fixtures were written by test/fixtures/torch.py with PyTorch 2.15.0; the expected values are literals here.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource, openTensors, readTensor } from '../src/index.ts';
import { PickleError, readPickle } from '../src/formats/torch/pickle.ts';
import { findTorchTensors } from '../src/formats/torch/tensors.ts';
import { readsOrRefusesDamaged } from './damaged-bytes.ts';
import {
  concat,
  fixture,
  fixtureBytes,
  largestAllocation,
  problemOf,
  rawZip,
  readAll,
} from './helpers.ts';

const M = [0.5, -1.25, 3, Math.PI, -0, 1e-3];
const M_F16 = [0.5, -1.25, 3, 3.140625, -0, 1049 / 2 ** 20];
const M_BF16 = [0.5, -1.25, 3, 3.140625, -0, 131 / 2 ** 17];
const f32 = (values: number[]) => new Float32Array(values);
const f64 = (values: number[]) => new Float64Array(values);
const transposed = [0, 3, 1, 4, 2, 5].map((i) => M[i]);

describe.each(['torch.pt', 'torch-protocol-5.pt'])('%s', (name) => {
  test.each([
    ['state_dict.encoder.weight', 'F32', [2, 3], f32(M)],
    ['state_dict.decoder.weight', 'F64', [3, 2], f64(transposed)],
    ['state_dict.tied', 'F32', [2, 3], f32(M)],
    ['state_dict.again', 'F32', [2, 3], f32(M)],
    ['layers.0.w', 'F16', [2, 3], f32(M_F16)],
    ['layers.1.w', 'BF16', [2, 3], f32(M_BF16)],
    ['ints.int8', 'I8', [3], f32([0, 1, 100])],
    ['ints.uint8', 'U8', [3], f32([0, 1, 100])],
    ['ints.int16', 'I16', [3], f32([0, 1, 100])],
    ['ints.uint16', 'U16', [3], f32([0, 1, 100])],
    ['ints.int32', 'I32', [3], f64([0, 1, 100])],
    ['ints.int64', 'I64', [3], f64([0, 1, 100])],
    ['row of a matrix', 'F32', [4], f32([4, 5, 6, 7])],
    ['scalar', 'F32', [], f32([2.5])],
    ['empty', 'F32', [0, 3], f32([])],
    ['part of a matrix', 'F32', [3, 2], f32([1, 2, 5, 6, 9, 10])],
    ['expanded', 'F32', [2, 2], f32([1, 1, 1, 1])],
    [
      'cube',
      'F32',
      [4, 3, 2],
      // Element (i, j, k) of the permuted cube is element (k, j, i) of 0..23 by rows.
      f32(
        Array.from(
          { length: 24 },
          (_, at) => (at % 2) * 12 + (Math.floor(at / 2) % 3) * 4 + Math.floor(at / 6),
        ),
      ),
    ],
  ])('%s', async (tensor, dtype, shape, data) => {
    expect(await readTensor(fixture(name), tensor)).toEqual({ name: tensor, dtype, shape, data });
  });

  test.each([
    ['bool', 'dtype BOOL holds booleans; save it as F32'],
    [
      'complex',
      'dtype C64 holds complex numbers; save the real and the imaginary part as two tensors',
    ],
    [
      'sparse',
      'is made by torch._utils._rebuild_sparse_tensor, not a plain tensor; save it as one, with .to_dense() or .dequantize()',
    ],
  ])('%s is listed, and rejected when read', async (tensor, says) => {
    const file = await openTensors(fixture(name));
    expect(file.entries.find((entry) => entry.name === tensor)?.readable).toBe(false);
    await expect(file.read(tensor)).rejects.toThrow(`${name}: tensor "${tensor}": ${says}`);
  });

  test('does not mention plain data among the calls that it did not make', async () => {
    const file = await openTensors(fixture(name));
    expect(file.format).toBe('torch');
    expect(file.metadata).toEqual({});
    expect(file.entries).toHaveLength(21);
  });
});

describe('other files of PyTorch', () => {
  test.each(['torch-module.pt', 'torch-script.pt'])(
    '%s: parameters by their names',
    async (name) => {
      const file = await openTensors(fixture(name));
      const names = file.entries.map((entry) => entry.name);
      expect(names.toSorted()).toEqual(['hidden.bias', 'hidden.weight', 'scale']);
      expect((await file.read('hidden.weight')).data).toEqual(f32(M));
      expect((await file.read('hidden.bias')).data).toEqual(f32([1, 2]));
      expect(file.metadata['not called']).toMatch(/Net, .*torch\.nn\.modules\.linear\.Linear$/);
    },
  );

  test('reads a single tensor under the name of the file, with strides, in ranges', async () => {
    const file = await openTensors(fixture('torch-tensor.pt'));
    expect((await file.read('torch-tensor')).data).toEqual(f64(M));
    const { read, order } = await (
      await openTensors(fixture('torch.pt'))
    ).open('state_dict.decoder.weight');
    expect(order).toBe('F');
    expect(await read(2, 3)).toEqual(f64(M.slice(2, 5)));
  });

  test('rejects the format before 1.6, with the fix', async () => {
    expect(await problemOf(fixtureBytes('torch-legacy.pt'), 'old.pt')).toBe(
      'old.pt: is a PyTorch checkpoint in the format from before version 1.6; convert it in Python: ' +
        "torch.save(torch.load('old.pt'), 'new.pt'), " +
        'or load it in PyTorch and write it with safetensors.torch.save_file',
    );
  });

  test('a big-endian checkpoint', async () => {
    const pickle = checkpointPickle('FloatStorage', [2], [1]);
    const zip = rawZip(
      { name: 'a/data.pkl', content: pickle },
      { name: 'a/byteorder', content: concat('big') },
      { name: 'a/data/0', content: Uint8Array.of(0x3f, 0x80, 0, 0, 0x40, 0, 0, 0) },
    );
    expect((await readTensor(bytesSource('x.pt', zip))).data).toEqual(f32([1, 2]));
  });
});

test('reads a checkpoint without checksums (torch.serialization.set_crc32_options(False))', async () => {
  const content = checkpointPickle('FloatStorage', [2], [1]);
  const data = { name: 'a/data/0', content: Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0x40) };
  const zip = (crc: number) => rawZip({ name: 'a/data.pkl', content, claim: { crc } }, data);
  expect((await readTensor(bytesSource('x.pt', zip(0)))).data).toEqual(f32([1, 2]));
  expect(await problemOf(zip(1), 'x.pt')).toBe(
    'x.pt/a/data.pkl: its CRC-32 is wrong; the file is damaged',
  );
});

test('reads tensors of a subclass and parameters through the calls that wrap them', async () => {
  const args = (call: Uint8Array) => call.subarray(call.indexOf(10, call.indexOf(10) + 1) + 1, -1);
  const plain = tensorCall('FloatStorage', [2], [1]);
  const wrapped = concat(
    'ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\ncx\nMine\n',
    args(plain),
    'NtR',
  );
  const parameter = concat('ctorch._utils\n_rebuild_parameter\n(', wrapped, latin('\x88}tR'));
  const storage = new Uint8Array(Float32Array.of(1.5, -2).buffer);
  for (const call of [plain, wrapped, parameter]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { shape, data } = await readTensor(bytesSource('x', checkpoint(pickle(call), storage)));
    expect([shape, data]).toEqual([[2], f32([1.5, -2])]);
  }
  const other = concat(
    'ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_sparse_tensor\ncx\nMine\n',
    args(plain),
    'NtR',
  );
  expect(await problemOf(checkpoint(pickle(other)))).toContain(
    'is made by torch._utils._rebuild_sparse_tensor, not a plain tensor',
  );
});

/* Pickles written by hand, opcode by opcode. */

/** SHORT_BINUNICODE. */
const short = (text: string) => concat(Uint8Array.of(0x8c, text.length), text);
const uint32 = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);
const latin = (text: string) => Uint8Array.from(text, (c) => c.codePointAt(0) ?? 0);
const pickle = (...parts: (Uint8Array | string)[]) =>
  concat(
    ...['\x80\x02', ...parts, '.'].map((part) => (typeof part === 'string' ? latin(part) : part)),
  );
const tuple = (values: readonly number[]) => concat('(', ...values.map(longOf), 't');
/** LONG1. */
const longOf = (value: number) =>
  concat(latin('\x8a\x08'), new Uint8Array(new BigInt64Array([BigInt(value)]).buffer));

function tensorCall(
  storage: string,
  shape: readonly number[],
  stride: readonly number[],
  size = 2,
  first = 0,
) {
  return concat(
    'ctorch._utils\n_rebuild_tensor_v2\n((',
    short('storage'),
    `ctorch\n${storage}\n`,
    short('0'),
    short('cpu'),
    longOf(size),
    'tQ',
    longOf(first),
    tuple(shape),
    tuple(stride),
    latin('\x89)tR'),
  );
}

function checkpointPickle(
  storage: string,
  shape: number[],
  stride: number[],
  size?: number,
  first?: number,
) {
  return pickle(tensorCall(storage, shape, stride, size, first));
}

function checkpoint(content: Uint8Array, storage = new Uint8Array(8)): Uint8Array {
  return rawZip({ name: 'a/data.pkl', content }, { name: 'a/data/0', content: storage });
}

describe('hostile checkpoints', () => {
  test('never make the calls in a pickle, but name them', async () => {
    const file = await openTensors(fixture('torch-evil.pt'));
    expect(file.metadata).toEqual({ 'not called': 'posix.system' });
    expect((await file.read('w')).data).toEqual(f64(M));
    expect(await problemOf(fixtureBytes('torch-evil-alone.pt'))).toBe(
      'x: the pickle of this PyTorch file holds no tensor; it would call "posix.system", which polysem does not do',
    );
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['ends at once', Uint8Array.of(0x80, 2), /the pickle ends too early at byte 2/],
    ['an opcode of text pickles', pickle('I1\n'), /has the opcode 0x49, which no checkpoint needs/],
    ['an extension registry', pickle(Uint8Array.of(0x82, 1)), /has the opcode 0x82/],
    [
      'a name without an end',
      Uint8Array.from('\x80\x02cposix', (c) => c.charCodeAt(0)),
      /ends too early/,
    ],
    ['a string longer than the file', pickle('X', uint32(0xffffffff)), /ends too early/],
    ['a string of 2^64 bytes', pickle('\x8d', new Uint8Array(8).fill(255)), /ends too early/],
    ['LONG4 of 2 GB', pickle('\x8b', uint32(0x7fffffff)), /ends too early/],
    ['LONG4 of negative length', pickle('\x8b', uint32(0xffffffff)), /ends too early/],
    [
      'a memo that was never written',
      pickle('j', uint32(0xfffffff0)),
      /recalls a value that was never stored/,
    ],
    ['an empty stack', pickle('0'), /takes from an empty stack/],
    ['a tuple without a mark', pickle('t'), /has no mark/],
    ['a key without a value', pickle('}(', short('a'), 'u'), /has a key without a value/],
    ['items for a number', pickle('K\x01K\x01a'), /changes a value that cannot be changed/],
    ['an unknown protocol', Uint8Array.of(0x80, 9), /is of an unknown protocol/],
    ['nothing in it', pickle('N'), /holds no tensor/],
  ])('%s', async (_, content, message) => {
    expect(await problemOf(checkpoint(content))).toMatch(message);
  });

  test('use one entry for a memo index of four billion', async () => {
    const bytes = checkpoint(
      pickle('N', 'r', uint32(0xfffffff0), '0', tensorCall('FloatStorage', [2], [1])),
    );
    expect(await largestAllocation(() => readAll(bytes))).toBeLessThan(1e5);
  });

  test.each<[string, Uint8Array, string]>([
    [
      'elements beyond the storage',
      checkpointPickle('FloatStorage', [2], [1], 2, 1),
      'shape [2] from element 1 exceeds the 2 elements of its storage; the file is damaged',
    ],
    [
      'strides that lead out of the storage',
      checkpointPickle('FloatStorage', [2, 1], [2, 1]),
      'shape [2, 1] from element 0 exceeds the 2 elements of its storage; the file is damaged',
    ],
    [
      'strides that overflow',
      checkpointPickle('FloatStorage', [2, 2], [2 ** 52, 2 ** 52]),
      'shape [2, 2] from element 0 exceeds the 2 elements of its storage; the file is damaged',
    ],
    [
      'a terabyte from one element',
      checkpointPickle('FloatStorage', [2 ** 20, 2 ** 18], [0, 0]),
      'shape [1048576, 262144] has many more elements than the 2 of its storage; save tensor.contiguous()',
    ],
    [
      'a storage larger than its member',
      checkpointPickle('FloatStorage', [3], [1], 3),
      'its storage has 8 bytes, not those of 3 elements of F32; the file is damaged',
    ],
    [
      'a shape that overflows',
      checkpointPickle('FloatStorage', [2 ** 40, 2 ** 40], [2 ** 40, 1]),
      'shape [1099511627776, 1099511627776] from element 0 exceeds the 2 elements of its storage; the file is damaged',
    ],
    [
      'a negative size',
      checkpointPickle('FloatStorage', [-1], [1]),
      'has a description that torch does not write; save the checkpoint again',
    ],
    [
      'a storage of unknown type',
      checkpointPickle('QuarterStorage', [2], [1]),
      'dtype Quarter is not read as numbers; convert it to float32',
    ],
  ])('%s', async (_, content, message) => {
    expect(await problemOf(checkpoint(content))).toBe(`x: tensor "x": ${message}`);
  });

  test('strides that overflow span no bytes', async () => {
    const content = checkpointPickle('FloatStorage', [2, 2], [2 ** 52, 2 ** 52]);
    const { entries } = await openTensors(bytesSource('x', checkpoint(content)));
    expect(entries).toMatchObject([{ readable: false, byteLength: 0 }]);
  });

  test('a storage that is missing or compressed', async () => {
    const content = checkpointPickle('FloatStorage', [2], [1]);
    expect(await problemOf(rawZip({ name: 'data.pkl', content }))).toBe(
      'x: tensor "x": its storage is missing from the archive; the file is damaged or was saved in parts',
    );
    const deflated = { name: 'data/0', content: new Uint8Array(8), deflate: true };
    expect(await problemOf(rawZip({ name: 'data.pkl', content }, deflated))).toBe(
      'x: tensor "x": its storage is compressed, which PyTorch never does; torch.save the checkpoint again',
    );
  });

  test('are searched once per container: sixty levels of pairs have 2^60 paths', () => {
    const bomb = `)${'2\x86'.repeat(60)}`;
    expect(findTorchTensors(readPickle(pickle(bomb)), 'x', 1000).tensors).toEqual([]);
  });

  test('are not looked for in the id of a persistent object', () => {
    const tensor = tensorCall('FloatStorage', [2], [1]);
    const found = (...codes: Uint8Array[]) =>
      findTorchTensors(readPickle(pickle(']', ...codes, 'a')), 'x', 1000).tensors.length;
    expect(found(tensor)).toBe(1);
    expect(found(tensor, concat('Q'))).toBe(0);
  });

  test('are rejected if such pairs contain a tensor', async () => {
    const bomb = pickle(tensorCall('FloatStorage', [2], [1]), '2\x86'.repeat(60));
    expect(await problemOf(checkpoint(bomb))).toMatch(/its containers are shared too often/);
    // Four visits per byte: 7 for each tensor with its arguments, and 3 for each pair.
    for (let depth = 0; depth < 12; depth++) {
      const shared = pickle(tensorCall('FloatStorage', [2], [1]), '2\x86'.repeat(depth));
      const visits = 7 * 2 ** depth + 3 * (2 ** depth - 1);
      const opening = openTensors(bytesSource('x', checkpoint(shared)));
      // oxlint-disable-next-line no-await-in-loop -- a few small files
      await (visits <= 4 * shared.length
        ? opening
        : expect(opening).rejects.toThrow('its containers are shared too often'));
    }
  });

  test('may contain a list that contains itself', async () => {
    const tensor = tensorCall('FloatStorage', [2], [1]);
    const file = await openTensors(bytesSource('x', checkpoint(pickle(']2a', tensor, 'a'))));
    expect(file.entries.map(({ name }) => name)).toEqual(['1']);
  });

  test('cannot overflow the stack by nesting a million deep', async () => {
    const deep = pickle(']'.repeat(1e6), 'a'.repeat(1e6 - 1));
    expect(await problemOf(checkpoint(deep))).toMatch(/its containers are nested 256 deep/);
    const states = pickle('c__main__\nA\n)R'.repeat(1e5), 'b'.repeat(1e5 - 1));
    expect(await problemOf(checkpoint(states))).toMatch(/holds no tensor/);
  });

  test('number tensors that have the same name', async () => {
    const tensor = tensorCall('FloatStorage', [2], [1]);
    const content = pickle('}(', short('a.b'), tensor, short('a'), '}', short('b'), tensor, 'su');
    const file = await openTensors(bytesSource('x', checkpoint(content)));
    expect(file.entries.map(({ name }) => name)).toEqual(['a.b', 'a.b#2']);
  });
});

describe('any checkpoint is read or rejected', () => {
  const opcodes = fc.constantFrom(
    ...'(02qr\x94aesub\x88\x89NK\x8aX\x8c}]\x8f\x91t)\x85\x86\x87c\x93R\x81\x92Qhj.',
    'a\n',
  );

  test('programs of any opcodes', () => {
    fc.assert(
      fc.property(fc.array(opcodes, { maxLength: 60 }), (codes) => {
        const bytes = pickle(...codes);
        try {
          findTorchTensors(readPickle(bytes), 'x', 4 * bytes.length);
        } catch (error) {
          if (!(error instanceof PickleError || error instanceof RangeError)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('a checkpoint cut at every byte, and with a bit of every byte flipped', async () => {
    await readsOrRefusesDamaged(fixtureBytes('torch-tensor.pt'), readAll);
  });
});
