import type { FeatureHints } from '@polysem/io/layouts';
import { describe, expect, it } from 'vitest';
import { find, gatherAll, lines, randomTensors, type Shapes } from './layout-files.ts';

const D = 8;
const V = 50;
const F = 32;

describe('layouts of sparse autoencoders', () => {
  const cases: Record<string, { shapes: Shapes; expected: string[]; hints?: FeatureHints }> = {
    SAELens: {
      shapes: { W_enc: [D, F], W_dec: [F, D], b_enc: [F], b_dec: [D] },
      expected: ['sae-encoder -: columns, 32 x 8', 'sae-decoder -: rows, 32 x 8'],
    },
    'Gemma Scope': {
      shapes: { W_dec: [F, D], W_enc: [D, F], b_dec: [D], b_enc: [F], threshold: [F] },
      expected: ['sae-encoder -: columns, 32 x 8', 'sae-decoder -: rows, 32 x 8'],
    },
    'fewer latents than dimensions': {
      shapes: { W_enc: [D, 3], W_dec: [3, D], threshold: [3] },
      expected: ['sae-encoder -: columns, 3 x 8', 'sae-decoder -: rows, 3 x 8'],
    },
    sparsify: {
      shapes: { 'encoder.weight': [F, D], 'encoder.bias': [F], W_dec: [F, D], b_dec: [D] },
      expected: ['sae-encoder -: rows, 32 x 8', 'sae-decoder -: rows, 32 x 8'],
    },
    dictionary_learning: {
      shapes: {
        'encoder.weight': [F, D],
        'decoder.weight': [D, F],
        'encoder.bias': [F],
        bias: [D],
      },
      expected: ['sae-encoder -: rows, 32 x 8', 'sae-decoder -: columns, 32 x 8'],
    },
    "OpenAI's": {
      shapes: {
        pre_bias: [D],
        latent_bias: [F],
        'encoder.weight': [F, D],
        'decoder.weight': [D, F],
      },
      expected: ['sae-encoder -: rows, 32 x 8', 'sae-decoder -: columns, 32 x 8'],
    },
    'a transcoder of SAELens, layer named by its hook': {
      shapes: { W_enc: [D, F], W_dec: [F, 12], b_enc: [F], b_dec: [12] },
      hints: {
        config: { architecture: 'transcoder', metadata: { hook_name: 'blocks.5.hook_mlp_in' } },
      },
      expected: ['transcoder-encoder 5: columns, 32 x 8', 'transcoder-decoder 5: rows, 32 x 12'],
    },
    'encoders stored the other way': {
      shapes: { W_enc: [F, D], W_dec: [F, D], b_enc: [F], b_dec: [D] },
      expected: ['sae-encoder -: rows, 32 x 8', 'sae-decoder -: rows, 32 x 8'],
    },
  };
  it.each(Object.entries(cases))('%s', (_, { shapes, expected, hints }) => {
    expect(lines(shapes, hints)).toEqual(expected);
  });

  it('folds norms of decoder vectors, the products of both staying as they were', async () => {
    const shapes = { W_enc: [3, 5], W_dec: [5, 3], b_enc: [5], b_dec: [3] };
    const tensors = randomTensors(shapes, 3);
    const [encoder, decoder] = await gatherAll(find(shapes), tensors);
    const dec = tensors.get('W_dec')!.data;
    const enc = tensors.get('W_enc')!.data;
    for (let i = 0; i < 5; i++) {
      const norm = Math.hypot(...dec.subarray(i * 3, i * 3 + 3));
      for (let d = 0; d < 3; d++) {
        expect(encoder.data[i * 3 + d]).toBeCloseTo(enc[d * 5 + i] * norm, 12);
        expect(decoder.data[i * 3 + d]).toBeCloseTo(dec[i * 3 + d] / norm, 12);
      }
    }
  });

  it('takes other networks with a decoder for none', () => {
    expect(find({ 'decoder.weight': [V, D], 'decoder.bias': [V] })).toEqual([]);
    expect(find({ 'encoder.weight': [F, D], 'decoder.weight': [D, F] })).toEqual([]);
  });
});

describe('toy models of polysem', () => {
  it('are known by what their file says', () => {
    const metadata = { polysem: '1', features: 'columns' };
    const shapes = { W: [4, 2, 6], b: [4, 1] };
    expect(
      find(shapes, { metadata }).map(({ index, axis, features, dims }) => [
        index,
        axis,
        features,
        dims,
      ]),
    ).toEqual([0, 1, 2, 3].map((index) => [index, 'columns', 6, 2]));
    expect(find(shapes)).toEqual([]);
  });
});
