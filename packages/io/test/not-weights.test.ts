import { describe, expect, test } from 'vitest';
import { filesFolder } from '../src/bytes/index.ts';
import { openFolder } from '../src/formats/index.ts';
import { bytesSource, encodeNpy, openTensors, readTable, readTensor } from '../src/index.ts';
import { parseLabels } from '../src/labels/index.ts';
import { readConfig } from '../src/layouts/read-config.ts';
import { concat, expectOneLine, fixtureBytes, rawZip } from './helpers.ts';

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 9878327296\n`;
const PAGE = '<!DOCTYPE html><html><body>Not Found</body></html>';

async function refusal(name: string, bytes: Uint8Array): Promise<string> {
  const error: unknown = await openTensors(bytesSource(name, bytes)).catch((caught) => caught);
  const { message } = error as Error;
  expectOneLine(message);
  return message;
}

describe('what a file really is', () => {
  test.each(['w.safetensors', 'w.bin', 'w.gguf', 'w.pt', 'w.csv', 'w.npy', 'w.onnx', 'w.mat'])(
    'a Git LFS pointer called %s',
    async (name) => {
      expect(await refusal(name, text(POINTER))).toBe(
        `${name}: is a Git LFS pointer, not the file of 9878327296 bytes that it stands for; ` +
          'run git lfs pull in its repository, or download the file',
      );
    },
  );

  test('a Git LFS pointer instead of labels or a configuration', async () => {
    for (const name of ['vocab.txt', 'tokenizer.json', 'labels.csv'])
      expect(() => parseLabels(POINTER, name)).toThrow(`${name}: is a Git LFS pointer`);
    const found = await readConfig(filesFolder([new File([POINTER], 'config.json')]));
    expect(found.notes.join()).toMatch(
      /config\.json was not read: it is a Git LFS pointer, .*git lfs pull/,
    );
  });

  test('a Git LFS pointer instead of a table', async () => {
    await expect(readTable(bytesSource('norms.csv', text(POINTER)))).rejects.toThrow(/Git LFS/);
  });

  test.each([
    ['gzip', [0x1f, 0x8b], 'gunzip'],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd], 'zstd -d'],
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], 'xz -d'],
    ['bzip2', [0x42, 0x5a, 0x68], 'bunzip2'],
  ])('a file compressed by %s', async (name, signature, tool) => {
    const bytes = concat(Uint8Array.from(signature), new Uint8Array(300).fill(0xff));
    expect(await refusal('w', bytes)).toBe(`w: is compressed by ${name}; unpack it with ${tool}`);
  });

  test.each([
    PAGE,
    '\n  <html lang="en">\n',
    '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
  ])('a web page: %s', async (page) => {
    expect(await refusal('w.safetensors', text(page))).toBe(
      'w.safetensors: is a web page, not a file of weights; the download failed: ' +
        'open the address in a browser, log in if it asks, and download the file again',
    );
  });

  test.each([
    ['Invalid username or password.', '"Invalid username or password."'],
    ['Entry not found\n', '"Entry not found"'],
    ['Access to model a/b is restricted.', '"Access to model a/b is restricted."'],
    ['{"error":"Repository not found"}', '"Repository not found"'],
  ])('the answer of a server: %s', async (answer, quoted) => {
    for (const name of ['w.safetensors', 'w.bin', 'w.onnx']) {
      // oxlint-disable-next-line no-await-in-loop -- one at a time
      expect(await refusal(name, text(answer))).toBe(
        `${name}: is not a file of weights but the text ${quoted}; ` +
          'if a server answered so, log in or set HF_TOKEN, and download the file again',
      );
    }
  });

  test('a part of a distributed checkpoint, even one that begins like a zip', async () => {
    const zip = rawZip({ name: 'archive/data.pkl', content: new Uint8Array(3) });
    expect(await refusal('__0_0.distcp', zip)).toMatch(
      /^__0_0\.distcp: is one part of a distributed checkpoint of PyTorch .*dcp_to_torch FOLDER model\.pt$/,
    );
  });

  test('a folder of a distributed checkpoint', async () => {
    const files = ['.metadata', '__0_0.distcp', '__1_0.distcp'].map(
      (name) => new File(['x'], name),
    );
    await expect(openFolder(filesFolder(files))).rejects.toThrow(
      /is a distributed checkpoint of PyTorch .*; join the parts: python -m torch\.distributed/,
    );
  });

  test.each([
    [[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 1], 'is compressed by gzip; unpack it with gunzip'],
    [[0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0], 'is compressed by zstd; unpack it with zstd -d'],
    [
      [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a],
      'is an HDF5 file; read it with h5py and write the matrix with numpy.save',
    ],
  ])('a file of another program: %j', async (bytes, problem) => {
    expect(await refusal('w.bin', Uint8Array.from(bytes))).toBe(`w.bin: ${problem}`);
  });

  // The signatures as the formats' own documents give them.
  test.each([
    ['gzip', [0x1f, 0x8b]],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
    ['bzip2', [0x42, 0x5a, 0x68]],
    ['7-Zip', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
    ['RAR', [0x52, 0x61, 0x72, 0x21]],
    ['HDF5', [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]],
  ])('only the whole signature is %s', async (name, signature) => {
    const rest = new Uint8Array(20).fill(0xff);
    const file = (bytes: readonly number[]) => concat(Uint8Array.from(bytes), rest);
    expect(await refusal('w', file(signature))).toContain(name);
    for (const at of signature.keys()) {
      const other = signature.map((byte, i) => (i === at ? byte ^ 1 : byte));
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await refusal('w', file(other))).not.toContain(name);
    }
  });

  test('a line of at most 256 bytes is an answer, and is quoted up to 100 characters', async () => {
    const words = (length: number): Uint8Array => text(`No ${'a'.repeat(length - 3)}`);
    expect(await refusal('w.bin', words(256))).toContain(
      `is not a file of weights but the text "No ${'a'.repeat(90)}`,
    );
    expect(await refusal('w.bin', words(256))).not.toContain('a'.repeat(100));
    expect(await refusal('w.bin', words(257))).toMatch(/^w\.bin: is not a file of weights; /);
  });

  test('a text may be cut within a character, and holds no bytes that are not text', async () => {
    // The first 512 bytes decide; an é of two bytes begins at the last of them.
    const page = `<html>${'a'.repeat(505)}é</html>`;
    expect(await refusal('w.npy', text(page))).toContain('is a web page');
    const behind = concat(text('<html>'.padEnd(512)), Uint8Array.of(0xff));
    expect(await refusal('w.npy', behind)).toContain('is a web page');
    for (const at of [300, 506, 511]) {
      const bytes = text(page.replace('é', 'e'));
      bytes[at] = 0xff;
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await refusal('w', bytes)).toMatch(/^w: is not a file of weights; /);
    }
  });

  test.each([
    ['<!doctype html>', 'a web page'],
    ['<head >', 'a web page'],
    ['<body\n>', 'a web page'],
    ['<error>', 'a web page'],
    ['{"message": "no \\"such\\" file", "x": 1}', 'the text "no'],
    ['{ "detail" : "gone"}', 'the text "gone"'],
    ['version https://git-lfs.github.com/spec/v1\nsize x\n', 'not the file that it stands for'],
  ])('%s', async (words, says) => {
    expect(await refusal('w.safetensors', text(words))).toContain(says);
  });

  test.each(['{"other": "gone"}', '<htmlx>', 'x <html>'])('not %s', async (words) => {
    const bytes = concat(text(words), new Uint8Array(300));
    expect(await refusal('w', bytes)).not.toMatch(/web page|the text/);
  });

  test('a table of words is not taken for an answer', async () => {
    const { columns } = await readTable(bytesSource('names.csv', text('name\ncat\ndog\n')));
    expect(columns[0].values).toEqual(['cat', 'dog']);
  });
});

