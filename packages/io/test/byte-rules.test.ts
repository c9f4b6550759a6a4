/* oxlint-disable no-await-in-loop -- one after the other */
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodingOf } from '../src/bytes/decode-text.ts';
import { canInflateTo, inflatedRanges } from '../src/bytes/inflate.ts';
import { readZipDirectory } from '../src/bytes/zip-directory.ts';
import { openMember } from '../src/bytes/zip-member.ts';
import { inflateLz4 } from '../src/formats/parquet/lz4-page.ts';
import { isPadding } from '../src/formats/parquet/runs.ts';
import { readThriftStruct } from '../src/formats/parquet/thrift.ts';
import { readLiterals } from '../src/formats/parquet/zstd/literals.ts';
import { readSequences } from '../src/formats/parquet/zstd/sequences.ts';
import { bytesSource, encodeNpy, featureSource, openTensors, readTable } from '../src/index.ts';
import {
  findWholeCrossLayer,
  WHOLE_CROSS_LAYER,
} from '../src/layouts/dictionaries/whole-cross-layer.ts';
import { vectorsOf } from '../src/layouts/gather-features.ts';
import { openFeatures } from '../src/layouts/index.ts';
import { byteLevelText } from '../src/labels/token-text.ts';
import { rawZip } from './helpers.ts';
import { entries, find } from './layout-files.ts';

test('two marks name an encoding, and no others', () => {
  for (const first of [0, 0xef, 0xfd, 0xfe, 0xff])
    for (const second of [0, 0xbb, 0xfd, 0xfe, 0xff])
      expect(encodingOf(Uint8Array.of(first, second, 0))).toBe(
        first === 0xff && second === 0xfe
          ? 'utf-16le'
          : first === 0xfe && second === 0xff
            ? 'utf-16be'
            : 'utf-8',
      );
});

test('a byte-level vocabulary writes printable bytes as themselves, and others as letters from 256 on', () => {
  // bytes_to_unicode of GPT-2: the bytes from ! to ~, from 161 to 172 and from 174 to 255 are themselves.
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const isOwn = (b: number) => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  const hidden = bytes.filter((byte) => !isOwn(byte));
  const letterOf = (byte: number) =>
    String.fromCodePoint(isOwn(byte) ? byte : 256 + hidden.indexOf(byte));
  for (const byte of bytes) {
    // Each byte as the last one of two that are UTF-8, or alone.
    const pair = byte >= 0x80 && byte < 0xc0 ? [0xd0, byte] : [byte];
    const text = new TextDecoder().decode(Uint8Array.from(pair));
    const shown = byteLevelText(pair.map(letterOf).join(''));
    if (byte >= 0xc0) expect(shown).toBe(`<0x${byte.toString(16).toUpperCase()}>`);
    else if (/[\p{L}\p{N}\p{P}\p{S}]/u.test(text)) expect(shown).toBe(text);
    else if (byte === 0x20) expect(shown).toBe('\u2423');
    else expect(shown).toMatch(/^<0x[0-9A-F]{2}>$/);
    // Bytes that are no UTF-8 are shown one by one, ASCII as letters.
    const code = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    expect(byteLevelText(`${letterOf(byte)}${letterOf(0xff)}`)).toBe(
      `${byte > 32 && byte < 127 ? letterOf(byte) : code}<0xFF>`,
    );
  }
});

test('padding of Parquet has at most eight bytes, all 0', () => {
  for (let length = 0; length < 12; length++) {
    expect(isPadding(new Uint8Array(length), 0)).toBe(length <= 8);
    expect(isPadding(new Uint8Array(length + 3).fill(5, 0, 3), 3)).toBe(length <= 8);
    for (let at = 0; at < length; at++)
      expect(isPadding(new Uint8Array(length).fill(1, at), 0)).toBe(false);
  }
});

test('integers of Thrift have at most ten bytes', () => {
  const read = (more: number) =>
    readThriftStruct(Uint8Array.of(0x15, ...Array.from({ length: more }, () => 0x80), 1, 0), 0);
  expect(read(8).fields.get(1)).toBe(2 ** 55);
  expect(() => read(9)).not.toThrow();
  for (const more of [10, 11, 20]) expect(() => read(more)).toThrow('an integer does not end');
});

