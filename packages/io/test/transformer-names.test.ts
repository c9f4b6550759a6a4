// Names of weights in the checkpoints of the projects themselves: transformers, Meta, timm, OpenCLIP, PyTorch, TransformerLens, llama.cpp.
import { PRESETS } from '@polysem/io/layouts';
import { describe, expect, it } from 'vitest';
import { DICTIONARY_FILES } from './dictionary-files/index.ts';
import { find, lines, type Shapes } from './layout-files.ts';
import { transformerFiles } from './transformer-files.ts';

const D = 8;
const V = 50;
const F = 32;

describe('names of single matrices', () => {
  it.each([
    ['transformer.wte.weight', 'token-embedding'],
    ['transformer.wpe.weight', 'position-embedding'],
    ['lm_head.weight', 'unembedding'],
    ['gpt_neox.embed_in.weight', 'token-embedding'],
    ['embed_out.weight', 'unembedding'],
    ['transformer.word_embeddings.weight', 'token-embedding'],
    ['model.embed_tokens.weight', 'token-embedding'],
    ['tok_embeddings.weight', 'token-embedding'],
    ['output.weight', 'unembedding'],
    ['model.decoder.embed_tokens.weight', 'token-embedding'],
    ['model.decoder.embed_positions.weight', 'position-embedding'],
    ['text_model.embeddings.token_embedding.weight', 'token-embedding'],
    ['text_model.embeddings.position_embedding.weight', 'position-embedding'],
    ['bert.embeddings.word_embeddings.weight', 'token-embedding'],
    ['bert.embeddings.position_embeddings.weight', 'position-embedding'],
    ['cls.predictions.decoder.weight', 'unembedding'],
    ['roberta.lm_head.decoder.weight', 'unembedding'],
    ['vocab_projector.weight', 'unembedding'],
    ['shared.weight', 'token-embedding'],
    ['vit.embeddings.position_embeddings', 'position-embedding'],
    ['pos_embed', 'position-embedding'],
    ['positional_embedding', 'position-embedding'],
    ['token_embedding.weight', 'token-embedding'],
    ['embed.W_E', 'token-embedding'],
    ['W_E', 'token-embedding'],
    ['pos_embed.W_pos', 'position-embedding'],
    ['W_pos', 'position-embedding'],
    ['unembed.W_U', 'unembedding'],
    ['W_U', 'unembedding'],
    ['token_embd.weight', 'token-embedding'],
    ['position_embd.weight', 'position-embedding'],
  ])('%s is the %s', (name, preset) => {
    const found = find({ [name]: name.endsWith('W_U') ? [D, V] : [V, D] });
    const own = found.filter(({ tiedTo }) => tiedTo === undefined);
    expect(own).toMatchObject([{ preset, tensor: name, features: V, dims: D }]);
  });

  // The layer is 3, the expert 5.
  it.each([
    ['transformer.h.3.mlp.c_fc.weight', 'mlp-in'],
    ['transformer.h.3.mlp.c_proj.weight', 'mlp-out'],
    ['transformer.h.3.mlp.fc_in.weight', 'mlp-in'],
    ['transformer.h.3.mlp.fc_out.weight', 'mlp-out'],
    ['transformer.h.3.mlp.dense_h_to_4h.weight', 'mlp-in'],
    ['transformer.h.3.mlp.dense_4h_to_h.weight', 'mlp-out'],
    ['gpt_neox.layers.3.mlp.dense_h_to_4h.weight', 'mlp-in'],
    ['gpt_neox.layers.3.mlp.dense_4h_to_h.weight', 'mlp-out'],
    ['model.layers.3.mlp.up_proj.weight', 'mlp-in'],
    ['model.layers.3.mlp.gate_proj.weight', 'mlp-gate'],
    ['model.layers.3.mlp.down_proj.weight', 'mlp-out'],
    ['model.layers.3.mlp.experts.5.up_proj.weight', 'mlp-in'],
    ['model.layers.3.mlp.experts.5.gate_proj.weight', 'mlp-gate'],
    ['model.layers.3.mlp.experts.5.down_proj.weight', 'mlp-out'],
    ['model.layers.3.mlp.shared_expert.up_proj.weight', 'mlp-in'],
    ['model.layers.3.mlp.shared_expert.gate_proj.weight', 'mlp-gate'],
    ['model.layers.3.mlp.shared_expert.down_proj.weight', 'mlp-out'],
    ['model.layers.3.block_sparse_moe.experts.5.w3.weight', 'mlp-in'],
    ['model.layers.3.block_sparse_moe.experts.5.w1.weight', 'mlp-gate'],
    ['model.layers.3.block_sparse_moe.experts.5.w2.weight', 'mlp-out'],
    ['layers.3.feed_forward.w3.weight', 'mlp-in'],
    ['layers.3.feed_forward.w1.weight', 'mlp-gate'],
    ['layers.3.feed_forward.w2.weight', 'mlp-out'],
    ['model.layers.3.mlp.c_fc.weight', 'mlp-in'],
    ['model.layers.3.mlp.c_proj.weight', 'mlp-out'],
    ['model.layers.3.mlp.fc1.weight', 'mlp-in'],
    ['model.layers.3.mlp.fc2.weight', 'mlp-out'],
    ['model.decoder.layers.3.fc1.weight', 'mlp-in'],
    ['model.decoder.layers.3.fc2.weight', 'mlp-out'],
    ['bert.encoder.layer.3.intermediate.dense.weight', 'mlp-in'],
    ['bert.encoder.layer.3.output.dense.weight', 'mlp-out'],
    ['distilbert.transformer.layer.3.ffn.lin1.weight', 'mlp-in'],
    ['distilbert.transformer.layer.3.ffn.lin2.weight', 'mlp-out'],
    ['encoder.block.3.layer.1.DenseReluDense.wi.weight', 'mlp-in'],
    ['decoder.block.3.layer.2.DenseReluDense.wi.weight', 'mlp-in'],
    ['encoder.block.3.layer.1.DenseReluDense.wi_1.weight', 'mlp-in'],
    ['decoder.block.3.layer.2.DenseReluDense.wi_1.weight', 'mlp-in'],
    ['encoder.block.3.layer.1.DenseReluDense.wi_0.weight', 'mlp-gate'],
    ['decoder.block.3.layer.2.DenseReluDense.wi_0.weight', 'mlp-gate'],
    ['encoder.block.3.layer.1.DenseReluDense.wo.weight', 'mlp-out'],
    ['decoder.block.3.layer.2.DenseReluDense.wo.weight', 'mlp-out'],
    ['blocks.3.mlp.fc1.weight', 'mlp-in'],
    ['blocks.3.mlp.fc2.weight', 'mlp-out'],
    ['transformer.resblocks.3.mlp.c_fc.weight', 'mlp-in'],
    ['transformer.resblocks.3.mlp.c_proj.weight', 'mlp-out'],
    ['encoder.layers.3.linear1.weight', 'mlp-in'],
    ['encoder.layers.3.linear2.weight', 'mlp-out'],
    ['blocks.3.mlp.W_in', 'mlp-in'],
    ['blocks.3.mlp.W_gate', 'mlp-gate'],
    ['blocks.3.mlp.W_out', 'mlp-out'],
    ['blk.3.ffn_up.weight', 'mlp-in'],
    ['blk.3.ffn_gate.weight', 'mlp-gate'],
    ['blk.3.ffn_down.weight', 'mlp-out'],
  ])('%s is the %s of a layer', (name, preset) => {
    const shape = preset === 'mlp-out' ? [D, F] : [F, D];
    const expert = /experts\.5/.test(name)
      ? '5'
      : /shared_expert/.test(name)
        ? 'shared'
        : undefined;
    const found = find({ [name]: shape, 'model.embed_tokens.weight': [V, D] }).filter(
      ({ tensor }) => tensor === name,
    );
    expect(found).toMatchObject([{ preset, layer: 3 }]);
    expect(found[0].expert).toBe(expert);
  });

  it.each([
    ['blk.3.ffn_up_exps.weight', 'mlp-in'],
    ['blk.3.ffn_gate_exps.weight', 'mlp-gate'],
    ['blk.3.ffn_down_exps.weight', 'mlp-out'],
  ])('%s is a stack of experts', (name, preset) => {
    const shape = preset === 'mlp-out' ? [2, D, F] : [2, F, D];
    const found = find({ 'token_embd.weight': [V, D], [name]: shape });
    expect(found.filter(({ tensor }) => tensor === name)).toMatchObject([
      { preset, layer: 3, expert: '0', features: F, dims: D },
      { preset, layer: 3, expert: '1', features: F, dims: D },
    ]);
  });

  it('model.layers.3.mlp.gate_up_proj.weight is gate and input', () => {
    const found = find({
      'model.layers.3.mlp.gate_up_proj.weight': [2 * F, D],
      'model.embed_tokens.weight': [V, D],
    });
    expect(found.map(({ preset, from, to }) => [preset, from, to])).toEqual(
      expect.arrayContaining([
        ['mlp-gate', 0, F],
        ['mlp-in', F, 2 * F],
      ]),
    );
  });
});

