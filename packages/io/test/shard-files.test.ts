// Files that an index of shards names.
import { expect, test } from 'vitest';
import type { SourceFolder } from '../src/bytes/index.ts';
import { bytesSource, encodeNpy, openTensors } from '../src/index.ts';
import { concat, rawZip } from './helpers.ts';

const arrays = (...names: readonly string[]) =>
  rawZip(
    ...names.map((name, i) => ({
      name: `${name}.npy`,
      content: encodeNpy({ shape: [1], data: Float32Array.of(i) }),
    })),
  );
const opened = (map: Readonly<Record<string, string>>, open: SourceFolder['open']) => {
  const index = concat(JSON.stringify({ weight_map: map }));
  return openTensors(bytesSource('x.index.json', index), { folder: { name: 'folder', open } });
};

test('may be npz files', async () => {
  const file = await opened({ a: 'w.npz', b: 'w.npz' }, async (name) =>
    bytesSource(name, arrays('a', 'b')),
  );
  expect(file.format).toBe('npz');
  expect((await file.read('b')).data).toEqual(Float32Array.of(1));
});

test('are all waited for before an error is told', async () => {
  let ended = false;
  const opening = opened({ a: 'broken', b: 'slow' }, async (name) => {
    if (name === 'broken') throw new Error('no answer');
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended = true;
    return undefined;
  });
  await expect(opening).rejects.toThrow('no answer');
  expect(ended).toBe(true);
});
