import { generator, normal, type Embedding } from '@polysem/core';
import {
  bothReadings,
  findFeatures,
  gatherFeatures,
  tensorsOf,
  type FeatureHints,
  type FeatureMatrix,
  type Tensor,
  type TensorEntry,
} from '@polysem/io';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

type Shapes = Readonly<Record<string, readonly number[]>>;

function entries(shapes: Shapes): TensorEntry[] {
  return Object.entries(shapes).map(([name, shape]) => ({
    name,
    dtype: 'F32',
    shape,
    readable: true,
    byteOffset: 0,
    byteLength: 0,
  }));
}

function find(shapes: Shapes, hints?: FeatureHints): readonly FeatureMatrix[] {
  return findFeatures(entries(shapes), hints).features;
}

/** What was found, a line each: preset, layer, axis, N x D; products say so. */
function lines(shapes: Shapes, hints?: FeatureHints): string[] {
  return find(shapes, hints)
    .filter(({ head }) => head === undefined)
    .map(
      ({ preset, layer, axis, features, dims, product, tiedTo, expert, doubt }) =>
        `${preset} ${layer ?? '-'}${expert === undefined ? '' : ` expert ${expert}`}: ${axis}, ${features} x ${dims}` +
        (product === undefined ? '' : ', product') +
        (tiedTo === undefined ? '' : ', tied') +
        (doubt === undefined ? '' : '?'),
    );
}

const D = 8;
const V = 50;
const F = 32;

