import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeNpy, encodeSafetensors, featureSource, type ByteSource } from '../src/index.ts';
import { localFolder, openLocation, openWeights, spooled } from '../src/node/index.ts';
import { concat, rawZip, sameBytes } from './helpers.ts';
import { serve, type TestServer } from './server.ts';

const ROWS = 300;
const COLUMNS = 4000;
const data = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => (i * 7) % 1013);
const SHARD = encodeSafetensors([
  { name: 'W', shape: [ROWS, COLUMNS], data },
  { name: 'x', shape: [4], data: new Float32Array(4) },
]);
const OTHER = encodeSafetensors([{ name: 'y', shape: [1], data: Float64Array.of(5) }]);
const INDEX = concat(JSON.stringify({ weight_map: { W: 'm-1', x: 'm-1', y: 'm-2' } }));
const FAST = { pause: 1 };

const folder = mkdtempSync(join(tmpdir(), 'polysem-weights-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('openWeights on disk', () => {
  beforeAll(() => {
    mkdirSync(join(folder, 'model/parts'), { recursive: true });
    mkdirSync(join(folder, 'blobs'));
    writeFileSync(join(folder, 'blobs/1'), SHARD);
    writeFileSync(join(folder, 'model/parts/1'), SHARD);
    symlinkSync('parts/1', join(folder, 'model/m-1'));
    writeFileSync(join(folder, 'model/m-2'), OTHER);
    writeFileSync(join(folder, 'model/model.safetensors.index.json'), INDEX);
  });

  test.each(['model', 'model/', 'model/model.safetensors.index.json'])('opens %s', async (path) => {
    const { file, close } = await openWeights(join(folder, path));
    expect(file.entries.map(({ name }) => name)).toEqual(['W', 'x', 'y']);
    expect((await file.read('y')).data).toEqual(Float64Array.of(5));
    await close();
    await expect(file.read('y')).rejects.toThrow();
  });

  test('closes the files of folders within a folder', async () => {
    const outer = localFolder(join(folder, 'model'));
    const source = await outer.subfolder!('parts').open('1');
    if (source === undefined) return expect.fail('not found');
    expect(await source.read(0, 4)).toEqual(SHARD.slice(0, 4));
    await outer.close();
    await expect(source.read(0, 4)).rejects.toThrow();
  });

  test('opens a file', async () => {
    const source = await openLocation(join(folder, 'blobs/1'));
    expect(await source.read(0, 4)).toEqual(SHARD.slice(0, 4));
    await source.close();
    await expect(source.read(0, 4)).rejects.toThrow();
    const { file, close } = await openWeights(join(folder, 'blobs/1'), { wanted: ['W'] });
    expect(sameBytes((await file.read('W')).data, data)).toBe(true);
    await close();
    await expect(file.read('x')).rejects.toThrow();
  });

  test('closes a file whose weights cannot be opened', async () => {
    const path = join(folder, 'damaged.safetensors');
    // The length of the header, and a header that is no JSON, too long to be read at once.
    writeFileSync(
      path,
      concat(new Uint8Array(BigUint64Array.of(80_000n).buffer), '{'.repeat(80_000)),
    );
    const other = await open(path);
    const ways = Object.getPrototypeOf(other) as FileHandle;
    const { read } = ways;
    const handles = new Set<FileHandle>();
    const reading = vi.spyOn(ways, 'read').mockImplementation(function (
      this: FileHandle,
      ...given: unknown[]
    ) {
      handles.add(this);
      return Reflect.apply(read, this, given) as object;
    } as typeof read);
    await expect(openWeights(path)).rejects.toThrow('damaged.safetensors: ');
    reading.mockRestore();
    await other.close();
    expect([...handles].map(({ fd }) => fd)).toEqual([-1]);
  });

  test('names a missing file, an empty choice and a missing shard', async () => {
    await expect(openWeights(join(folder, 'none'))).rejects.toThrow('none: no such file');
    await expect(openWeights(join(folder, 'blobs'))).rejects.toThrow(
      'blobs: holds no file of weights, only "1"; give a file of weights',
    );
    rmSync(join(folder, 'model/m-2'));
    const some = await openWeights(join(folder, 'model'));
    expect(some.file.notes).toEqual(['"m-2", with 1 tensor, cannot be read: is missing']);
    await expect(some.file.read('y')).rejects.toThrow('"y": is in "m-2", which is missing');
    await some.close();
  });
});