/** Names of values and outputs of attention, with the rows of the values and an embedding of the same model. */
const ATTENTION: readonly (readonly [
  value: string,
  output: string,
  rows: number,
  other: string,
])[] = [
  ['h.3.attn.attention.v_proj.weight', 'h.3.attn.attention.out_proj.weight', D, 'wte.weight'],
  ['h.3.attn.v_proj.weight', 'h.3.attn.out_proj.weight', D, 'wte.weight'],
  [
    'layers.3.attention.query_key_value.weight',
    'layers.3.attention.dense.weight',
    3 * D,
    'embed_in.weight',
  ],
  [
    'h.3.self_attention.query_key_value.weight',
    'h.3.self_attention.dense.weight',
    3 * D,
    'word_embeddings.weight',
  ],
  [
    'layers.3.self_attn.v_proj.weight',
    'layers.3.self_attn.o_proj.weight',
    D,
    'embed_tokens.weight',
  ],
  ['layers.3.self_attn.v_proj.weight', 'layers.3.self_attn.dense.weight', D, 'embed_tokens.weight'],
  [
    'layers.3.self_attn.qkv_proj.weight',
    'layers.3.self_attn.o_proj.weight',
    3 * D,
    'embed_tokens.weight',
  ],
  ['layers.3.attention.wv.weight', 'layers.3.attention.wo.weight', D, 'tok_embeddings.weight'],
  [
    'layers.3.self_attn.v_proj.weight',
    'layers.3.self_attn.out_proj.weight',
    D,
    'embed_positions.weight',
  ],
  [
    'encoder.layer.3.attention.self.value.weight',
    'encoder.layer.3.attention.output.dense.weight',
    D,
    'cls.predictions.decoder.weight',
  ],
  [
    'transformer.layer.3.attention.v_lin.weight',
    'transformer.layer.3.attention.out_lin.weight',
    D,
    'vocab_projector.weight',
  ],
  [
    'encoder.block.3.layer.0.SelfAttention.v.weight',
    'encoder.block.3.layer.0.SelfAttention.o.weight',
    D,
    'shared.weight',
  ],
  [
    'encoder.layer.3.attention.attention.value.weight',
    'encoder.layer.3.attention.output.dense.weight',
    D,
    'embeddings.position_embeddings',
  ],
  ['blocks.3.attn.qkv.weight', 'blocks.3.attn.proj.weight', 3 * D, 'pos_embed'],
  [
    'resblocks.3.attn.in_proj_weight',
    'resblocks.3.attn.out_proj.weight',
    3 * D,
    'positional_embedding',
  ],
  [
    'layers.3.self_attn.in_proj_weight',
    'layers.3.self_attn.out_proj.weight',
    3 * D,
    'layers.3.linear1.weight',
  ],
  ['blk.3.attn_v.weight', 'blk.3.attn_output.weight', D, 'token_embd.weight'],
  ['blk.3.attn_qkv.weight', 'blk.3.attn_output.weight', 3 * D, 'token_embd.weight'],
];