describe('layouts of transformers', () => {
  // In each, d_model 8, 50 tokens, 32 neurons, as the project's own code shapes them.
  const cases: Record<string, { shapes: Shapes; expected: string[]; hints?: FeatureHints }> = {
    'GPT-2, Conv1D and tied': {
      shapes: {
        'wte.weight': [V, D],
        'wpe.weight': [16, D],
        'h.0.attn.c_attn.weight': [D, 3 * D],
        'h.0.attn.c_proj.weight': [D, D],
        'h.0.attn.bias': [1, 1, 16, 16],
        'h.0.mlp.c_fc.weight': [D, F],
        'h.0.mlp.c_proj.weight': [F, D],
        'h.0.ln_1.weight': [D],
      },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'unembedding -: rows, 50 x 8, tied',
        'position-embedding -: rows, 16 x 8',
        'mlp-in 0: columns, 32 x 8',
        'mlp-out 0: rows, 32 x 8',
        'attention-ov 0: columns, 8 x 8, product',
      ],
    },
    'the same names on torch linear layers, as nanoGPT has them': {
      shapes: {
        'transformer.wte.weight': [V, D],
        'transformer.h.0.attn.c_attn.weight': [3 * D, D],
        'transformer.h.0.attn.c_proj.weight': [D, D],
        'transformer.h.0.mlp.c_fc.weight': [F, D],
        'transformer.h.0.mlp.c_proj.weight': [D, F],
        'lm_head.weight': [V, D],
      },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'unembedding -: rows, 50 x 8',
        'mlp-in 0: rows, 32 x 8',
        'mlp-out 0: columns, 32 x 8',
        'attention-ov 0: columns, 8 x 8, product',
      ],
    },
    'GPT-NeoX and Pythia': {
      shapes: {
        'gpt_neox.embed_in.weight': [V, D],
        'gpt_neox.layers.2.attention.query_key_value.weight': [3 * D, D],
        'gpt_neox.layers.2.attention.dense.weight': [D, D],
        'gpt_neox.layers.2.mlp.dense_h_to_4h.weight': [F, D],
        'gpt_neox.layers.2.mlp.dense_4h_to_h.weight': [D, F],
        'embed_out.weight': [V, D],
      },
      hints: { config: { hidden_size: D, num_attention_heads: 2 } },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'unembedding -: rows, 50 x 8',
        'mlp-in 2: rows, 32 x 8',
        'mlp-out 2: columns, 32 x 8',
        'attention-ov 2: columns, 8 x 8, product',
      ],
    },
    'GPT-J': {
      shapes: {
        'transformer.wte.weight': [V, D],
        'transformer.h.0.attn.v_proj.weight': [D, D],
        'transformer.h.0.attn.out_proj.weight': [D, D],
        'transformer.h.0.mlp.fc_in.weight': [F, D],
        'transformer.h.0.mlp.fc_out.weight': [D, F],
        'lm_head.weight': [V, D],
      },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'unembedding -: rows, 50 x 8',
        'mlp-in 0: rows, 32 x 8',
        'mlp-out 0: columns, 32 x 8',
        'attention-ov 0: columns, 8 x 8, product',
      ],
    },
    'Llama with shared values, untied': {
      shapes: {
        'model.embed_tokens.weight': [V, D],
        'model.layers.0.self_attn.q_proj.weight': [D, D],
        'model.layers.0.self_attn.k_proj.weight': [4, D],
        'model.layers.0.self_attn.v_proj.weight': [4, D],
        'model.layers.0.self_attn.o_proj.weight': [D, D],
        'model.layers.0.mlp.gate_proj.weight': [F, D],
        'model.layers.0.mlp.up_proj.weight': [F, D],
        'model.layers.0.mlp.down_proj.weight': [D, F],
        'lm_head.weight': [V, D],
      },
      hints: { config: { hidden_size: D, num_attention_heads: 4, num_key_value_heads: 2 } },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'unembedding -: rows, 50 x 8',
        'mlp-in 0: rows, 32 x 8',
        'mlp-gate 0: rows, 32 x 8',
        'mlp-out 0: columns, 32 x 8',
        'attention-ov 0: columns, 8 x 8, product',
      ],
    },
    'Phi-3, gate and input stored as one, and tied by its configuration': {
      shapes: {
        'model.embed_tokens.weight': [V, D],
        'model.layers.0.self_attn.qkv_proj.weight': [3 * D, D],
        'model.layers.0.self_attn.o_proj.weight': [D, D],
        'model.layers.0.mlp.gate_up_proj.weight': [2 * F, D],
        'model.layers.0.mlp.down_proj.weight': [D, F],
      },
      hints: { config: { tie_word_embeddings: true } },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'unembedding -: rows, 50 x 8, tied',
        'mlp-in 0: rows, 32 x 8',
        'mlp-gate 0: rows, 32 x 8',
        'mlp-out 0: columns, 32 x 8',
        'attention-ov 0: columns, 8 x 8, product',
      ],
    },
    Mixtral: {
      shapes: {
        'model.layers.0.block_sparse_moe.experts.0.w1.weight': [F, D],
        'model.layers.0.block_sparse_moe.experts.0.w2.weight': [D, F],
        'model.layers.0.block_sparse_moe.experts.1.w3.weight': [F, D],
        'model.layers.0.block_sparse_moe.gate.weight': [2, D],
      },
      expected: [
        'mlp-in 0 expert 1: rows, 32 x 8',
        'mlp-gate 0 expert 0: rows, 32 x 8',
        'mlp-out 0 expert 0: columns, 32 x 8',
      ],
    },
    'BERT behind a prefix': {
      shapes: {
        'bert.embeddings.word_embeddings.weight': [V, D],
        'bert.embeddings.position_embeddings.weight': [16, D],
        'bert.embeddings.token_type_embeddings.weight': [2, D],
        'bert.encoder.layer.0.attention.self.value.weight': [D, D],
        'bert.encoder.layer.0.attention.output.dense.weight': [D, D],
        'bert.encoder.layer.0.intermediate.dense.weight': [F, D],
        'bert.encoder.layer.0.output.dense.weight': [D, F],
        'cls.predictions.decoder.weight': [V, D],
      },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'unembedding -: rows, 50 x 8',
        'position-embedding -: rows, 16 x 8',
        'mlp-in 0: rows, 32 x 8',
        'mlp-out 0: columns, 32 x 8',
        'attention-ov 0: columns, 8 x 8, product',
      ],
    },
    DistilBERT: {
      shapes: {
        'distilbert.embeddings.word_embeddings.weight': [V, D],
        'distilbert.transformer.layer.0.attention.v_lin.weight': [D, D],
        'distilbert.transformer.layer.0.attention.out_lin.weight': [D, D],
        'distilbert.transformer.layer.0.ffn.lin1.weight': [F, D],
        'distilbert.transformer.layer.0.ffn.lin2.weight': [D, F],
      },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'mlp-in 0: rows, 32 x 8',
        'mlp-out 0: columns, 32 x 8',
        'attention-ov 0: columns, 8 x 8, product',
      ],
    },
    'T5, its two towers, more heads than d_model': {
      shapes: {
        'shared.weight': [V, D],
        'encoder.block.0.layer.0.SelfAttention.v.weight': [12, D],
        'encoder.block.0.layer.0.SelfAttention.o.weight': [D, 12],
        'encoder.block.0.layer.1.DenseReluDense.wi_0.weight': [F, D],
        'encoder.block.0.layer.1.DenseReluDense.wi_1.weight': [F, D],
        'encoder.block.0.layer.1.DenseReluDense.wo.weight': [D, F],
        'decoder.block.0.layer.2.DenseReluDense.wi.weight': [F, D],
      },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'mlp-in 0: rows, 32 x 8',
        'mlp-in 0: rows, 32 x 8',
        'mlp-gate 0: rows, 32 x 8',
        'mlp-out 0: columns, 32 x 8',
        'attention-ov 0: columns, 8 x 8, product',
      ],
    },
    'ViT and its positions in a stack of one': {
      shapes: {
        'vit.embeddings.position_embeddings': [1, 17, D],
        'vit.encoder.layer.0.attention.attention.value.weight': [D, D],
        'vit.encoder.layer.0.attention.output.dense.weight': [D, D],
        'vit.encoder.layer.0.intermediate.dense.weight': [F, D],
        'vit.encoder.layer.0.output.dense.weight': [D, F],
      },
      expected: [
        'position-embedding -: rows, 17 x 8',
        'mlp-in 0: rows, 32 x 8',
        'mlp-out 0: columns, 32 x 8',
        'attention-ov 0: columns, 8 x 8, product',
      ],
    },
    'CLIP, whose towers differ in width': {
      shapes: {
        'text_model.embeddings.token_embedding.weight': [V, D],
        'text_model.encoder.layers.0.mlp.fc1.weight': [F, D],
        'text_model.encoder.layers.0.mlp.fc2.weight': [D, F],
        'vision_model.encoder.layers.0.mlp.fc1.weight': [48, 12],
        'vision_model.encoder.layers.0.mlp.fc2.weight': [12, 48],
      },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'mlp-in 0: rows, 32 x 8',
        'mlp-in 0: rows, 48 x 12',
        'mlp-out 0: columns, 32 x 8',
        'mlp-out 0: columns, 48 x 12',
      ],
    },
    TransformerLens: {
      shapes: {
        'embed.W_E': [V, D],
        'pos_embed.W_pos': [16, D],
        'blocks.0.attn.W_V': [2, D, 4],
        'blocks.0.attn.W_O': [2, 4, D],
        'blocks.0.mlp.W_in': [D, F],
        'blocks.0.mlp.W_out': [F, D],
        'unembed.W_U': [D, V],
      },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'unembedding -: columns, 50 x 8',
        'position-embedding -: rows, 16 x 8',
        'mlp-in 0: columns, 32 x 8',
        'mlp-out 0: rows, 32 x 8',
        'attention-ov 0: columns, 8 x 8, product',
      ],
    },
    'llama.cpp, tied, experts in stacks': {
      shapes: {
        'token_embd.weight': [V, D],
        'blk.0.attn_v.weight': [D, D],
        'blk.0.attn_output.weight': [D, D],
        'blk.0.ffn_up.weight': [F, D],
        'blk.0.ffn_down.weight': [D, F],
        'blk.1.ffn_up_exps.weight': [2, F, D],
      },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'unembedding -: rows, 50 x 8, tied',
        'mlp-in 0: rows, 32 x 8',
        'mlp-in 1 expert 0: rows, 32 x 8',
        'mlp-in 1 expert 1: rows, 32 x 8',
        'mlp-out 0: columns, 32 x 8',
        'attention-ov 0: columns, 8 x 8, product',
      ],
    },
    'matrices that an exporter turned round': {
      shapes: {
        'model.embed_tokens.weight': [V, D],
        'model.layers.0.self_attn.v_proj.weight': [D, D],
        'model.layers.0.self_attn.o_proj.weight': [D, D],
        'model.layers.0.mlp.up_proj.weight': [D, F],
        'model.layers.0.mlp.down_proj.weight': [F, D],
      },
      expected: [
        'token-embedding -: rows, 50 x 8',
        'mlp-in 0: columns, 32 x 8',
        'mlp-out 0: rows, 32 x 8',
        'attention-ov 0: columns, 8 x 8, product',
      ],
    },
  };

  it.each(Object.entries(cases))('%s', (_, { shapes, expected, hints }) => {
    expect(lines(shapes, hints)).toEqual(expected);
  });

  it('says so where the shape cannot tell', () => {
    const square = {
      'model.embed_tokens.weight': [V, D],
      'model.layers.0.mlp.up_proj.weight': [D, D],
    };
    expect(find(square).find(({ preset }) => preset === 'mlp-in')?.doubt).toContain('square');
    const alone = {
      'model.layers.0.self_attn.v_proj.weight': [D, D],
      'model.layers.0.self_attn.o_proj.weight': [D, D],
      'model.embed_tokens.weight': [V, D],
    };
    expect(find(alone).find(({ preset }) => preset === 'attention-ov')?.doubt).toContain('square');
  });

  it('says what it cannot find out', () => {
    const { shapes } = cases['GPT-NeoX and Pythia'];
    const found = findFeatures(entries(shapes));
    expect(found.features.some(({ preset }) => preset === 'attention-ov')).toBe(false);
    expect(found.notes.join()).toContain('number of heads is not known');
  });

  it('knows nothing of an unknown checkpoint, and reads its matrices both ways', () => {
    const shapes = { 'stage1.kernel': [3, 5], 'stage1.bias': [5] };
    expect(find(shapes)).toEqual([]);
    expect(bothReadings(entries(shapes))).toEqual([
      { tensor: 'stage1.kernel', axis: 'rows', features: 3, dims: 5 },
      { tensor: 'stage1.kernel', axis: 'columns', features: 5, dims: 3 },
    ]);
  });

  it('survives any names and shapes', () => {
    const names = [
      ...Object.values(cases).flatMap(({ shapes }) => Object.keys(shapes)),
      ...['W_enc', 'W_dec', 'b_enc', 'b_dec', 'encoder.weight', 'decoder.weight', 'W', ''],
    ];
    const shape = fc.array(fc.integer({ min: 0, max: 24 }), { maxLength: 4 });
    const file = fc.dictionary(fc.constantFrom(...names), shape, { maxKeys: 12 });
    const config = fc.dictionary(
      fc.constantFrom('hidden_size', 'num_attention_heads', 'd_sae', 'd_in', 'text_config'),
      fc.oneof(fc.integer({ min: -2, max: 24 }), fc.constant(null), fc.constant('8')),
    );
    fc.assert(
      fc.property(file, config, (shapes, told) => {
        const byName = new Map(Object.entries(shapes));
        for (const matrix of find(shapes, { config: told })) {
          expect(matrix.features * matrix.dims).toBeGreaterThan(0);
          for (const name of tensorsOf(matrix)) expect(byName.has(name)).toBe(true);
        }
      }),
    );
  });
});

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