describe('links in a folder', () => {
  const at = (...parts: string[]): string => join(folder, 'links', ...parts);
  beforeAll(() => {
    for (const name of [
      'cache/models--a--b/snapshots/1',
      'cache/models--a--b/blobs',
      'other',
      'mine',
      'plain/snapshots',
      'models--a--b/mine',
    ])
      mkdirSync(at(name), { recursive: true });
    writeFileSync(at('cache/models--a--b/blobs/5'), SHARD);
    writeFileSync(at('other/w.safetensors'), OTHER);
    writeFileSync(at('other/config.json'), '{}');
    const snapshot = at('cache/models--a--b/snapshots/1');
    symlinkSync('../../blobs/5', join(snapshot, 'model.safetensors'));
    symlinkSync('../../../../other/config.json', join(snapshot, 'config.json'));
    symlinkSync('../other/w.safetensors', at('mine/w.safetensors'));
    symlinkSync('../other/config.json', at('mine/config.json'));
    symlinkSync('../other', at('mine/below'));
    symlinkSync('mine', at('alias'));
    writeFileSync(at('plain/w'), OTHER);
    writeFileSync(at('models--a--b/w'), OTHER);
    symlinkSync('../w', at('plain/snapshots/w.safetensors'));
    symlinkSync('../w', at('models--a--b/mine/w.safetensors'));
  });

  test('lead to the blobs of the same model in a cache of the hub', async () => {
    const { file, folder: inside, close } = await openWeights(at('cache/models--a--b/snapshots/1'));
    expect(file.entries.map(({ name }) => name)).toEqual(['W', 'x']);
    await expect(inside.open('config.json')).rejects.toThrow(/"config\.json" is a link to/);
    await close();
  });

  test.each(['mine', 'alias'])('are refused if they leave the folder %s', async (name) => {
    await expect(openWeights(at(name))).rejects.toThrow(
      /: "w\.safetensors" is a link to ".*other\/w\.safetensors", outside of the folder; give that file by its own path, or put a copy into the folder$/,
    );
  });

  test.each(['plain/snapshots', 'models--a--b/mine'])(
    'are refused in %s, which is no cache of the hub',
    async (name) => {
      await expect(openWeights(at(name))).rejects.toThrow('"w.safetensors" is a link to');
    },
  );

  test('are followed if the user names them, with their neighbours where they lead', async () => {
    const { file, folder: inside, close } = await openWeights(at('mine/w.safetensors'));
    expect(file.entries.map(({ name }) => name)).toEqual(['y']);
    expect((await inside.open('config.json'))?.size).toBe(2);
    await close();
  });

  test('are refused below a link to another folder', async () => {
    const inside = localFolder(at('mine'));
    await expect(inside.subfolder?.('below').open('config.json')).rejects.toThrow(/is a link to/);
    await inside.close();
  });
});

describe('openWeights on the web', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await serve({});
    server.files.set('/one/model.safetensors', SHARD);
    for (const base of ['/', '/a/b/resolve/main/']) {
      server.files.set(`${base}m-1`, SHARD);
      server.files.set(`${base}m-2`, OTHER);
      server.files.set(`${base}model.safetensors.index.json`, INDEX);
    }
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.log.length = 0;
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('takes endpoint and token of the hub from the environment', async () => {
    vi.stubEnv('HF_ENDPOINT', server.origin);
    vi.stubEnv('HF_TOKEN', 'secret');
    for (const location of ['hf://a/b', 'hf://a/b/', 'hf://a/b/model.safetensors.index.json']) {
      server.log.length = 0;
      // oxlint-disable-next-line no-await-in-loop
      const { file, close } = await openWeights(location, FAST);
      // oxlint-disable-next-line no-await-in-loop
      expect((await file.read('y')).data).toEqual(Float64Array.of(5));
      const asked = server.log.map(({ path }) => path.split('/').at(-1));
      // Folders are listed first; this server has no listings.
      expect(asked.filter((name) => name !== 'main')).toEqual([
        'model.safetensors.index.json',
        'm-1',
        'm-2',
      ]);
      expect(server.log.every(({ token }) => token === 'Bearer secret')).toBe(true);
      // oxlint-disable-next-line no-await-in-loop
      await close();
    }
  });

  test('opens one file of the hub, with endpoint and token of the environment', async () => {
    vi.stubEnv('HF_ENDPOINT', server.origin);
    vi.stubEnv('HF_TOKEN', 'secret');
    const source = await openLocation('hf://a/b/m-2', FAST);
    expect(await source.read(0, OTHER.length)).toEqual(OTHER);
    await source.close();
    expect(server.log.every(({ token }) => token === 'Bearer secret')).toBe(true);
    expect(server.log.length).toBeGreaterThan(0);
  });

  test('fetches only the requested shard', async () => {
    const { file, close } = await openWeights(`${server.origin}/`, { ...FAST, wanted: ['y'] });
    await file.read('y');
    expect(server.log.map(({ path }) => path)).toEqual(['/model.safetensors.index.json', '/m-2']);
    await close();
  });

  test.each(['m-1', 'model.safetensors.index.json', 'one/'])(
    'fetches a tensor once for each pass over its columns: %s',
    async (path) => {
      const { file, close } = await openWeights(`${server.origin}/${path}`, FAST);
      const reader = await file.open('W');
      const source = featureSource(reader, 'columns', { sourceName: 'x', memory: 1e6 });
      const before = server.log.reduce((sum, { bytes }) => sum + bytes, 0);
      for (let pass = 0; pass < 2; pass++) {
        for (let first = 0; first < COLUMNS; first += 500) {
          // oxlint-disable-next-line no-await-in-loop -- a pass
          const block = await source.read(first, 500);
          expect(block[1]).toBe(data[COLUMNS + first]);
        }
      }
      const sent = server.log.reduce((sum, { bytes }) => sum + bytes, 0) - before;
      expect(sent).toBeLessThanOrEqual(data.byteLength);
      expect(sent).toBeGreaterThan(data.byteLength - 65536);
      await close();
    },
  );

  test('names a missing file or shard', async () => {
    await expect(openWeights(`${server.origin}/none/`, FAST)).rejects.toThrow(
      `${server.origin}/none/: holds none of model.safetensors.index.json, model.safetensors`,
    );
    await expect(openWeights(`${server.origin}/none`, FAST)).rejects.toThrow('no such file (404)');
  });
});

