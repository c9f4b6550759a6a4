import type { TensorEntry } from '../tensors/tensor.ts';
import { attentionFeatures } from './attention-features.ts';
import { withoutKernels } from './convolution-kernel.ts';
import { findDictionaries } from './dictionaries/find-dictionaries.ts';
import { PRESETS, type FeatureMatrix } from './feature-matrix.ts';
import type { Layout } from './layout.ts';
import { matchEntries, type EntryMatch } from './match-entries.ts';
import type { ModelConfig } from './model-config.ts';
import { modelWidth, type ModelWidth } from './model-width.ts';
import { storedFeatures } from './stored-features.ts';
import { toyFeatures } from './toy-features.ts';
import { TRANSFORMERS } from './transformers.ts';

/** Information beside the tensors of a file. */
export interface FeatureHints {
  /** Parsed config.json or cfg.json of the model. */
  readonly config?: ModelConfig | null;
  /** Metadata of the file, such as those of a safetensors header. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Location of the file, whose name and folders may name the layer of a dictionary. */
  readonly path?: string;
  /** Configurations of single folders, when the file is a folder of several; names of tensors begin with the folder. */
  readonly configs?: Readonly<Record<string, ModelConfig>>;
  /** Numbers in the file that layouts need, such as `code_normalization_id`, by the names of their tensors. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** Reasons, for the user, why configurations beside the file could not be read. */
  readonly notes?: readonly string[];
}

/** Matrices of features, and why others were left out. */
export interface FoundFeatures {
  readonly features: readonly FeatureMatrix[];
  readonly notes: readonly string[];
}

/**
 * Finds the matrices of features in a checkpoint from the names and shapes of its tensors: embeddings, neurons, W_O W_V
 * of attention, latents of sparse autoencoders, transcoders and crosscoders, parameter components, toy models.
 *
 * The layout decides which axis counts features and the shapes must agree; `doubt` says what they leave uncertain.
 *
 * @param entries the tensors of the file.
 * @param hints configuration and metadata, if there are any.
 * @returns the matrices, by preset and layer, and notes on what was left out.
 * @example
 * ```js
 * import { findFeatures } from 'polysem/io';
 * const entry = { dtype: 'F32', readable: true, byteOffset: 0, byteLength: 0 };
 * findFeatures([{ ...entry, name: 'wte.weight', shape: [50, 8] }]).features[0].preset; // 'token-embedding'
 * ```
 */
export function findFeatures(
  entries: readonly TensorEntry[],
  hints: FeatureHints = {},
): FoundFeatures {
  const readable = entries.filter((entry) => entry.readable);
  const config = hints.config ?? null;
  const { path = '', configs = {}, scalars = {} } = hints;
  const dictionaries = findDictionaries(readable, { config, path, configs, scalars });
  const free = readable.filter(({ name }) => !dictionaries.claimed.has(name));
  const toy = toyFeatures(readable, hints.metadata ?? {}).filter(
    ({ tensor }) => !dictionaries.claimed.has(tensor),
  );
  const others = toy.length > 0 ? [] : withoutKernels(free);
  const matches = matchEntries(others, TRANSFORMERS);
  const widthOf = widths(matches, config);
  const stored = matches.flatMap((match) => storedFeatures(match, widthOf(match.prefix)));
  const layouts = [...new Set(matches.map(({ layout }) => layout))];
  const attention = attentionFeatures(others, layouts, config, widthOf);
  const features = [
    ...doubtLone(stored),
    ...tiedFeatures(stored, layouts, config),
    ...attention.features,
    ...dictionaries.features,
    ...toy,
  ];
  return {
    features: features.toSorted(byPlace),
    notes: [...attention.notes, ...dictionaries.notes],
  };
}

/** Adds a doubt to a `W_E` without any other weight of a transformer: dictionaries have encoders of that name. */
function doubtLone(stored: readonly FeatureMatrix[]): FeatureMatrix[] {
  const [only] = stored;
  if (stored.length !== 1 || only.tensor !== 'W_E') return [...stored];
  return [{ ...only, doubt: 'only the name W_E says that this is a token embedding' }];
}

/** Determines d_model for a prefix of names: from its own layers if it has any, else from the whole file. */
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

/** Lists the token embedding as unembedding if the file has no other and the model or its layout ties them. */
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