function randomTensors(shapes: Shapes, seed: number): Map<string, Tensor> {
  const g = generator(seed);
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const data = Float64Array.from({ length }, () => normal(g));
      return [name, { name, dtype: 'F64', shape, data }];
    }),
  );
}

async function gatherAll(
  found: readonly FeatureMatrix[],
  tensors: ReadonlyMap<string, Tensor>,
): Promise<Embedding[]> {
  return Promise.all(
    found.map((matrix) => gatherFeatures(matrix, async (name) => tensors.get(name)!, 'test')),
  );
}

/** What a model's attention adds for each coordinate of its input, head by head, as that model's own code computes it. */
describe('W_O W_V moves what the model itself would move', () => {
  const heads = 2;
  const size = 3;
  const width = 6;
  type Move = (t: (name: string) => Tensor, x: number[], head: number) => number[];
  const at = ({ shape, data }: Tensor, ...index: number[]): number =>
    data[index.reduce((place, i, axis) => place * shape[axis] + i, 0)];
  /** sum over k of x_k m(k, j), for each j. */
  const apply = (
    x: readonly number[],
    length: number,
    m: (k: number, j: number) => number,
  ): number[] =>
    Array.from({ length }, (_, j) => x.reduce((sum, value, k) => sum + value * m(k, j), 0));
  const mlp = (
    inner: [number, number],
    outer: [number, number],
    names: [string, string],
  ): Shapes => ({
    [names[0]]: inner,
    [names[1]]: outer,
  });

  const models: Record<string, { shapes: Shapes; move: Move; config: Record<string, number> }> = {
    'GPT-2': {
      shapes: {
        'h.0.attn.c_attn.weight': [width, 3 * width],
        'h.0.attn.c_proj.weight': [width, width],
        ...mlp([width, 24], [24, width], ['h.0.mlp.c_fc.weight', 'h.0.mlp.c_proj.weight']),
      },
      config: { n_head: heads },
      // Conv1D: y = x W; queries, keys and values behind one another, heads within them.
      move: (t, x, head) => {
        const v = apply(x, size, (k, j) =>
          at(t('h.0.attn.c_attn.weight'), k, 2 * width + head * size + j),
        );
        return apply(v, width, (k, j) => at(t('h.0.attn.c_proj.weight'), head * size + k, j));
      },
    },
    'GPT-NeoX': {
      shapes: {
        'layers.0.attention.query_key_value.weight': [3 * width, width],
        'layers.0.attention.dense.weight': [width, width],
        ...mlp(
          [24, width],
          [width, 24],
          ['layers.0.mlp.dense_h_to_4h.weight', 'layers.0.mlp.dense_4h_to_h.weight'],
        ),
      },
      config: { num_attention_heads: heads },
      // y = W x; head by head its query, key and value.
      move: (t, x, head) => {
        const v = apply(x, size, (k, j) =>
          at(t('layers.0.attention.query_key_value.weight'), head * 3 * size + 2 * size + j, k),
        );
        return apply(v, width, (k, j) =>
          at(t('layers.0.attention.dense.weight'), j, head * size + k),
        );
      },
    },
    'Llama with one value for all heads': {
      shapes: {
        'model.layers.0.self_attn.v_proj.weight': [size, width],
        'model.layers.0.self_attn.o_proj.weight': [width, width],
        ...mlp(
          [24, width],
          [width, 24],
          ['model.layers.0.mlp.up_proj.weight', 'model.layers.0.mlp.down_proj.weight'],
        ),
      },
      config: { num_attention_heads: heads },
      move: (t, x, head) => {
        const v = apply(x, size, (k, j) => at(t('model.layers.0.self_attn.v_proj.weight'), j, k));
        return apply(v, width, (k, j) =>
          at(t('model.layers.0.self_attn.o_proj.weight'), j, head * size + k),
        );
      },
    },
    TransformerLens: {
      shapes: {
        'blocks.0.attn.W_V': [heads, width, size],
        'blocks.0.attn.W_O': [heads, size, width],
        ...mlp([width, 24], [24, width], ['blocks.0.mlp.W_in', 'blocks.0.mlp.W_out']),
      },
      config: {},
      move: (t, x, head) => {
        const v = apply(x, size, (k, j) => at(t('blocks.0.attn.W_V'), head, k, j));
        return apply(v, width, (k, j) => at(t('blocks.0.attn.W_O'), head, k, j));
      },
    },
  };

  it.each(Object.entries(models))('%s', async (_, { shapes, move, config }) => {
    const tensors = randomTensors(shapes, 7);
    const found = find(shapes, { config }).filter(({ preset }) => preset === 'attention-ov');
    expect(found.map(({ head }) => head)).toEqual([undefined, 0, 1]);
    const [all, ...each] = await gatherAll(found, tensors);
    for (let i = 0; i < width; i++) {
      const x = Array.from({ length: width }, (_unused, k) => (k === i ? 1 : 0));
      const moved = each.map((_head, h) => move((name) => tensors.get(name)!, x, h));
      for (let d = 0; d < width; d++) {
        const sum = moved.reduce((total, one) => total + one[d], 0);
        // Sums of at most 6 x 3 products of numbers of a few units.
        expect(all.data[i * width + d]).toBeCloseTo(sum, 12);
        each.forEach((one, h) => expect(one.data[i * width + d]).toBeCloseTo(moved[h][d], 12));
      }
    }
  });
});
