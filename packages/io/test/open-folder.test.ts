import { expect, test } from 'vitest';
import type { SourceFolder } from '../src/bytes/index.ts';
import { openFolder } from '../src/formats/index.ts';
import { bytesSource, encodeNpy } from '../src/index.ts';
import { concat, rawSafetensors, rawZip } from './helpers.ts';

/** A file of weights whatever its name, since its content tells its format. */
const ANY_NAME = rawZip({
  name: 'W.npy',
  content: encodeNpy({ shape: [1], data: Float32Array.of(1) }),
});

function folderOf(files: Readonly<Record<string, Uint8Array>>): SourceFolder {
  return {
    name: 'folder',
    open: async (file) =>
      Object.hasOwn(files, file) ? bytesSource(`folder/${file}`, files[file]) : undefined,
    list: async () => Object.keys(files),
  };
}

async function problem(opening: Promise<unknown>): Promise<string> {
  const error: unknown = await opening.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(Error);
  return (error as Error).message;
}

test.each([
  'model.safetensors.index.json',
  'model.safetensors',
  'diffusion_pytorch_model.safetensors.index.json',
  'diffusion_pytorch_model.safetensors',
  'sae_weights.safetensors',
  'pytorch_model.bin.index.json',
  'pytorch_model.bin',
  'diffusion_pytorch_model.bin.index.json',
  'diffusion_pytorch_model.bin',
  'model.onnx',
  'params.safetensors',
  'params.npz',
  'sae.safetensors',
  'checkpoints/final.safetensors',
  'ae.pt',
  'latest_ckpt.safetensors',
])('opens %s of a folder that cannot be listed, after those before it', async (name) => {
  const asked: string[] = [];
  const opening = async (wanted: string) => {
    asked.push(wanted);
    return wanted === name ? bytesSource(wanted, ANY_NAME) : undefined;
  };
  const opened = await openFolder({ name: 'folder', open: opening });
  expect(opened.entries).toHaveLength(1);
  const none = await problem(openFolder({ name: 'folder', open: async () => undefined }));
  expect(none).toContain(asked.join(', '));
  expect(asked.at(-1)).toBe(name);
});

test('searches two levels of folders below a folder', async () => {
  const inside = (path: readonly string[]): SourceFolder => ({
    name: 'folder',
    list: async () => (path.length === 0 ? ['w.npz'] : []),
    open: async (name) => (path.length === 0 ? bytesSource(name, ANY_NAME) : undefined),
    folders: async () => path.slice(0, 1),
    subfolder: () => inside(path.slice(1)),
  });
  expect((await openFolder(inside(['a', 'b']))).entries).toHaveLength(1);
  expect(await problem(openFolder(inside(['a', 'b', 'c'])))).toMatch(/^folder: is empty; give/);
});

test('opens at most 200 files together', async () => {
  const layers = (count: number) =>
    folderOf(
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`layer_${i}.npz`, ANY_NAME])),
    );
  expect((await openFolder(layers(200))).entries).toHaveLength(200);
  expect(await problem(openFolder(layers(201)))).toBe(
    'folder: holds 201 files of weights, more than the 200 opened together; give a folder in it',
  );
});

test('keeps the path of a single file where it tells a layer or a folder', async () => {
  const pathIn = async (folder: SourceFolder) => {
    const { entries } = await openFolder(folder);
    expect(entries).toHaveLength(1);
    return entries[0].file;
  };
  expect(await pathIn(folderOf({ 'w.npz': ANY_NAME }))).toBeUndefined();
  expect(await pathIn(folderOf({ 'layer_5.npz': ANY_NAME }))).toBe('layer_5.npz');
  const above: SourceFolder = {
    ...folderOf({}),
    folders: async () => ['a'],
    subfolder: () => folderOf({ 'w.npz': ANY_NAME }),
  };
  expect(await pathIn(above)).toBe('a/w.npz');
});

