/** What a model's own configuration file says, as parsed JSON; nothing of it is trusted to be there. */
export type ModelConfig = Readonly<Record<string, unknown>>;

/** The sizes that layouts ask a configuration for; null where it does not say. */
export interface ModelSizes {
  readonly model: number | null;
  readonly heads: number | null;
}

// In each project's own words: transformers' models, TransformerLens and llama.cpp.
const MODEL = ['hidden_size', 'n_embd', 'd_model', 'dim', 'embed_dim', 'embedding_length'];
const HEADS = [
  'num_attention_heads',
  'n_head',
  'n_heads',
  'num_heads',
  'encoder_attention_heads',
  'attention.head_count',
];

/** The sizes of the part of a model that a prefix of names speaks of: one tower of several, or all of it. */
export function modelSizes(config: ModelConfig | null, prefix: string): ModelSizes {
  const part = config === null ? {} : partOf(config, prefix);
  return {
    model: firstSize(part, MODEL),
    heads: firstSize(part, HEADS),
  };
}

function partOf(config: ModelConfig, prefix: string): ModelConfig {
  const wanted = /vis(?:ion|ual)/.test(prefix) ? 'vision_config' : 'text_config';
  const part = config[wanted];
  return typeof part === 'object' && part !== null ? (part as ModelConfig) : config;
}

function firstSize(config: ModelConfig, names: readonly string[]): number | null {
  for (const name of names) {
    const value = config[name];
    if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  }
  return null;
}
