import { layout, type Layout } from './layout.ts';

/*
 * Names as the projects write them: transformers (modeling_*.py), TransformerLens (the state of HookedTransformer),
 * llama.cpp (gguf-py: constants and tensor_mapping), timm, OpenCLIP and torch.nn. Any prefix may precede them
 * (`model.`, `transformer.`, `bert.`, `language_model.`).
 */

const GPT2 = layout(
  'GPT-2',
  'in-out',
  {
    'token-embedding': ['wte.weight'],
    'position-embedding': ['wpe.weight'],
    unembedding: ['lm_head.weight'],
    'mlp-in': ['h.{L}.mlp.c_fc.weight'],
    'mlp-out': ['h.{L}.mlp.c_proj.weight'],
  },
  [{ value: 'h.{L}.attn.c_attn.weight', output: 'h.{L}.attn.c_proj.weight', fused: 'last' }],
  { tied: true },
);

const GPT_NEO = layout(
  'GPT-Neo',
  'out-in',
  {
    'token-embedding': ['wte.weight'],
    'position-embedding': ['wpe.weight'],
    unembedding: ['lm_head.weight'],
    'mlp-in': ['h.{L}.mlp.c_fc.weight'],
    'mlp-out': ['h.{L}.mlp.c_proj.weight'],
  },
  [
    {
      value: 'h.{L}.attn.attention.v_proj.weight',
      output: 'h.{L}.attn.attention.out_proj.weight',
    },
  ],
  { tied: true },
);

const GPT_J = layout(
  'GPT-J',
  'out-in',
  {
    'token-embedding': ['wte.weight'],
    unembedding: ['lm_head.weight'],
    'mlp-in': ['h.{L}.mlp.fc_in.weight'],
    'mlp-out': ['h.{L}.mlp.fc_out.weight'],
  },
  [{ value: 'h.{L}.attn.v_proj.weight', output: 'h.{L}.attn.out_proj.weight' }],
);

const GPT_NEOX = layout(
  'GPT-NeoX',
  'out-in',
  {
    'token-embedding': ['embed_in.weight'],
    unembedding: ['embed_out.weight'],
    'mlp-in': ['layers.{L}.mlp.dense_h_to_4h.weight'],
    'mlp-out': ['layers.{L}.mlp.dense_4h_to_h.weight'],
  },
  [
    {
      value: 'layers.{L}.attention.query_key_value.weight',
      output: 'layers.{L}.attention.dense.weight',
      fused: 'per-head',
    },
  ],
);

const BLOOM = layout(
  'BLOOM',
  'out-in',
  {
    'token-embedding': ['word_embeddings.weight'],
    unembedding: ['lm_head.weight'],
    'mlp-in': ['h.{L}.mlp.dense_h_to_4h.weight'],
    'mlp-out': ['h.{L}.mlp.dense_4h_to_h.weight'],
  },
  [
    {
      value: 'h.{L}.self_attention.query_key_value.weight',
      output: 'h.{L}.self_attention.dense.weight',
      fused: 'per-head',
    },
  ],
  { tied: true },
);