test('the two lowest bits of the modes of zstd are reserved', () => {
  for (let modes = 0; modes < 4; modes++) {
    const read = () => readSequences(Uint8Array.of(1, modes, 1, 2, 3), null).count;
    if (modes === 0) expect(read()).toBe(1);
    else expect(read).toThrow('sequences of zstd are damaged');
  }
});

test('the number of sequences of zstd is followed by their modes', () => {
  // RFC 8878, section 3.1.1.3.2.1: a number of one, two or three bytes.
  for (const section of [[], [1], [200], [200, 0], [255], [255, 0], [255, 0, 0]])
    expect(() => readSequences(Uint8Array.from(section), null)).toThrow(
      'sequences of zstd are damaged',
    );
  expect(readSequences(Uint8Array.of(0), null)).toEqual({ count: 0, stream: null, tables: null });
});

test('a crosscoder has at most 256 parts', () => {
  const parts = (count: number) =>
    find({ W_enc: [count, 8, 24], W_dec: [24, count, 8], b_enc: [24] }).length;
  // Each part, and all of them together, on both sides.
  expect(parts(256)).toBe(2 * 257);
  expect(parts(257)).toBe(0);
});

test('compressed data are checked to their end, beyond the last byte that is wanted', async () => {
  const data = new Uint8Array(20).fill(3);
  const range = (bytes: Uint8Array) => {
    const place = { offset: 0, length: bytes.length, format: 'deflate' as const };
    return inflatedRanges(bytesSource('x', bytes), place, 20, 'x: part')(0, 20);
  };
  const sound = new Uint8Array(deflateSync(data));
  expect(await range(sound)).toEqual(data);
  const damaged = [sound.with(sound.length - 1, 255 - (sound.at(-1) ?? 0)), sound.slice(0, -1)];
  for (const bytes of damaged)
    await expect(range(bytes)).rejects.toThrow('x: part: its compressed data are damaged');
});

test('deflated data are at most 1032 times as long as their bytes', () => {
  for (const length of [0, 1, 7])
    expect([0, 1].map((more) => canInflateTo(1032 * length + more, length))).toEqual([true, false]);
});

test('a range that is read again is not inflated again', async () => {
  const bytes = new Uint8Array(deflateSync(Uint8Array.of(1, 2, 3)));
  const source = bytesSource('x', bytes);
  let reads = 0;
  const counted = { ...source, read: (...at: [number, number]) => (reads++, source.read(...at)) };
  const place = { offset: 0, length: bytes.length, format: 'deflate' as const };
  const read = inflatedRanges(counted, place, 3, 'x: part');
  for (let i = 0; i < 3; i++) expect(await read(0, 2)).toEqual(Uint8Array.of(1, 2));
  expect(reads).toBe(1);
});

test('members of an archive have the sizes and names that its directory says', async () => {
  const opened = async (deflate: boolean, content: Uint8Array, own: object = {}) => {
    const archive = bytesSource('x.npz', rawZip({ name: 'W', content, deflate }));
    const [member] = await readZipDirectory(archive);
    const { read } = await openMember(archive, { ...member, ...own });
    return read(0, content.length);
  };
  // One byte takes three when it is compressed.
  const one = Uint8Array.of(7);
  expect(await opened(true, one)).toEqual(one);
  expect(await opened(false, one)).toEqual(one);
  const two = Uint8Array.of(7, 8);
  await expect(opened(false, two, { size: 1 })).rejects.toThrow(
    'x.npz/W: claims 1 bytes but has more',
  );
  await expect(opened(false, two, { size: 3 })).rejects.toThrow('claims 3 bytes from 2 compressed');
  await expect(opened(false, two, { method: 12 })).rejects.toThrow('method 12 is not supported');
  await expect(opened(false, two, { encrypted: true })).rejects.toThrow('member is encrypted');
  await expect(opened(false, two, { crc: 1 })).rejects.toThrow('its CRC-32 is wrong');
  for (const own of [{ nameLength: 100_000 }, { name: 'V' }, { nameLength: 2 }])
    await expect(opened(false, two, own)).rejects.toThrow('have different names');
});