describe('names of attention', () => {
  it.each(ATTENTION)('%s and %s', (value, output, rows, other) => {
    const shapes: Shapes = { [value]: [rows, D], [output]: [D, D], [other]: [V, D] };
    const config = { num_attention_heads: 2 };
    const found = find(shapes, { config }).filter(({ preset }) => preset === 'attention-ov');
    expect(found.map(({ head, layer }) => [head, layer])).toEqual([
      [undefined, 3],
      [0, 3],
      [1, 3],
    ]);
    const names = (ranges: readonly { readonly tensor: string }[] = []) =>
      new Set(ranges.map(({ tensor }) => tensor));
    for (const { product } of found) {
      expect(names(product?.outputs)).toEqual(new Set([output]));
      expect(names(product?.inputs)).toEqual(new Set([value]));
    }
  });

  it.each(['W_V', '_W_V'])('of TransformerLens: %s', (value) => {
    const shapes = {
      [`blocks.3.attn.${value}`]: [2, D, 4],
      'blocks.3.attn.W_O': [2, 4, D],
      'pos_embed.W_pos': [V, D],
    };
    const found = find(shapes).filter(({ preset }) => preset === 'attention-ov');
    expect(found.map(({ head }) => head)).toEqual([undefined, 0, 1]);
  });
});

it('torch.nn.Transformer is named by its feed-forward layers', () => {
  const found = find({
    'layers.3.linear1.weight': [4 * D, D],
    'layers.3.linear2.weight': [D, 4 * D],
  });
  expect(found.map((each) => [each.preset, each.layout])).toEqual([
    ['mlp-in', 'torch.nn.Transformer'],
    ['mlp-out', 'torch.nn.Transformer'],
  ]);
});

