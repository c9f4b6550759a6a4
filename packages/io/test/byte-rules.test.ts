import { expect, test } from 'vitest';
import { encodingOf } from '../src/bytes/decode-text.ts';
import { isPadding } from '../src/formats/parquet/runs.ts';
import { readThriftStruct } from '../src/formats/parquet/thrift.ts';
import { readSequences } from '../src/formats/parquet/zstd/sequences.ts';
import { byteLevelText } from '../src/labels/token-text.ts';
import { find } from './layout-files.ts';

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

test('a crosscoder has at most 256 parts', () => {
  const parts = (count: number) =>
    find({ W_enc: [count, 8, 24], W_dec: [24, count, 8], b_enc: [24] }).length;
  // Each part, and all of them together, on both sides.
  expect(parts(256)).toBe(2 * 257);
  expect(parts(257)).toBe(0);
});
