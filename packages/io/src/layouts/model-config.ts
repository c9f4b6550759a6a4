/** The parsed configuration file of a model, whose fields may all be missing. */
export type ModelConfig = Readonly<Record<string, unknown>>;

/** Sizes from a configuration; null if it does not tell. */
export interface ModelSizes {
  readonly model: number | null;
  readonly heads: number | null;
}

// Names used by transformers, TransformerLens and llama.cpp.
const MODEL = ['hidden_size', 'n_embd', 'd_model', 'dim', 'embed_dim', 'embedding_length'];
const HEADS = [
  'num_attention_heads',
  'n_head',
  'n_heads',
  'num_heads',
  'encoder_attention_heads',
  'attention.head_count',
];

/** Returns the sizes of the part of a model with a prefix of names: one of several towers, or the whole model. */
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
