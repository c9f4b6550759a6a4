import type { TensorEntry } from '../tensors/tensor.ts';
import { attentionFeatures } from './attention-features.ts';
import { PRESETS, type FeatureMatrix } from './feature-matrix.ts';
import type { Layout } from './layout.ts';
import { matchEntries, type EntryMatch } from './match-entries.ts';
import type { ModelConfig } from './model-config.ts';
import { modelWidth, type ModelWidth } from './model-width.ts';
import { saeFeatures } from './sae-features.ts';
import { storedFeatures } from './stored-features.ts';
import { toyFeatures } from './toy-features.ts';
import { TRANSFORMERS } from './transformers.ts';

/** What is known of a file beside its tensors. */
export interface FeatureHints {
  /** The model's config.json or cfg.json, parsed. */
  readonly config?: ModelConfig | null;
  /** Strings that the file itself holds, as a safetensors header does. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The matrices of features found, and what could not be found and why. */
export interface FoundFeatures {
  readonly features: readonly FeatureMatrix[];
  readonly notes: readonly string[];
}

/**
 * Every matrix of features that the layouts know among the tensors of a checkpoint, from their names and shapes alone:
 * embeddings, neurons, W_O W_V of attention, latents of sparse autoencoders and transcoders, toy models of polysem.
 *
 * Which axis counts features is the layout's rule, held against the shapes; what they leave open is said in `doubt`.
 */
export function findFeatures(
  entries: readonly TensorEntry[],
  hints: FeatureHints = {},
): FoundFeatures {
  const readable = entries.filter((entry) => entry.readable);
  const config = hints.config ?? null;
  const toy = toyFeatures(readable, hints.metadata ?? {});
  if (toy.length > 0) return { features: toy, notes: [] };

  const matches = matchEntries(readable, TRANSFORMERS);
  const widthOf = widths(matches, config);
  const stored = matches.flatMap((match) => storedFeatures(match, widthOf(match.prefix)));
  const layouts = [...new Set(matches.map(({ layout }) => layout))];
  const attention = attentionFeatures(readable, layouts, config, widthOf);
  const features = [
    ...stored,
    ...tiedFeatures(stored, layouts, config),
    ...attention.features,
    ...saeFeatures(readable, config),
  ];
  return { features: features.toSorted(byPlace), notes: attention.notes };
}

/** d_model for the names behind each prefix: of its own layers, else of the whole file. */
function widths(
  matches: readonly EntryMatch[],
  config: ModelConfig | null,
): (prefix: string) => ModelWidth | null {
  const known = new Map<string, ModelWidth | null>();
  return (prefix) => {
    if (!known.has(prefix)) {
      const near = matches.filter((match) => match.prefix === prefix);
      const enough = near.some((match) => match.layer !== null);
      known.set(prefix, modelWidth(enough ? near : matches, config, enough ? prefix : ''));
    }
    return known.get(prefix) ?? null;
  };
}

/** The unembedding that is the token embedding, where the file has none of its own and the model or its layout ties them. */
function tiedFeatures(
  stored: readonly FeatureMatrix[],
  layouts: readonly Layout[],
  config: ModelConfig | null,
): FeatureMatrix[] {
  if (stored.some(({ preset }) => preset === 'unembedding')) return [];
  if (config?.tie_word_embeddings === false) return [];
  const tied: FeatureMatrix[] = [];
  for (const embedding of stored) {
    const usual = layouts.find(({ name }) => name === embedding.layout)?.tied === true;
    if (embedding.preset !== 'token-embedding') continue;
    if (!usual && config?.tie_word_embeddings !== true) continue;
    tied.push({
      ...embedding,
      preset: 'unembedding',
      description: 'a token: the direction of the residual stream that raises its logit',
      tiedTo: 'token-embedding',
      why: `tied: the file has no unembedding of its own, so it is the token embedding; ${embedding.why}`,
    });
  }
  return tied;
}

function byPlace(a: FeatureMatrix, b: FeatureMatrix): number {
  return PRESETS.indexOf(a.preset) - PRESETS.indexOf(b.preset) || (a.layer ?? -1) - (b.layer ?? -1);
}
