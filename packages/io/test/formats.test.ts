import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tensorExtensions } from '../src/extensions/index.ts';
import { FORMATS, fileExtensions } from '../src/formats/index.ts';
import { giveTensors } from '../src/formats/registry.ts';
import { bytesSource, encodeNpy, openTensors } from '../src/index.ts';
import { fixtureBytes, rawZip } from './helpers.ts';

const DOCS = readFileSync(new URL('../../../docs/files.md', import.meta.url), 'utf8');

/** The cells of each row of the first table of docs/files.md, without its head. */
function documented(): string[][] {
  const rows = DOCS.split('\n').filter((line) => /^\| (?!-)/.test(line));
  return rows
    .map((row) =>
      row
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
    .slice(1, 1 + FORMATS.length);
}

describe('the registry of formats', () => {
  test('is the table of docs/files.md', () => {
    const registered = FORMATS.map(({ title, extensions, reads, refuses }) => [
      [title, ...extensions.map((extension) => `\`${extension}\``)].join(' '),
      reads,
      refuses,
    ]);
    expect(documented()).toEqual(registered);
  });

  test('takes markup from a source without a name for no table', async () => {
    const bytes = new TextEncoder().encode('<svg>1,2</svg>\n');
    const source = { ...bytesSource('standard input', bytes), isUnnamed: true };
    await expect(openTensors(source)).rejects.toThrow('is not a file of weights; give safetensors');
  });

  test('has unique names and extensions', () => {
    const names = FORMATS.map(({ name }) => name);
    const extensions = FORMATS.flatMap((format) => format.extensions);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(extensions).size).toBe(extensions.length);
  });

  test.each([
    ['f8.npy', 'npy'],
    ['deflated.npz', 'npz'],
    ['torch.pt', 'torch'],
    ['torch-script.pt', 'torch'],
    ['little-endian.gguf', 'gguf'],
    ['plain.onnx', 'onnx'],
    ['mixed.safetensors', 'safetensors'],
  ])('recognises %s as %s under any name', async (fixture, format) => {
    expect((await openTensors(bytesSource('x', fixtureBytes(fixture)))).format).toBe(format);
  });

  test('recognises a zip without members as npz, whose list of tensors is empty', async () => {
    const file = await openTensors(bytesSource('x', rawZip()));
    expect(file).toMatchObject({ format: 'npz', entries: [] });
    await expect(file.open('w')).rejects.toThrow('x: no tensor "w"; the file is empty');
  });

  test('prefers content to the extension', async () => {
    const bytes = encodeNpy({ shape: [1], data: Float64Array.of(1) });
    expect((await openTensors(bytesSource('x.csv', bytes))).format).toBe('npy');
  });

  test('lists extensions and formats for help texts and errors, with the usual ones first', () => {
    const extensions = fileExtensions('tensors');
    expect(extensions.slice(0, 3)).toEqual(['.safetensors', '.npy', '.npz']);
    expect(extensions.slice(-2)).toEqual(['.csv', '.tsv']);
    expect(tensorExtensions).toEqual(extensions);
    expect(giveTensors()).toMatch(
      /^give safetensors \(\.safetensors\), .* or CSV \(\.csv, \.tsv\)$/,
    );
    for (const extension of extensions) expect(giveTensors()).toContain(extension);
  });
});
