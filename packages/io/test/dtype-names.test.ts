// Types of elements by the names and numbers that each format's own specification gives them.
import { describe, expect, test } from 'vitest';
import { findTorchTensors } from '../src/formats/torch/tensors.ts';
import { readPickle } from '../src/formats/torch/pickle.ts';
import { bytesSource, openTensors } from '../src/index.ts';
import { DTYPE_BITS, isDType, type DType } from '../src/numbers/dtype.ts';
import { concat, rawNpy } from './helpers.ts';
import { field, model, tensor } from './onnx-messages.ts';

/** Bits of an element by the last number in its name: `F8_E4M3` has 8. */
const bitsIn = (dtype: string): number =>
  dtype === 'BOOL' ? 8 : Number(/^[A-Z]+(\d+)/.exec(dtype)?.[1]);

test('a type has the bits that its name says', () => {
  for (const [dtype, bits] of Object.entries(DTYPE_BITS)) expect(bits, dtype).toBe(bitsIn(dtype));
});

describe('PyTorch', () => {
  const short = (text: string): string => `\u008c${String.fromCharCode(text.length)}${text}`;
  /** A call of torch._utils._rebuild_tensor_v2, or of _v3 with a type, as torch.save pickles it. */
  const dtypeOf = (storage: string, dtype?: string): string => {
    const [module, name] = [storage.slice(0, storage.lastIndexOf('.')), storage.split('.').at(-1)];
    const view = `(${short('storage')}c${module}\n${name}\n${short('0')}${short('cpu')}K\u0001tQ`;
    const own = dtype === undefined ? '' : `ctorch\n${dtype}\n`;
    const call = `ctorch._utils\n_rebuild_tensor_v${dtype === undefined ? 2 : 3}\n`;
    const text = `\u0080\u0002${call}(${view}K\u0000))\u0089N${own}tR.`;
    const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
    return findTorchTensors(readPickle(bytes), 'w', 100).tensors[0].dtype;
  };

  // torch/storage.py: the storages of types, and torch.dtype, whose names have their bits.
  test.each([
    ['torch.DoubleStorage', 'F64'],
    ['torch.FloatStorage', 'F32'],
    ['torch.HalfStorage', 'F16'],
    ['torch.BFloat16Storage', 'BF16'],
    ['torch.LongStorage', 'I64'],
    ['torch.IntStorage', 'I32'],
    ['torch.ShortStorage', 'I16'],
    ['torch.CharStorage', 'I8'],
    ['torch.ByteStorage', 'U8'],
    ['torch.BoolStorage', 'BOOL'],
    ['torch.ComplexFloatStorage', 'C64'],
    ['torch.QInt8Storage', 'QInt8'],
  ])('%s holds %s', (storage, dtype) => expect(dtypeOf(storage)).toBe(dtype));

  test.each([
    ['float64', 'F64'],
    ['float32', 'F32'],
    ['float16', 'F16'],
    ['bfloat16', 'BF16'],
    ['int64', 'I64'],
    ['int32', 'I32'],
    ['int16', 'I16'],
    ['int8', 'I8'],
    ['uint8', 'U8'],
    ['uint16', 'U16'],
    ['uint32', 'U32'],
    ['uint64', 'U64'],
    ['bool', 'BOOL'],
    ['complex64', 'C64'],
    ['float8_e4m3fn', 'F8_E4M3'],
    ['float8_e5m2', 'F8_E5M2'],
    ['float8_e4m3fnuz', 'F8_E4M3FNUZ'],
    ['float8_e5m2fnuz', 'F8_E5M2FNUZ'],
    ['float8_e8m0fnu', 'F8_E8M0'],
    ['quint4x2', 'quint4x2'],
  ])('torch.%s in an untyped storage is %s', (name, dtype) => {
    expect(dtypeOf('torch.storage.UntypedStorage', name)).toBe(dtype);
    expect(isDType(dtype)).toBe(name !== 'quint4x2');
  });
});

test('PyTorch: calls that make plain data are not mentioned, and others are', () => {
  const notCalled = (module: string, name: string) => {
    const bytes = Uint8Array.from(`\u0080\u0002c${module}\n${name}\n)R.`, (c) => c.charCodeAt(0));
    return findTorchTensors(readPickle(bytes), 'w', 100).notCalled;
  };
  const builtins = 'set frozenset complex bytearray list dict tuple slice range'.split(' ');
  for (const [module, names] of [
    ['collections', ['OrderedDict', 'defaultdict', 'Counter']],
    ['torch', ['Size', 'device']],
    ['torch.serialization', ['_get_layout']],
    ['_codecs', ['encode']],
    ['argparse', ['Namespace']],
    ['builtins', builtins],
    ['__builtin__', builtins],
  ] as const)
    for (const name of names) expect(notCalled(module, name), name).toEqual([]);
  for (const name of ['eval', 'print'])
    expect(notCalled('builtins', name)).toEqual([`builtins.${name}`]);
});