test('a wrong sum is found whenever the end of a member is read', async () => {
  const content = Uint8Array.of(7, 8);
  const archive = bytesSource('x.npz', rawZip({ name: 'W', content, claim: { crc: 1 } }));
  const { read } = await openMember(archive, (await readZipDirectory(archive))[0]);
  for (let i = 0; i < 3; i++)
    await expect(read(0, 2)).rejects.toThrow('x.npz/W: its CRC-32 is wrong; the file is damaged');
});

test('a number that is not finite is named by its place, in the first feature too', async () => {
  for (const [at, place] of [
    [0, 'NaN at [0, 0], in feature 0'],
    [1, 'NaN at [0, 1], in feature 0'],
    [5, 'NaN at [2, 1], in feature 2'],
  ] as const) {
    const data = new Float64Array(6);
    data[at] = NaN;
    const bytes = encodeNpy({ shape: [3, 2], data });
    const file = await openTensors(bytesSource('W.npy', bytes));
    const rows = featureSource(await file.open('W'), 'rows', { sourceName: 'W.npy' });
    await expect(rows.read(0, 3)).rejects.toThrow(`W.npy: tensor "W": ${place}; every value`);
  }
});

test('a cell in quotes may have 100 lines', async () => {
  const table = (lines: number) => {
    const cell = Array.from({ length: lines }, () => 'a').join('\n');
    return readTable(bytesSource('t.csv', new TextEncoder().encode(`x,y\n1,"${cell}"\n`)));
  };
  expect((await table(100)).rows).toBe(1);
  await expect(table(101)).rejects.toThrow('t.csv: line 2: a quote does not close');
});

test('literals of zstd fill at most a block, and a block is not a single byte', () => {
  const equal = (count: number) => {
    const head = count * 16 + 13;
    return readLiterals(Uint8Array.of(head & 255, (head >> 8) & 255, head >> 16, 7), null).bytes;
  };
  expect(equal(2 ** 17)).toEqual(new Uint8Array(2 ** 17).fill(7));
  expect(() => equal(2 ** 17 + 1)).toThrow('literals of zstd are damaged');
  expect(() => readLiterals(Uint8Array.of(0), null)).toThrow('literals of zstd are damaged');
});

test('a match of LZ4 has an offset of two bytes', () => {
  expect(() => inflateLz4(Uint8Array.of(0x10, 0x61, 0x01), 5)).toThrow('damaged');
});

test('short JSON is an index of shards that names nothing', async () => {
  for (const text of ['{"a": 1}', '{"a": 123, "b":4}'])
    await expect(openTensors(bytesSource('x', new TextEncoder().encode(text)))).rejects.toThrow(
      'x: is JSON without an object "weight_map"',
    );
});

test('a whole cross-layer transcoder claims its own tensors, and says why its norms are not folded', () => {
  const own = {
    'a.W_E': [2, 8, 24],
    'a.b_E': [2, 24],
    'a.W_D.0': [1, 24, 8],
    'a.W_D.1': [2, 24, 8],
    'a.b_D.0': [8],
  };
  const others = { 'a.W_Q': [8, 8], 'b.W_D.0': [1, 24, 8], b_E: [2, 24] };
  const [layout] = WHOLE_CROSS_LAYER;
  const [found, ...more] = findWholeCrossLayer(layout, entries({ ...own, ...others }), 'because');
  expect(more).toEqual([]);
  expect(found.claimed).toEqual(Object.keys(own));
  expect(found.dictionaries.map(({ layer, unfolded }) => [layer, unfolded])).toEqual([
    [0, 'because'],
    [1, 'because'],
  ]);
});

test('features of a slice are read from a file as from memory', async () => {
  const shape = [2, 3, 4, 5];
  const data = Float64Array.from({ length: 120 }, (_, i) => i);
  const file = await openTensors(bytesSource('W.npy', encodeNpy({ shape, data })));
  for (const slice of [
    [1, null, 2, null],
    [null, 2, null, 4],
  ]) {
    const range = { tensor: 'W', axis: 'columns' as const, slice };
    const { dims, features, read } = await openFeatures(range, file, 'W.npy');
    const expected = vectorsOf({ name: 'W', dtype: 'F64', shape, data }, range, 'W.npy');
    expect({ dims, features, data: await read(0, features) }).toEqual(expected);
  }
});