const LLAMA = layout(
  'Llama',
  'out-in',
  {
    'token-embedding': ['embed_tokens.weight', 'tok_embeddings.weight'],
    unembedding: ['lm_head.weight', 'output.weight'],
    'mlp-in': [
      'layers.{L}.mlp.up_proj.weight',
      'layers.{L}.mlp.experts.{E}.up_proj.weight',
      'layers.{L}.mlp.{E}_expert.up_proj.weight',
      'layers.{L}.block_sparse_moe.experts.{E}.w3.weight',
      'layers.{L}.feed_forward.w3.weight',
      'layers.{L}.mlp.c_fc.weight',
      'layers.{L}.mlp.fc1.weight',
    ],
    'mlp-gate': [
      'layers.{L}.mlp.gate_proj.weight',
      'layers.{L}.mlp.experts.{E}.gate_proj.weight',
      'layers.{L}.mlp.{E}_expert.gate_proj.weight',
      'layers.{L}.block_sparse_moe.experts.{E}.w1.weight',
      'layers.{L}.feed_forward.w1.weight',
    ],
    'gate-and-in': ['layers.{L}.mlp.gate_up_proj.weight'],
    'mlp-out': [
      'layers.{L}.mlp.down_proj.weight',
      'layers.{L}.mlp.experts.{E}.down_proj.weight',
      'layers.{L}.mlp.{E}_expert.down_proj.weight',
      'layers.{L}.block_sparse_moe.experts.{E}.w2.weight',
      'layers.{L}.feed_forward.w2.weight',
      'layers.{L}.mlp.c_proj.weight',
      'layers.{L}.mlp.fc2.weight',
    ],
  },
  [
    { value: 'layers.{L}.self_attn.v_proj.weight', output: 'layers.{L}.self_attn.o_proj.weight' },
    { value: 'layers.{L}.self_attn.v_proj.weight', output: 'layers.{L}.self_attn.dense.weight' },
    {
      value: 'layers.{L}.self_attn.qkv_proj.weight',
      output: 'layers.{L}.self_attn.o_proj.weight',
      fused: 'last',
    },
    { value: 'layers.{L}.attention.wv.weight', output: 'layers.{L}.attention.wo.weight' },
  ],
);

const OPT = layout(
  'OPT, BART and CLIP',
  'out-in',
  {
    'token-embedding': ['embed_tokens.weight', 'token_embedding.weight'],
    'position-embedding': ['embed_positions.weight', 'position_embedding.weight'],
    unembedding: ['lm_head.weight'],
    'mlp-in': ['layers.{L}.fc1.weight', 'layers.{L}.mlp.fc1.weight'],
    'mlp-out': ['layers.{L}.fc2.weight', 'layers.{L}.mlp.fc2.weight'],
  },
  [{ value: 'layers.{L}.self_attn.v_proj.weight', output: 'layers.{L}.self_attn.out_proj.weight' }],
);

const BERT = layout(
  'BERT',
  'out-in',
  {
    'token-embedding': ['embeddings.word_embeddings.weight'],
    'position-embedding': ['embeddings.position_embeddings.weight'],
    unembedding: ['cls.predictions.decoder.weight', 'lm_head.decoder.weight'],
    'mlp-in': ['encoder.layer.{L}.intermediate.dense.weight'],
    'mlp-out': ['encoder.layer.{L}.output.dense.weight'],
  },
  [
    {
      value: 'encoder.layer.{L}.attention.self.value.weight',
      output: 'encoder.layer.{L}.attention.output.dense.weight',
    },
  ],
);

const DISTILBERT = layout(
  'DistilBERT',
  'out-in',
  {
    'token-embedding': ['embeddings.word_embeddings.weight'],
    'position-embedding': ['embeddings.position_embeddings.weight'],
    unembedding: ['vocab_projector.weight'],
    'mlp-in': ['transformer.layer.{L}.ffn.lin1.weight'],
    'mlp-out': ['transformer.layer.{L}.ffn.lin2.weight'],
  },
  [
    {
      value: 'transformer.layer.{L}.attention.v_lin.weight',
      output: 'transformer.layer.{L}.attention.out_lin.weight',
    },
  ],
);

const T5 = layout(
  'T5',
  'out-in',
  {
    'token-embedding': ['shared.weight'],
    unembedding: ['lm_head.weight'],
    'mlp-in': [
      '{T}.block.{L}.layer.1.DenseReluDense.wi.weight',
      '{T}.block.{L}.layer.2.DenseReluDense.wi.weight',
      '{T}.block.{L}.layer.1.DenseReluDense.wi_1.weight',
      '{T}.block.{L}.layer.2.DenseReluDense.wi_1.weight',
    ],
    'mlp-gate': [
      '{T}.block.{L}.layer.1.DenseReluDense.wi_0.weight',
      '{T}.block.{L}.layer.2.DenseReluDense.wi_0.weight',
    ],
    'mlp-out': [
      '{T}.block.{L}.layer.1.DenseReluDense.wo.weight',
      '{T}.block.{L}.layer.2.DenseReluDense.wo.weight',
    ],
  },
  [
    {
      value: '{T}.block.{L}.layer.0.SelfAttention.v.weight',
      output: '{T}.block.{L}.layer.0.SelfAttention.o.weight',
    },
  ],
);

