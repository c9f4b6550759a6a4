import { bothReadings, findFeatures, tensorsOf, type FeatureHints } from '@polysem/io/layouts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entries, find, lines, type Shapes } from './layout-files.ts';

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

  it.each([
    ['stored as the layout says', [F, D], [D, F], 'rows', 'stored this way'],
    ['transposed', [D, F], [F, D], 'columns', 'transposed'],
  ])('turns square layers as the others of the file are: %s', (_, up, down, axis, why) => {
    const found = find({
      'model.embed_tokens.weight': [V, D],
      'model.layers.0.mlp.up_proj.weight': up,
      'model.layers.0.mlp.down_proj.weight': down,
      'model.layers.1.mlp.up_proj.weight': [D, D],
    }).find(({ preset, layer }) => preset === 'mlp-in' && layer === 1);
    expect(found).toMatchObject({ axis, features: D, dims: D });
    expect(found?.why).toContain(`square, and the other linear layers of the file are ${why}`);
    expect(found?.doubt).toBeUndefined();
  });

  const llama = 'model.layers.0.self_attn.';
  const common = { 'model.embed_tokens.weight': [V, D], 'blocks.0.mlp.W_in': [D, F] };
  it.each<[string, Shapes, FeatureHints, string]>([
    [
      'widths that differ',
      { [`${llama}v_proj.weight`]: [D + 1, D + 2], [`${llama}o_proj.weight`]: [D, D] },
      {},
      'has no axis of size d_model = 8',
    ],
    [
      'heads that do not divide',
      { [`${llama}v_proj.weight`]: [D, D], [`${llama}o_proj.weight`]: [D, D] },
      { config: { hidden_size: D, num_attention_heads: 3 } },
      '3 heads do not divide the 8 vectors of model.layers.0.self_attn.o_proj.weight',
    ],
    [
      'values that do not divide the outputs',
      { [`${llama}v_proj.weight`]: [3, D], [`${llama}o_proj.weight`]: [D, D] },
      { config: { hidden_size: D, num_attention_heads: 4 } },
      'v_proj.weight and model.layers.0.self_attn.o_proj.weight do not fit',
    ],
    [
      'shared values, and no number of heads',
      { [`${llama}v_proj.weight`]: [4, D], [`${llama}o_proj.weight`]: [D, D] },
      {},
      'heads share values, and the number of heads is unknown; add config.json',
    ],
    [
      'values that heads cannot share',
      { [`${llama}v_proj.weight`]: [2, D], [`${llama}o_proj.weight`]: [D, D] },
      { config: { hidden_size: D, num_attention_heads: 2 } },
      '2 heads cannot share 2 value vectors',
    ],
    [
      'a fused matrix that does not hold three equal parts',
      {
        'gpt_neox.embed_in.weight': [V, D],
        'gpt_neox.layers.0.mlp.dense_h_to_4h.weight': [F, D],
        'gpt_neox.layers.0.mlp.dense_4h_to_h.weight': [D, F],
        'gpt_neox.layers.0.attention.query_key_value.weight': [2 * D, D],
        'gpt_neox.layers.0.attention.dense.weight': [D, D],
      },
      { config: { hidden_size: D, num_attention_heads: 2 } },
      'does not hold as many queries and keys as values',
    ],
    [
      'stacks of other heads',
      { 'blocks.0.attn.W_V': [3, D, 4], 'blocks.0.attn.W_O': [2, 4, D] },
      {},
      'the shapes of blocks.0.attn.W_V and blocks.0.attn.W_O do not fit',
    ],
  ])('leaves out the attention of %s', (_, shapes, hints, note) => {
    const { features, notes } = findFeatures(entries({ ...common, ...shapes }), hints);
    expect(features.filter(({ preset }) => preset === 'attention-ov')).toEqual([]);
    expect(notes.join()).toContain('attention-ov is left out: ');
    expect(notes.join()).toContain(note);
  });

  it('says what it cannot find out', () => {
    const { shapes } = cases['GPT-NeoX and Pythia'];
    const found = findFeatures(entries(shapes));
    expect(found.features.some(({ preset }) => preset === 'attention-ov')).toBe(false);
    expect(found.notes.join()).toContain('number of heads is unknown');
  });

  it('knows nothing of an unknown checkpoint, and reads its matrices both ways', () => {
    const shapes = { 'stage1.kernel': [3, 5], 'stage1.bias': [5] };
    expect(find(shapes)).toEqual([]);
    expect(bothReadings(entries(shapes))).toEqual([
      { tensor: 'stage1.kernel', axis: 'rows', features: 3, dims: 5 },
      { tensor: 'stage1.kernel', axis: 'columns', features: 5, dims: 3 },
    ]);
  });

  it('takes no convolution of one dimension for a linear layer', () => {
    // The output of silero-vad's JIT model, and a feed-forward block of convolutions over time.
    expect(find({ 'output.weight': [1, 128, 1], 'output.bias': [1] })).toEqual([]);
    expect(find({ 'output.weight': [V, D, 1] })).toEqual([]);
    const kernels = { 'layers.0.fc1.weight': [F, D, 9], 'layers.0.fc2.weight': [D, F, 1] };
    const biases = { 'layers.0.fc1.bias': [F], 'layers.0.fc2.bias': [D] };
    expect(find({ ...kernels, ...biases })).toEqual([]);
    // A stack of experts has a bias per expert, and position embeddings have a first axis of 1.
    const experts = { 'blk.0.ffn_up_exps.weight': [2, F, D], 'blk.0.ffn_up_exps.bias': [2, F] };
    expect(find({ ...experts, pos_embed: [1, 16, D] }).map(({ preset }) => preset)).toEqual([
      'position-embedding',
      'mlp-in',
      'mlp-in',
    ]);
  });

  it('takes no stack of more matrices than models have', () => {
    const size = 2 ** 30;
    expect(find({ 'blk.0.ffn_up_exps.weight': [size, F, D] })).toEqual([]);
    const attention = { 'blocks.0.attn.W_V': [size, D, 1], 'blocks.0.attn.W_O': [size, 1, D] };
    expect(find({ 'embed.W_E': [V, D], ...attention }).length).toBe(1);
  });

  it('survives any names and shapes', () => {
    const names = [
      ...Object.values(cases).flatMap(({ shapes }) => Object.keys(shapes)),
      'W_enc',
      'W_dec',
      'b_enc',
      'encoder.weight',
      'decoder.weight',
      'W',
      '',
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