describe('spooled', () => {
  const bytes = Uint8Array.from({ length: 10_000_000 }, (_, i) => i % 251);

  function counted(): ByteSource & { readonly reads: [number, number][] } {
    const reads: [number, number][] = [];
    return {
      name: 'x',
      size: bytes.length,
      reads,
      read: async (offset, length) => {
        reads.push([offset, length]);
        return bytes.slice(offset, offset + length);
      },
    };
  }

  test('reads the kept range once, and only as far as requested', async () => {
    const inside = mkdtempSync(join(folder, 'spool-'));
    const source = counted();
    const copy = spooled(source, inside);
    copy.keep(100, 9_000_000);
    expect(source.reads).toEqual([]);
    const some = await Promise.all([
      copy.read(200, 50),
      copy.read(5_000_000, 9),
      copy.read(300, 1),
    ]);
    expect(some.map((part) => part[0])).toEqual([200 % 251, 5_000_000 % 251, 300 % 251]);
    expect(source.reads).toEqual([
      [100, 2 ** 22],
      [100 + 2 ** 22, 2 ** 22],
    ]);
    expect(sameBytes(await copy.read(100, 9_000_000), bytes.slice(100, 9_000_100))).toBe(true);
    expect(source.reads).toHaveLength(3);
    // Outside the kept range it reads from the source.
    expect(await copy.read(50, 60)).toEqual(bytes.slice(50, 110));
    expect(source.reads.at(-1)).toEqual([50, 60]);
    const beyond = 'x: 2 bytes at offset 9999999 exceed its 10000000 bytes';
    await expect(copy.read(9_999_999, 2)).rejects.toThrow(beyond);
    expect(() => copy.keep(9_999_999, 2)).toThrow(beyond);
    // The temporary file has no name, so nothing remains even if the process is killed.
    expect(readdirSync(inside)).toEqual([]);
    await copy.close();
  });

  test('reads again after a failure', async () => {
    const source = counted();
    let failing = true;
    const copy = spooled({
      ...source,
      read: (offset, length) =>
        failing ? Promise.reject(new Error('not now')) : source.read(offset, length),
    });
    copy.keep(0, 1000);
    await expect(copy.read(0, 10)).rejects.toThrow('not now');
    failing = false;
    expect(await copy.read(0, 10)).toEqual(bytes.slice(0, 10));
    await copy.close();
  });

  test('keeps no copy of a small compressed member, so that no temporary file is needed', async () => {
    const path = join(folder, 'small.npz');
    const content = encodeNpy({ shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) });
    writeFileSync(path, rawZip({ name: 'W.npy', content, deflate: true }));
    vi.stubEnv('TMPDIR', '/missing');
    const { file, close } = await openWeights(path);
    const source = featureSource(await file.open('W'), 'columns', { sourceName: 'x' });
    expect(await source.read(0, 2)).toEqual(Float64Array.of(1, 3, 2, 4));
    await close();
    vi.unstubAllEnvs();
  });

  test('keeps a large compressed member inflated, so that passes over columns inflate it once', async () => {
    const shape = [600, 16_000];
    const large = new Float32Array(shape[0] * shape[1]);
    large.forEach((_, i) => (large[i] = i % 7));
    const path = join(folder, 'large.npz');
    writeFileSync(
      path,
      rawZip({ name: 'W.npy', content: encodeNpy({ shape, data: large }), deflate: true }),
    );
    const { file, close } = await openWeights(path);
    const source = featureSource(await file.open('W'), 'columns', { sourceName: 'x', memory: 8e6 });
    for (let pass = 0; pass < 2; pass++) {
      // The second pass needs nothing of the file.
      if (pass > 0) truncateSync(path);
      for (let first = 0; first < shape[1]; first += 4000) {
        // oxlint-disable-next-line no-await-in-loop -- a pass
        const block = await source.read(first, 4000);
        expect(block[601]).toBe(large[shape[1] + first + 1]);
      }
    }
    await close();
    await expect(source.read(0, 4000)).rejects.toThrow();
  });
});
