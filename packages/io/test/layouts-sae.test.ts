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
    'a mixture of linear transforms stored the other way': {
      shapes: { W_E: [6, D], b_E: [6], 'U_matrices.1': [4, D, 1], 'V_matrices.1': [4, 1, D] },
      expected: [
        'transcoder-encoder -: rows, 6 x 8',
        'component-in -: rows, 4 x 8',
        'component-out -: rows, 4 x 8',
      ],
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

describe('toy models', () => {
  const toys: Record<
    string,
    { shapes: Shapes; expected: [number | undefined, string, number, number, boolean][] }
  > = {
    "Anthropic's notebook": {
      shapes: { W: [2, 5, 2], b_final: [2, 5] },
      expected: [
        [0, 'rows', 5, 2, false],
        [1, 'rows', 5, 2, false],
      ],
    },
    ARENA: {
      shapes: { W: [2, 3, 5], b_final: [2, 5] },
      expected: [
        [0, 'columns', 5, 3, false],
        [1, 'columns', 5, 3, false],
      ],
    },
    'one instance without a stack': {
      shapes: { W: [20, 5], b_final: [20] },
      expected: [[undefined, 'rows', 20, 5, false]],
    },
    'as many features as dimensions': {
      shapes: { W: [1, 5, 5], b_final: [1, 5] },
      expected: [[0, 'rows', 5, 5, true]],
    },
    'spd, behind the prefix of a decomposition': {
      shapes: {
        'target_model.linear1.weight': [2, 5],
        'target_model.linear2.weight': [5, 2],
        'target_model.linear2.bias': [5],
      },
      expected: [[undefined, 'columns', 5, 2, false]],
    },
    'the residual MLP of spd': {
      shapes: {
        W_E: [20, 12],
        W_U: [12, 20],
        'layers.0.mlp_in.weight': [10, 12],
        'layers.0.mlp_out.weight': [12, 10],
      },
      expected: [[undefined, 'rows', 20, 12, false]],
    },
    'the residual MLP of apd, with instances': {
      shapes: {
        W_E: [2, 20, 12],
        W_U: [2, 12, 20],
        'layers.0.mlp_in.weight': [2, 12, 10],
        'layers.0.mlp_out.weight': [2, 10, 12],
      },
      expected: [
        [0, 'rows', 20, 12, false],
        [1, 'rows', 20, 12, false],
      ],
    },
  };
  it.each(Object.entries(toys))('%s', (_, { shapes, expected }) => {
    const found = find(shapes);
    expect(
      found.map(({ index, axis, features, dims, doubt }) => [
        index,
        axis,
        features,
        dims,
        doubt !== undefined,
      ]),
    ).toEqual(expected);
    expect(new Set(found.map(({ preset }) => preset))).toEqual(new Set(['toy-model']));
  });

  it('are known beside their parameter components', () => {
    const components = { 'layers.0.mlp_in.A': [1, 12, 30], 'layers.0.mlp_in.B': [1, 30, 10] };
    expect(lines({ W_E: [1, 20, 12], W_U: [1, 12, 20], ...components })).toEqual([
      'component-in 0: columns, 30 x 12',
      'component-out 0: rows, 30 x 10',
      'toy-model -: rows, 20 x 12',
    ]);
    expect(lines({ W_E: [1, 20, 12], W_U: [1, 12, 21], ...components })).not.toContain(
      'toy-model -: rows, 20 x 12',
    );
  });

  it('takes other networks with two linear layers for none', () => {
    const shapes = {
      'linear1.weight': [128, 784],
      'linear2.weight': [10, 128],
      'linear2.bias': [10],
    };
    expect(find(shapes)).toEqual([]);
    expect(find({ W: [4, 5, 2], b_final: [4, 7] })).toEqual([]);
  });

  it('of polysem are known by what their file says', () => {
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
    const count = (...shape: number[]) => find({ W: shape }, { metadata }).length;
    expect([count(5000, 3), count(4096, 2, 3), count(4097, 2, 3)]).toEqual([1, 4096, 0]);
    for (const shape of [[6], [1, 1, 2, 6], [0, 6], [3, 2, 0]]) expect(count(...shape)).toBe(0);
  });
});
