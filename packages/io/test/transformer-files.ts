import type { FeatureHints } from '@polysem/io/layouts';
import type { Shapes } from './layout-files.ts';

const D = 8;
const V = 50;
const F = 32;

/** Checkpoints of transformers with d_model 8, 50 tokens, 32 neurons, as their own code shapes them. */
export const transformerFiles: Record<
  string,
  { shapes: Shapes; expected: string[]; hints?: FeatureHints }
> = {
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
  'GPT-Neo, torch linear layers and tied': {
    shapes: {
      'transformer.wte.weight': [V, D],
      'transformer.h.0.attn.attention.v_proj.weight': [D, D],
      'transformer.h.0.attn.attention.out_proj.weight': [D, D],
      'transformer.h.0.mlp.c_fc.weight': [F, D],
      'transformer.h.0.mlp.c_proj.weight': [D, F],
    },
    expected: [
      'token-embedding -: rows, 50 x 8',
      'unembedding -: rows, 50 x 8, tied',
      'mlp-in 0: rows, 32 x 8',
      'mlp-out 0: columns, 32 x 8',
      'attention-ov 0: columns, 8 x 8, product',
    ],
  },
  'BLOOM, fused per head and tied': {
    shapes: {
      'word_embeddings.weight': [V, D],
      'h.0.self_attention.query_key_value.weight': [3 * D, D],
      'h.0.self_attention.dense.weight': [D, D],
      'h.0.mlp.dense_h_to_4h.weight': [F, D],
      'h.0.mlp.dense_4h_to_h.weight': [D, F],
    },
    hints: { config: { hidden_size: D, num_attention_heads: 2 } },
    expected: [
      'token-embedding -: rows, 50 x 8',
      'unembedding -: rows, 50 x 8, tied',
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