test('lists at most twenty files, or folders, to choose from', async () => {
  const names = Array.from({ length: 22 }, (_, i) => `${String.fromCodePoint(97 + i)}.gguf`);
  const listed = names.slice(0, 20).map((name) => `"${name}"`);
  const files = Object.fromEntries(names.map((name) => [name, concat('x')]));
  expect(await problem(openFolder(folderOf(files)))).toBe(
    `folder: holds 22 files of weights, ${listed.join(', ')} and 2 more; choose one`,
  );
  delete files['v.gguf'];
  expect(await problem(openFolder(folderOf(files)))).toContain(`${listed.join(', ')} and 1 more`);
  delete files['u.gguf'];
  expect(await problem(openFolder(folderOf(files)))).toContain(`${listed.join(', ')}; choose`);
});

test('does not search hidden folders and those of packages', async () => {
  const inside = (...names: string[]): SourceFolder => ({
    ...folderOf({}),
    folders: async () => names,
    subfolder: (name) => folderOf({ [`${name}.npz`]: ANY_NAME }),
  });
  expect(await problem(openFolder(inside('.cache', '.a', 'node_modules')))).toBe(
    'folder: is empty; give a file of weights',
  );
  const { entries } = await openFolder(inside('.cache', 'a', 'node_modules', 'node_modules2'));
  expect(entries.map(({ file }) => file)).toEqual(['a/a.npz', 'node_modules2/node_modules2.npz']);
});

test('asks to choose in the first folder that has a choice, unless another has weights', async () => {
  const inside = (folders: Readonly<Record<string, readonly string[]>>): SourceFolder => ({
    name: 'folder',
    list: async () => [],
    open: async () => undefined,
    folders: async () => Object.keys(folders),
    subfolder: (name) => ({
      name,
      list: async () => folders[name],
      open: async (file) => bytesSource(file, ANY_NAME),
    }),
  });
  expect(
    await problem(openFolder(inside({ a: [], b: ['x.gguf', 'y.gguf'], c: ['1.mat', '2.mat'] }))),
  ).toBe('b: holds 2 files of weights, "x.gguf", "y.gguf"; choose one');
  const opened = await openFolder(inside({ b: ['x.gguf', 'y.gguf'], c: ['w.npz'] }));
  expect(opened.entries).toHaveLength(1);
  expect(await problem(openFolder(inside({ a: [] })))).toBe(
    'folder: is empty; give a file of weights',
  );
});

test('names tensors of several files by their files only where names repeat', async () => {
  const layer = (name: string) =>
    rawSafetensors({
      __metadata__: { by: name },
      [name]: { dtype: 'F32', shape: [0], data_offsets: [0, 0] },
    });
  const opened = async (names: Readonly<Record<string, string>>) => {
    const files = Object.entries(names).map(([file, name]) => [file, layer(name)]);
    const { entries, metadata } = await openFolder(
      folderOf(Object.fromEntries(files) as Record<string, Uint8Array>),
    );
    return { names: entries.map(({ name }) => name), metadata };
  };
  const [first, second] = ['layer_0.safetensors', 'layer_1.safetensors'];
  expect(await opened({ [first]: 'a', [second]: 'b' })).toEqual({
    names: ['a', 'b'],
    metadata: {},
  });
  expect((await opened({ [first]: 'a', [second]: 'a' })).names).toEqual(['layer_0.a', 'layer_1.a']);
  expect((await opened({ [first]: 'a' })).metadata).toEqual({ by: 'a' });
});

test('stops searching once there are too many files', async () => {
  const layers = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`layer_${i}.npz`, ANY_NAME]));
  const above: SourceFolder = {
    ...folderOf({}),
    folders: async () => ['a', 'b', 'c'],
    subfolder: () => folderOf(layers(150)),
  };
  expect(await problem(openFolder(above))).toMatch(/^folder: holds 300 files of weights/);
});