const VIT = layout(
  'ViT',
  'out-in',
  {
    'position-embedding': ['embeddings.position_embeddings', 'pos_embed', 'positional_embedding'],
    'token-embedding': ['token_embedding.weight'],
    'mlp-in': [
      'encoder.layer.{L}.intermediate.dense.weight',
      'blocks.{L}.mlp.fc1.weight',
      'resblocks.{L}.mlp.c_fc.weight',
    ],
    'mlp-out': [
      'encoder.layer.{L}.output.dense.weight',
      'blocks.{L}.mlp.fc2.weight',
      'resblocks.{L}.mlp.c_proj.weight',
    ],
  },
  [
    {
      value: 'encoder.layer.{L}.attention.attention.value.weight',
      output: 'encoder.layer.{L}.attention.output.dense.weight',
    },
    { value: 'blocks.{L}.attn.qkv.weight', output: 'blocks.{L}.attn.proj.weight', fused: 'last' },
    {
      value: 'resblocks.{L}.attn.in_proj_weight',
      output: 'resblocks.{L}.attn.out_proj.weight',
      fused: 'last',
    },
  ],
);

const TORCH = layout(
  'torch.nn.Transformer',
  'out-in',
  {
    'mlp-in': ['layers.{L}.linear1.weight'],
    'mlp-out': ['layers.{L}.linear2.weight'],
  },
  [
    {
      value: 'layers.{L}.self_attn.in_proj_weight',
      output: 'layers.{L}.self_attn.out_proj.weight',
      fused: 'last',
    },
  ],
);

const TRANSFORMER_LENS = layout(
  'TransformerLens',
  'in-out',
  {
    'token-embedding': ['embed.W_E', 'W_E'],
    'position-embedding': ['pos_embed.W_pos', 'W_pos'],
    unembedding: ['unembed.W_U', 'W_U'],
    'mlp-in': ['blocks.{L}.mlp.W_in'],
    'mlp-gate': ['blocks.{L}.mlp.W_gate'],
    'mlp-out': ['blocks.{L}.mlp.W_out'],
  },
  [
    { value: 'blocks.{L}.attn.W_V', output: 'blocks.{L}.attn.W_O' },
    { value: 'blocks.{L}.attn._W_V', output: 'blocks.{L}.attn.W_O' },
  ],
  { unembedding: 'columns' },
);

const LLAMA_CPP = layout(
  'llama.cpp',
  'out-in',
  {
    'token-embedding': ['token_embd.weight'],
    'position-embedding': ['position_embd.weight'],
    unembedding: ['output.weight'],
    'mlp-in': ['blk.{L}.ffn_up.weight', 'blk.{L}.ffn_up_exps.weight'],
    'mlp-gate': ['blk.{L}.ffn_gate.weight', 'blk.{L}.ffn_gate_exps.weight'],
    'mlp-out': ['blk.{L}.ffn_down.weight', 'blk.{L}.ffn_down_exps.weight'],
  },
  [
    { value: 'blk.{L}.attn_v.weight', output: 'blk.{L}.attn_output.weight' },
    { value: 'blk.{L}.attn_qkv.weight', output: 'blk.{L}.attn_output.weight', fused: 'last' },
  ],
  { tied: true },
);

/**
 * Layouts of transformers. If several match a name, the one that matches most tensors of the file wins, then the first.
 */
export const TRANSFORMERS: readonly Layout[] = [
  GPT2,
  GPT_NEO,
  GPT_J,
  GPT_NEOX,
  BLOOM,
  LLAMA,
  OPT,
  BERT,
  DISTILBERT,
  T5,
  VIT,
  TORCH,
  TRANSFORMER_LENS,
  LLAMA_CPP,
];
