import { expect, it } from 'vitest';
import { matchEntries } from '../src/layouts/match-entries.ts';
import { TRANSFORMERS } from '../src/layouts/transformers.ts';
import { entries } from './layout-files.ts';

/** Names of embeddings as the code of each family of models writes them, and one of its own that tells it from others. */
const EMBEDDINGS: readonly (readonly [
  layout: string,
  names: Record<string, string>,
  own: string,
])[] = [
  [
    'GPT-2',
    { token: 'wte.weight', position: 'wpe.weight', output: 'lm_head.weight' },
    'h.0.attn.c_attn.weight h.0.attn.c_proj.weight',
  ],
  [
    'GPT-Neo',
    { token: 'wte.weight', position: 'wpe.weight', output: 'lm_head.weight' },
    'h.0.attn.attention.v_proj.weight h.0.attn.attention.out_proj.weight',
  ],
  [
    'GPT-J',
    { token: 'wte.weight', output: 'lm_head.weight' },
    'h.0.mlp.fc_in.weight h.0.mlp.fc_out.weight h.0.attn.v_proj.weight',
  ],
  [
    'GPT-NeoX',
    { token: 'embed_in.weight', output: 'embed_out.weight' },
    'layers.0.attention.query_key_value.weight',
  ],
  [
    'BLOOM',
    { token: 'word_embeddings.weight', output: 'lm_head.weight' },
    'h.0.self_attention.query_key_value.weight h.0.self_attention.dense.weight',
  ],
  [
    'Llama',
    { token: 'embed_tokens.weight', output: 'lm_head.weight' },
    'layers.0.self_attn.o_proj.weight layers.0.mlp.up_proj.weight',
  ],
  [
    'Llama',
    { token: 'tok_embeddings.weight', output: 'output.weight' },
    'layers.0.attention.wo.weight',
  ],
  [
    'OPT, BART and CLIP',
    {
      token: 'embed_tokens.weight',
      position: 'embed_positions.weight',
      output: 'lm_head.weight',
    },
    'layers.0.fc1.weight layers.0.fc2.weight',
  ],
  [
    'OPT, BART and CLIP',
    { token: 'token_embedding.weight', position: 'position_embedding.weight' },
    'layers.0.self_attn.out_proj.weight layers.0.mlp.fc1.weight',
  ],
  [
    'BERT',
    {
      token: 'embeddings.word_embeddings.weight',
      position: 'embeddings.position_embeddings.weight',
      output: 'cls.predictions.decoder.weight',
    },
    'encoder.layer.0.attention.self.value.weight encoder.layer.0.attention.output.dense.weight',
  ],
  ['BERT', { output: 'lm_head.decoder.weight' }, 'encoder.layer.0.attention.self.value.weight'],
  [
    'DistilBERT',
    {
      token: 'embeddings.word_embeddings.weight',
      position: 'embeddings.position_embeddings.weight',
      output: 'vocab_projector.weight',
    },
    'transformer.layer.0.ffn.lin1.weight transformer.layer.0.ffn.lin2.weight',
  ],
  [
    'T5',
    { token: 'shared.weight', output: 'lm_head.weight' },
    'encoder.block.0.layer.0.SelfAttention.v.weight encoder.block.0.layer.0.SelfAttention.o.weight',
  ],
  [
    'ViT',
    { position: 'positional_embedding', token: 'token_embedding.weight' },
    'resblocks.0.attn.in_proj_weight resblocks.0.attn.out_proj.weight',
  ],
  ['ViT', { position: 'embeddings.position_embeddings' }, 'blocks.0.attn.qkv.weight'],
  ['ViT', { position: 'pos_embed' }, 'blocks.0.attn.qkv.weight'],
  [
    'TransformerLens',
    { token: 'embed.W_E', position: 'pos_embed.W_pos', output: 'unembed.W_U' },
    '',
  ],
  ['TransformerLens', { token: 'W_E', position: 'W_pos', output: 'W_U' }, ''],
  [
    'llama.cpp',
    {
      token: 'token_embd.weight',
      position: 'position_embd.weight',
      output: 'output.weight',
    },
    'blk.0.attn_v.weight blk.0.attn_output.weight',
  ],
];

const PRESETS: Readonly<Record<string, string>> = {
  token: 'token-embedding',
  position: 'position-embedding',
  output: 'unembedding',
};

it.each(EMBEDDINGS)('embeddings of %s are %o', (layout, names, own) => {
  const file = [...Object.values(names), ...own.split(' ')].map((name) => `model.${name}`);
  const found = matchEntries(
    entries(Object.fromEntries(file.map((name) => [name, []]))),
    TRANSFORMERS,
  );
  const embeddings = found.filter(({ rule }) => rule.preset.includes('embedding'));
  expect(embeddings.map((each) => [each.entry.name, each.rule.preset, each.layout.name])).toEqual(
    Object.entries(names).map(([kind, name]) => [`model.${name}`, PRESETS[kind], layout]),
  );
});
