import { expect, test } from 'vitest';
import { FORMATS } from '../src/formats/index.ts';
import { bytesSource, encodeNpy, openTensors } from '../src/index.ts';
import { rawZip } from './helpers.ts';

test('an npz file lists each of many arrays once', async () => {
  const names = Array.from({ length: 14 }, (_, i) => `w${i}`);
  const content = encodeNpy({ shape: [1], data: Float32Array.of(1) });
  const archive = rawZip(...names.map((name) => ({ name: `${name}.npy`, content })));
  const { entries, format } = await openTensors(bytesSource('w.npz', archive));
  expect(entries.map(({ name }) => name)).toEqual(names);
  expect(FORMATS.find(({ name }) => name === format)?.extensions).toEqual(['.npz']);
});