it.each([
  ['GPT-2, Conv1D and tied', 'GPT-2'],
  ['the same names on torch linear layers, as nanoGPT has them', 'GPT-2'],
  ['GPT-Neo, torch linear layers and tied', 'GPT-Neo'],
  ['BLOOM, fused per head and tied', 'BLOOM'],
  ['GPT-NeoX and Pythia', 'GPT-NeoX'],
  ['GPT-J', 'GPT-J'],
  ['Llama with shared values, untied', 'Llama'],
  ['Phi-3, gate and input stored as one, and tied by its configuration', 'Llama'],
  ['Mixtral', 'Llama'],
  ['BERT behind a prefix', 'BERT'],
  ['DistilBERT', 'DistilBERT'],
  ['T5, its two towers, more heads than d_model', 'T5'],
  ['ViT and its positions in a stack of one', 'ViT'],
  ['CLIP, whose towers differ in width', 'OPT, BART and CLIP'],
  ['TransformerLens', 'TransformerLens'],
  ['llama.cpp, tied, experts in stacks', 'llama.cpp'],
])('%s is read as %s', (file, layout) => {
  const { shapes, hints } = transformerFiles[file];
  const found = find(shapes, hints);
  expect(new Set(found.map((matrix) => matrix.layout))).toEqual(new Set([layout]));
  for (const { why } of found) expect(why.length).toBeGreaterThan(20);
});

it.each([
  ['Llama', 'tok_embeddings.weight', 'layers.0.feed_forward.w3.weight'],
  ['llama.cpp', 'token_embd.weight', 'blk.0.ffn_up.weight'],
])('output.weight is the unembedding of %s beside its other names', (layout, embedding, input) => {
  const found = find({ [embedding]: [V, D], [input]: [F, D], 'output.weight': [V, D] });
  expect(found.map((each) => [each.preset, each.layout])).toEqual([
    ['token-embedding', layout],
    ['unembedding', layout],
    ['mlp-in', layout],
  ]);
});

it('Phi, all of whose names OPT has too, is read as Llama, which comes first', () => {
  const found = find({
    'model.embed_tokens.weight': [V, D],
    'model.layers.0.mlp.fc1.weight': [F, D],
    'model.layers.0.mlp.fc2.weight': [D, F],
    'lm_head.weight': [V, D],
  });
  expect(found.map(({ preset, layout }) => [preset, layout])).toEqual(
    ['token-embedding', 'unembedding', 'mlp-in', 'mlp-out'].map((preset) => [preset, 'Llama']),
  );
});

it.each(['hidden_size', 'n_embd', 'd_model', 'dim', 'embed_dim', 'embedding_length'])(
  '%s is the width of the model, if an axis has it',
  (key) => {
    const shapes = { 'model.layers.0.mlp.up_proj.weight': [F, D] };
    expect(lines(shapes, { config: { [key]: F } })).toEqual(['mlp-in 0: columns, 8 x 32']);
    expect(lines(shapes, { config: { [key]: D } })).toEqual(['mlp-in 0: rows, 32 x 8']);
    for (const size of [7, 0, -F, '32'])
      expect(lines(shapes, { config: { [key]: size } })).toEqual(['mlp-in 0: rows, 32 x 8']);
  },
);

it.each([
  'num_attention_heads',
  'n_head',
  'n_heads',
  'num_heads',
  'encoder_attention_heads',
  'attention.head_count',
])('%s is the number of heads', (key) => {
  const tower = (prefix: string): Shapes => ({
    [`${prefix}layers.0.self_attn.v_proj.weight`]: [D, D],
    [`${prefix}layers.0.self_attn.out_proj.weight`]: [D, D],
    [`${prefix}layers.0.fc1.weight`]: [F, D],
  });
  const headsOf = (prefix: string, config: object) =>
    find(tower(prefix), { config: config as Record<string, unknown> }).filter(
      ({ head }) => head !== undefined,
    ).length;
  expect(headsOf('', { [key]: 4 })).toBe(4);
  const towers = { text_config: { [key]: 2 }, vision_config: { [key]: 8 } };
  expect(headsOf('text_model.', towers)).toBe(2);
  expect(headsOf('vision_model.', towers)).toBe(8);
  expect(headsOf('visual.', towers)).toBe(8);
});

it('all kinds of features are found in some file, and no others', () => {
  const files = [...Object.values(transformerFiles), ...Object.values(DICTIONARY_FILES)];
  const found = files.flatMap(({ shapes, hints }) => find(shapes, hints));
  // Toy models are recognised by the metadata that polysem writes.
  const kinds = new Set([...found.map(({ preset }) => preset), 'toy-model']);
  expect([...kinds].toSorted()).toEqual(PRESETS.toSorted());
});
