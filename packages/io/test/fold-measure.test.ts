/* oxlint-disable no-await-in-loop -- one matrix after the other is read */
import { bytesSource, encodeSafetensors, openTensors } from '@polysem/io';
import { filesFolder } from '@polysem/io/bytes';
import {
  findFeatures,
  gatherFeatures,
  openFeatures,
  readHints,
  type FeatureMatrix,
} from '@polysem/io/layouts';
import { describe, expect, it } from 'vitest';

const [N, D] = [5, 3];
const wave = (count: number, seed: number) =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(seed + i * i));
const encoder = wave(2 * D * N, 1);
const decoder = wave(2 * N * D, 2);

/** Opens a crosscoder of dictionary_learning with a number and a configuration of its code normalisation. */
async function crosscoder(id: number | null, config: object | null) {
  const tensors = [
    { name: 'encoder.weight', shape: [2, D, N], data: encoder },
    { name: 'encoder.bias', shape: [N], data: new Float64Array(N) },
    { name: 'decoder.weight', shape: [2, N, D], data: decoder },
    { name: 'decoder.bias', shape: [2, D], data: new Float64Array(2 * D) },
    { name: 'k', shape: [], data: Float64Array.of(2) },
    ...(id === null
      ? []
      : [{ name: 'code_normalization_id', shape: [], data: Float64Array.of(id) }]),
  ];
  const file = await openTensors(bytesSource('m.safetensors', encodeSafetensors(tensors)));
  const files = config === null ? [] : [new File([JSON.stringify(config)], 'config.json')];
  const hints = await readHints({ file, path: 'm.safetensors', folder: filesFolder(files) });
  const { features } = findFeatures(file.entries, hints);
  return { file, get: (preset: string, part: string) => find(features, preset, part) };
}

function find(features: readonly FeatureMatrix[], preset: string, part: string): FeatureMatrix {
  return features.find((matrix) => matrix.preset === preset && matrix.part === part)!;
}

/** The norm of a decoder vector of a latent for one model. */
const norm = (model: number, latent: number) =>
  Math.hypot(...decoder.subarray((model * N + latent) * D, (model * N + latent + 1) * D));
const sum = (latent: number) => norm(0, latent) + norm(1, latent);
const whole = (latent: number) => Math.hypot(norm(0, latent), norm(1, latent));

describe('the code normalisation of a crosscoder of dictionary_learning', () => {
  it.each<[string, number | null, object | null, (latent: number) => number]>([
    ['CROSSCODER, by its number', 1, null, sum],
    ['SAE, by its number', 2, { code_normalization: 'CROSSCODER' }, whole],
    ['MIXED, by its number', 3, null, (i) => whole(i) + 0.1 * sum(i)],
    [
      'MIXED with other weights',
      3,
      { code_normalization_alpha_sae: 0.5, code_normalization_alpha_cc: 2 },
      (i) => 0.5 * whole(i) + 2 * sum(i),
    ],
    ['DECOUPLED, by its number', 5, null, sum],
    ['SAE, by the configuration', null, { code_normalization: 'SAE' }, whole],
    ['CROSSCODER if nothing tells', null, null, sum],
    ['CROSSCODER if the number is none of them', 9, null, sum],
  ])('scales latents: %s', async (_, id, config, factor) => {
    const { file, get } = await crosscoder(id, config);
    for (const [matrix, power] of [
      [get('crosscoder-encoder', '1'), 1],
      [get('crosscoder-decoder', '1'), -1],
      [get('crosscoder-decoder', 'concatenated'), -1],
    ] as const) {
      const folded = await gatherFeatures(matrix, (name) => file.read(name), 'm');
      const { fold: _fold, ...plain } = matrix;
      const stored = await gatherFeatures(plain, (name) => file.read(name), 'm');
      const { dims } = folded;
      for (let at = 0; at < N * dims; at++) {
        const expected = stored.data[at] * factor(Math.floor(at / dims)) ** power;
        expect(folded.data[at]).toBeCloseTo(expected, 12);
      }
      const streamed = await (await openFeatures(matrix, file, 'm')).read(0, N);
      expect([...streamed]).toEqual([...folded.data]);
    }
  });

  it('leaves latents unscaled for NONE, where TopK selects them by their activations', async () => {
    const { get } = await crosscoder(4, null);
    expect(get('crosscoder-decoder', '0').fold).toBeUndefined();
    expect(get('crosscoder-decoder', '0').unfolded).toMatch(/^TopK selects latents/);
  });

  it('makes the norms of the parts their relative norms', async () => {
    const { file, get } = await crosscoder(1, null);
    const names: string[] = [];
    const read = (name: string) => {
      names.push(name);
      return file.read(name);
    };
    const { data } = await gatherFeatures(get('crosscoder-decoder', '0'), read, 'm');
    for (let i = 0; i < N; i++)
      expect(Math.hypot(...data.subarray(i * D, (i + 1) * D))).toBeCloseTo(norm(0, i) / sum(i), 12);
    // Both parts are in one tensor, which is read once.
    expect(names).toEqual(['decoder.weight']);
  });
});

it.each([
  [null, null, 'CROSSCODER'],
  [1, null, 'CROSSCODER'],
  [2, null, 'SAE'],
  [3, null, 'MIXED'],
  [5, null, 'DECOUPLED'],
  [6, null, 'CROSSCODER'],
  [null, { code_normalization: 'sae' }, 'SAE'],
  [null, { code_normalization: 'other' }, 'CROSSCODER'],
  [5, { code_normalization: 'sae' }, 'DECOUPLED'],
])('number %j and configuration %j give the measure %s', async (id, config, name) => {
  const { get } = await crosscoder(id, config);
  expect(get('crosscoder-encoder', 'concatenated').fold?.measure?.name).toBe(name);
});
