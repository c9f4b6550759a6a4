/* oxlint-disable no-await-in-loop -- one after the other */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeNpy, encodeSafetensors } from '../src/index.ts';
import { localFolder, openWeights } from '../src/node/index.ts';
import { serve, type TestServer } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'polysem-places-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NPY = encodeNpy({ shape: [2, 1], data: Float64Array.of(1, 2) });
const TWO = encodeSafetensors([
  { name: 'W', shape: [2, 1], data: Float64Array.of(1, 2) },
  { name: 'x', shape: [1], data: Float64Array.of(3) },
]);

describe('on disk', () => {
  beforeAll(() => {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    writeFileSync(join(folder, 'a/b/w.npy'), NPY);
    writeFileSync(join(folder, 'a/config.json'), '{}');
    writeFileSync(join(folder, 'config.json'), '{ }');
  });

  test.each(['a/b', 'a/b/', 'a/b/w.npy'])('%s has its folder and the one above', async (path) => {
    const weights = await openWeights(join(folder, path));
    expect(weights.name).toBe(join(folder, path));
    expect(await weights.folder.list?.()).toEqual(['w.npy']);
    const config = await weights.parent?.open('config.json');
    expect(config?.size).toBe(2);
    await weights.close();
    await expect(config?.read(0, 1)).rejects.toThrow();
    await expect(weights.file.read('w')).rejects.toThrow();
  });

  test('lists files in order, and folders apart from files', async () => {
    const names = ['z', 'y', '10', '9'];
    for (const name of names) writeFileSync(join(folder, 'a/b', name), '');
    mkdirSync(join(folder, 'a/b/inner'));
    const inside = localFolder(join(folder, 'a/b'));
    expect(inside.name).toBe(join(folder, 'a/b'));
    expect(await inside.list?.()).toEqual(['10', '9', 'inner', 'w.npy', 'y', 'z']);
    expect(await inside.folders?.()).toEqual(['inner']);
    expect(await inside.open('none')).toBeUndefined();
    expect(await inside.open('z/none')).toBeUndefined();
    await expect(inside.open('inner')).rejects.toThrow('inner: is a folder, not a file');
    await expect(inside.open('../config.json')).rejects.toThrow('..');
    expect(() => inside.subfolder?.('..')).toThrow('..');
  });

  test('takes a link in a cache of the hub into another model for one that leaves the folder', async () => {
    for (const kind of ['models', 'datasets', 'spaces']) {
      const cache = join(folder, `cache-${kind}`);
      const snapshot = join(cache, `${kind}--a--b/snapshots/1`);
      for (const model of ['a--b', 'c--d']) {
        mkdirSync(join(cache, `${kind}--${model}/blobs`), { recursive: true });
        writeFileSync(join(cache, `${kind}--${model}/blobs/5`), NPY);
      }
      mkdirSync(snapshot, { recursive: true });
      symlinkSync('../../blobs/5', join(snapshot, 'own.npy'));
      symlinkSync(`../../../${kind}--c--d/blobs/5`, join(snapshot, 'other.npy'));
      const inside = localFolder(snapshot);
      expect((await inside.open('own.npy'))?.size).toBe(NPY.length);
      await expect(inside.open('other.npy')).rejects.toThrow('outside of the folder');
      await inside.close();
    }
  });
});

describe('on the web', () => {
  let server: TestServer;
  const web = () => ({ endpoint: server.origin, pause: 1, attempts: 1 });
  beforeAll(async () => {
    server = await serve({});
    for (const path of ['', 'a/', 'a/b/', 'o/r/resolve/main/', 'o/r/resolve/main/d/']) {
      server.files.set(`/${path}w.npy`, NPY);
      server.files.set(`/${path}model.safetensors`, TWO);
      server.files.set(`/datasets/${path}w.npy`, NPY);
    }
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.log.length = 0;
  });

  test.each([
    ['/w.npy', undefined],
    ['/a/w.npy', '/'],
    ['/a/b/w.npy', '/a/'],
    ['/a/b/', '/a/'],
    ['/a/', '/'],
    ['/', undefined],
    ['hf://o/r/w.npy', undefined],
    ['hf://o/r', undefined],
    ['hf://o/r/', undefined],
    ['HF://o/r/d/w.npy', 'HF://o/r/'],
    ['hf://o/r/d/', 'hf://o/r/'],
    ['hf://datasets/o/r/w.npy', undefined],
    ['hf://datasets/o/r/d/w.npy', 'hf://datasets/o/r/'],
  ])('the folder above %s is %s', async (location, above) => {
    const full = (path: string) => (path.startsWith('/') ? `${server.origin}${path}` : path);
    const { parent, name, close } = await openWeights(full(location), web());
    expect(parent?.name).toBe(above === undefined ? undefined : full(above));
    expect(name).toBe(full(location));
    await close();
  });

  test('a query belongs to the file and is not shown', async () => {
    server.files.set('/a/b/w.npy?x=/1', NPY);
    const { parent, name, close } = await openWeights(`${server.origin}/a/b/w.npy?x=/1`, web());
    expect(parent?.name).toBe(`${server.origin}/a/`);
    expect(name).toBe(`${server.origin}/a/b/w.npy`);
    await close();
  });

  test('a tensor is copied as it is read, unless the options forbid it, and closing ends the copy', async () => {
    const size = 200_000;
    const W = { name: 'W', shape: [size], data: Float64Array.from({ length: size }, (_, i) => i) };
    server.files.set('/long.safetensors', encodeSafetensors([W]));
    const asked = () => server.log.filter(({ bytes }) => bytes > 0).length;
    for (const spool of [true, false]) {
      const weights = await openWeights(`${server.origin}/long.safetensors`, { ...web(), spool });
      const reader = await weights.file.open('W');
      await reader.read(0, size);
      const before = asked();
      expect(await reader.read(size / 2, 2)).toEqual(Float64Array.of(size / 2, size / 2 + 1));
      expect(asked() > before).toBe(!spool);
      await weights.close();
      if (spool) await expect(reader.read(0, 2)).rejects.toThrow();
    }
  });

  test('options say what the first line and column of a table are', async () => {
    server.files.set('/t.csv', new TextEncoder().encode('1,2\n3,4\n'));
    const shapes = [];
    for (const matrix of [{}, { header: true }, { indexColumn: true }]) {
      const { file, close } = await openWeights(`${server.origin}/t.csv`, { ...web(), matrix });
      shapes.push(file.entries[0].shape);
      await close();
    }
    expect(shapes).toEqual([
      [2, 2],
      [1, 2],
      [2, 1],
    ]);
  });

  test('the hub is named by the environment unless the options name it', async () => {
    vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9');
    vi.stubEnv('HF_TOKEN', 'own');
    try {
      const { close } = await openWeights('hf://o/r/w.npy', { ...web(), token: 'given' });
      expect(server.log[0].token).toBe('Bearer given');
      await close();
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
