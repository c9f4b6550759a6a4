import { expect, test } from 'vitest';
import { bytesSource, openTensors } from '../src/index.ts';
import { decodeNumbers } from '../src/numbers/convert.ts';
import { concat, fixture, problemOf, rawZip } from './helpers.ts';

test('lists the bytes that a tensor or a view of one spans', async () => {
  const source = fixture('torch.pt');
  const file = await openTensors(source);
  for (const [name, dtype, numbers] of [
    ['state_dict.encoder.weight', 'F32', [0.5, -1.25, 3, Math.PI, -0, 1e-3]],
    // Transposed: the storage has the order of the matrix.
    ['state_dict.decoder.weight', 'F64', [0.5, -1.25, 3, Math.PI, -0, 1e-3]],
    ['row of a matrix', 'F32', [4, 5, 6, 7]],
  ] as const) {
    const entry = file.entries.find((one) => one.name === name);
    if (entry === undefined) return expect.fail(name);
    // oxlint-disable-next-line no-await-in-loop -- three small reads
    const bytes = await source.read(entry.byteOffset, entry.byteLength);
    const expected = dtype === 'F32' ? Float32Array.from(numbers) : Float64Array.from(numbers);
    expect(decodeNumbers(dtype, bytes, true)).toEqual(expected);
  }
});

test('a pickle may have 64 MiB', async () => {
  const claiming = (size: number) =>
    rawZip({ name: 'x/data.pkl', content: concat('abc'), claim: { size } });
  expect(await problemOf(claiming(2 ** 26 + 1), 'x.pt')).toMatch(
    /^x\.pt\/x\/data\.pkl: has 67108865 bytes, too many for the names of tensors; /,
  );
  expect(await problemOf(claiming(2 ** 26), 'x.pt')).toBe(
    'x.pt/x/data.pkl: claims 67108864 bytes from 3 compressed bytes, which is impossible; the file is damaged or a bomb',
  );
});

test('a tensor of an untyped storage has no more bytes than that', async () => {
  const latin = (text: string) => Uint8Array.from(text, (mark) => mark.charCodeAt(0));
  const checkpoint = (count: number) => {
    const storage = '(U\u0007storagectorch.storage\nUntypedStorage\nU\u00010U\u0003cpuK\u0008tQ';
    const places = `K\u0000(K${String.fromCharCode(count)}t(K\u0001t`;
    const call = `ctorch._utils\n_rebuild_tensor_v3\n(${storage}${places}\u0089Nctorch\nfloat32\ntR`;
    return rawZip(
      { name: 'a/data.pkl', content: latin(`\u0080\u0002${call}.`) },
      { name: 'a/data/0', content: new Uint8Array(8) },
    );
  };
  const file = await openTensors(bytesSource('x.pt', checkpoint(2)));
  expect((await file.read('x')).data).toEqual(new Float32Array(2));
  expect(await problemOf(checkpoint(3), 'x.pt')).toContain(
    'shape [3] from element 0 exceeds the 2 elements of its storage; the file is damaged',
  );
});