test('ONNX: the numbers of TensorProto.DataType', async () => {
  const names = Object.entries({
    1: 'F32',
    2: 'U8',
    3: 'I8',
    4: 'U16',
    5: 'I16',
    6: 'I32',
    7: 'I64',
    8: 'strings',
    9: 'BOOL',
    10: 'F16',
    11: 'F64',
    12: 'U32',
    13: 'U64',
    14: 'C64',
    15: 'C128',
    16: 'BF16',
    17: 'F8_E4M3',
    18: 'F8_E4M3FNUZ',
    19: 'F8_E5M2',
    20: 'F8_E5M2FNUZ',
    21: 'U4',
    22: 'I4',
    23: 'F4_E2M1',
    24: 'F8_E8M0',
    25: 'type 25',
  });
  const raw = (dtype: string): Uint8Array => new Uint8Array((2 * bitsIn(dtype)) / 8 || 0);
  const tensors = names.map(([type, dtype]) =>
    tensor(type, [2], Number(type), field(9, raw(dtype))),
  );
  const file = await openTensors(bytesSource('m.onnx', model(...tensors)));
  expect(file.entries.map(({ name, dtype }) => [name, dtype])).toEqual(names);
  const refused = new Set(['strings', 'BOOL', 'C64', 'C128', 'F4_E2M1', 'F8_E8M0', 'type 25']);
  for (const { name, dtype, readable } of file.entries) {
    expect(readable, dtype).toBe(!refused.has(dtype));
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    if (readable) expect([...(await file.read(name)).data], dtype).toEqual([0, 0]);
  }
});

test('GGUF: the numbers of enum ggml_type', async () => {
  const names: Readonly<Record<number, string>> = {
    0: 'F32',
    1: 'F16',
    2: 'Q4_0',
    3: 'Q4_1',
    4: 'type 4',
    5: 'type 5',
    6: 'Q5_0',
    7: 'Q5_1',
    8: 'Q8_0',
    9: 'Q8_1',
    10: 'Q2_K',
    11: 'Q3_K',
    12: 'Q4_K',
    13: 'Q5_K',
    14: 'Q6_K',
    15: 'Q8_K',
    16: 'IQ2_XXS',
    17: 'IQ2_XS',
    18: 'IQ3_XXS',
    19: 'IQ1_S',
    20: 'IQ4_NL',
    21: 'IQ3_S',
    22: 'IQ2_S',
    23: 'IQ4_XS',
    24: 'I8',
    25: 'I16',
    26: 'I32',
    27: 'I64',
    28: 'F64',
    29: 'IQ1_M',
    30: 'BF16',
    34: 'TQ1_0',
    35: 'TQ2_0',
    39: 'MXFP4',
    40: 'NVFP4',
    41: 'Q1_0',
    42: 'Q2_0',
    43: 'type 43',
  };
  const uint = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
  const long = (value: number): Uint8Array => concat(uint(value), uint(0));
  const infos = Object.keys(names).map((type) =>
    concat(long(type.length), type, uint(1), long(256), uint(Number(type)), long(0)),
  );
  const head = concat('GGUF', uint(3), long(infos.length), long(0), ...infos);
  const bytes = concat(head, new Uint8Array(32 - (head.length % 32) + 8 * 256));
  const file = await openTensors(bytesSource('m.gguf', bytes));
  expect(file.entries.map(({ name, dtype }) => [name, dtype])).toEqual(Object.entries(names));
  for (const { name, dtype, readable } of file.entries)
    expect(readable, `${name} ${dtype}`).toBe(dtype !== 'Q8_1' && !dtype.startsWith('type'));
});

test.each<[string, DType | string, boolean]>([
  ['<f2', 'F16', true],
  ['>f4', 'F32', true],
  ['=f8', 'F64', true],
  ['|i1', 'I8', true],
  ['<i2', 'I16', true],
  ['<i4', 'I32', true],
  ['<i8', 'I64', true],
  ['|u1', 'U8', true],
  ['<u2', 'U16', true],
  ['<u4', 'U32', true],
  ['u8', 'U64', true],
  ['<f16', '<f16', false],
  ['|b1', '|b1', false],
  ['<c8', '<c8', false],
  ['|S3', '|S3', false],
  ['<U3', '<U3', false],
  ['<M8[ns]', '<M8[ns]', false],
  ['<m8[s]', '<m8[s]', false],
  ['|V2', '|V2', false],
  ['|O', '|O', false],
])('npy: %s is %s, readable: %s', async (descr, dtype, readable) => {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (2,), }\n`;
  const file = await openTensors(bytesSource('w.npy', rawNpy(header, new Uint8Array(32))));
  expect(file.entries).toMatchObject([{ dtype, readable, shape: [2] }]);
  if (readable) expect([...(await file.read('w')).data]).toEqual([0, 0]);
  else await expect(file.read('w')).rejects.toThrow('w.npy: ');
});
