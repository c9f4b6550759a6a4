import { describe, expect, test } from 'vitest';
import { openTensors, type ByteSource } from '../src/index.ts';
import { readsOrRefusesDamaged } from './damaged-bytes.ts';
import { concat, fixtureBytes, largestAllocation, problemOf, readAll } from './helpers.ts';
import { base128, constant, field, model, tensor, varint } from './onnx-messages.ts';

describe('hostile models', () => {
  const raw = (bytes: number) => field(9, new Uint8Array(bytes));

  test.each<[string, Uint8Array, RegExp]>([
    ['no graph', varint(1, 9), /holds no initialiser and no constant/],
    ['text', concat('not-a-model'), /has no valid protobuf field at byte 0/],
    ['a graph that is a number', varint(7, 9), /field "7" at byte 1 is not a message/],
    [
      'a field longer than the file',
      concat(base128(7 * 8 + 2), base128(2n ** 63n)),
      /ends at 9223372036854776000, beyond the end of its message/,
    ],
    [
      'an integer without an end',
      Uint8Array.of(8, ...Array.from({ length: 20 }, () => 255)),
      /no valid protobuf field/,
    ],
    [
      'an initialiser that is a number',
      model(varint(5, 7)),
      /field "5" at byte \d+ is not a message/,
    ],
    [
      'a size of four bytes',
      model(field(5, concat(base128(1 * 8 + 5), new Uint8Array(4), field(8, 'w')))),
      /has no integer at byte \d+; the file is damaged/,
    ],
    ['groups', Uint8Array.of(0x0b, 0x0b, 0x0c), /no valid protobuf field at byte 0/],
    [
      'a negative size',
      model(tensor('w', [2n ** 64n - 1n], 1, raw(4))),
      /shape \[-1\] is impossible/,
    ],
    [
      'a shape that overflows',
      model(tensor('w', [2 ** 40, 2 ** 40], 1, raw(4))),
      /shape \[1099511627776, 1099511627776\] is impossible/,
    ],
    [
      'a shape larger than its data',
      model(tensor('w', [2 ** 30], 1, raw(8))),
      /tensor "w": shape \[1073741824\] of F32 needs 4294967296 bytes, it has 8; the file is damaged/,
    ],
    [
      'typed data fewer than the shape says',
      model(tensor('w', [2 ** 30], 3, field(5, Uint8Array.of(1, 2)))),
      /tensor "w": shape \[1073741824\] does not fit its data/,
    ],
    [
      'typed data in the field of another type',
      model(tensor('w', [2], 3, field(7, Uint8Array.of(1, 2)))),
      /tensor "w": I8 cannot be stored as int64_data/,
    ],
    [
      'an integer that a double cannot hold',
      model(tensor('w', [1], 7, field(7, base128(2n ** 60n)))),
      /element 0 is an integer near 1152921504606847000, beyond 2\^53/,
    ],
    [
      'a type in a run of bytes',
      model(tensor('w', [1], 1, raw(4), field(2, Uint8Array.of(10)))),
      /has no integer at byte \d+; the file is damaged/,
    ],
    [
      'a name that is a number',
      model(tensor('w', [1], 1, raw(4), varint(8, 65))),
      /field "8" at byte \d+ is not a text/,
    ],
    [
      'data that are a number',
      model(tensor('w', [1], 2, varint(9, 1))),
      /field "9" at byte \d+ is not a run of bytes/,
    ],
    ['no data', model(tensor('w', [2], 1)), /needs 8 bytes, it has 0/],
    [
      'data split into segments',
      model(tensor('w', [2], 1, field(4, new Uint8Array(4)), field(4, new Uint8Array(4)))),
      /has its data in several parts; load the model and save it again with onnx.save/,
    ],
    [
      'two tensors of one name',
      model(tensor('w', [1], 1, raw(4)), tensor('w', [1], 1, raw(4))),
      /two tensors are called "w"/,
    ],
    [
      'a name of 100 kB',
      model(tensor('w'.repeat(1e5), [1], 1, raw(4))),
      /a name at byte \d+ has 100000 bytes/,
    ],
    [
      'fewer nibbles than the shape needs',
      model(tensor('w', [2 ** 30], 22, raw(8))),
      /tensor "w": shape \[1073741824\] of I4 needs 536870912 bytes, it has 8; the file is damaged/,
    ],
    [
      'nibbles stored as protobuf numbers',
      model(tensor('w', [2], 21, field(5, Uint8Array.of(1)))),
      /tensor "w": U4 is read as raw data only; save the model again with onnx.save/,
    ],
    [
      'a constant with the name of an initialiser',
      model(tensor('w', [1], 1, raw(4)), constant('w', [1, 1], 1, raw(4))),
      /two tensors are called "w"/,
    ],
    [
      'a constant larger than its data',
      model(constant('w', [2 ** 20, 2 ** 20], 1, raw(8))),
      /tensor "w": shape \[1048576, 1048576\] of F32 needs 4398046511104 bytes, it has 8/,
    ],
    [
      'a constant that is a number',
      model(field(1, concat(field(2, 'w'), field(4, 'Constant'), field(5, field(1, 'value'))))),
      /holds no initialiser and no constant/,
    ],
    ...[-1, 2 ** 40, 1].map((size): [string, Uint8Array, RegExp] => [
      `blocks of ${size}`,
      model(
        tensor('w', [2, 3], 3, raw(6)),
        tensor('s', [2, 2], 1, raw(16)),
        field(
          1,
          concat(
            concat(field(1, 'w'), field(1, 's'), field(2, 'y'), field(4, 'DequantizeLinear')),
            field(5, concat(field(1, 'block_size'), varint(3, BigInt.asUintN(64, BigInt(size))))),
          ),
        ),
      ),
      new RegExp(
        `tensor "y": shape \\[2, 3\\] does not fit scales \\[2, 2\\] along axis 1${size > 0 ? ` in blocks of ${size}` : ''};`,
      ),
    ]),
    ...[
      ['a fourth input', field(1, 'axis'), 'has more than 3 inputs'],
      [
        'an unknown attribute',
        field(5, concat(field(1, 'axjs'), varint(3, 0))),
        'has an unknown attribute "axjs"',
      ],
      ['an attribute without a name', field(5, varint(3, 0)), 'has an unknown attribute ""'],
    ].map(([what, part, problem]): [string, Uint8Array, RegExp] => [
      `a node with ${what as string}`,
      model(
        tensor('w', [2, 2], 3, raw(4)),
        tensor('s', [2], 1, raw(8)),
        tensor('z', [2], 3, raw(2)),
        field(
          1,
          concat(
            ...['w', 's', 'z'].map((name) => field(1, name)),
            part as Uint8Array,
            field(2, 'y'),
            field(4, 'DequantizeLinear'),
          ),
        ),
      ),
      new RegExp(`tensor "y": its node ${problem as string}; the file is damaged`),
    ]),
    [
      'scales that do not fit',
      model(
        tensor('w', [2, 3], 3, raw(6)),
        tensor('s', [2], 1, raw(8)),
        field(1, concat(field(1, 'w'), field(1, 's'), field(2, 'y'), field(4, 'DequantizeLinear'))),
      ),
      /tensor "y": shape \[2, 3\] does not fit scales \[2\] along axis 1/,
    ],
  ])('%s', async (_, bytes, message) => {
    const problems: string[] = [];
    const largest = await largestAllocation(async () => {
      problems.push(await problemOf(bytes, 'x.onnx'));
    });
    expect(problems[0]).toMatch(message);
    expect(largest).toBeLessThan(1e6);
  });

  test('skips the data of weights without reading them', async () => {
    const size = 3e9;
    const head = concat(varint(1, 9));
    const weights = concat(
      varint(1, size / 4),
      varint(2, 1),
      field(8, 'w'),
      base128(9 * 8 + 2),
      base128(size),
    );
    const after = tensor('after', [1], 1, field(9, new Uint8Array(4)));
    const message = concat(base128(5 * 8 + 2), base128(weights.length + size), weights);
    const graph = concat(base128(7 * 8 + 2), base128(message.length + size + after.length));
    const before = concat(head, graph, message);
    let bytesRead = 0;
    const source: ByteSource = {
      name: 'large.onnx',
      size: before.length + size + after.length,
      read: async (offset, length) => {
        bytesRead += length;
        const bytes = new Uint8Array(length);
        for (let i = 0; i < length; i++) {
          const at = offset + i;
          bytes[i] = before[at] ?? after[at - before.length - size] ?? 0;
        }
        return bytes;
      },
    };
    const file = await openTensors(source);
    expect(file.entries.map(({ name, shape }) => [name, shape])).toEqual([
      ['w', [size / 4]],
      ['after', [1]],
    ]);
    expect(bytesRead).toBeLessThan(1e5);
    expect(await (await file.open('w')).read(size / 4 - 2, 2)).toEqual(Float32Array.of(0, 0));
  });

  test.each(['plain.onnx', 'quantised.onnx'])(
    '%s cut at every byte, and with a bit of every byte flipped',
    async (name) => {
      await readsOrRefusesDamaged(fixtureBytes(name), (bytes) => readAll(bytes, name));
    },
  );
});