describe('bytes behind the last tensor', () => {
  test('are ignored and noted after an npy array, as numpy.load ignores them', async () => {
    const array = encodeNpy({ shape: [2], data: Float64Array.of(1, 2) });
    const source = bytesSource('w.npy', concat(array, new Uint8Array(16)));
    const file = await openTensors(source);
    expect(file.notes).toEqual([
      'the last 16 bytes belong to no tensor and are ignored; ' +
        'if several arrays were saved into it, save them with np.savez',
    ]);
    expect((await readTensor(source)).data).toEqual(Float64Array.of(1, 2));
    expect(file.entries[0].byteLength).toBe(16);
  });

  test('are noted in an npz member', async () => {
    const content = concat(encodeNpy({ shape: [1], data: Float64Array.of(1) }), 'more');
    const file = await openTensors(bytesSource('x.npz', rawZip({ name: 'a.npy', content })));
    expect(file.notes).toEqual([
      expect.stringMatching(/^"a": the last 4 bytes belong to no tensor/),
    ]);
  });

  test('are noted after the padding of a GGUF file', async () => {
    const whole = fixtureBytes('little-endian.gguf');
    expect((await openTensors(bytesSource('m.gguf', whole))).notes).toBeUndefined();
    const file = await openTensors(bytesSource('m.gguf', concat(whole, new Uint8Array(64))));
    expect(file.notes).toEqual([
      'the last 64 bytes belong to no tensor and are ignored; ' +
        'check that the download is complete and unchanged',
    ]);
  });
});
