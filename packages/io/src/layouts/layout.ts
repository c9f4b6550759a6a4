import type { FeaturesAxis } from '../features/embedding.ts';
import type { Preset } from './feature-matrix.ts';

/** Most heads in a layer or matrices in a stack; more come from a damaged file. */
export const MOST_PARTS = 4096;

/** Presets stored as one matrix each. */
export type StoredPreset = Extract<
  Preset,
  'token-embedding' | 'unembedding' | 'position-embedding' | 'mlp-in' | 'mlp-gate' | 'mlp-out'
>;

/** Name and axis of the tensor of a preset. In a pattern, `{L}` is the layer, `{E}` the expert, `{T}` encoder or decoder. */
export interface StoredRule {
  readonly preset: StoredPreset;
  readonly pattern: string;
  /** Axis that counts features. */
  readonly axis: FeaturesAxis;
  /** Half of the feature axis, if two matrices are stored as one. */
  readonly half?: 'first' | 'second';
}

/** Names of the tensors of values and outputs of attention, the same up to the number of the layer. */
export interface AttentionRule {
  readonly value: string;
  readonly output: string;
  /**
   * If queries, keys and values are stored as one matrix: `last`, all values after all queries and keys; `per-head`,
   * queries, keys and values of each head together.
   */
  readonly fused?: 'last' | 'per-head';
}

/** The names and orientations of the weights of a family of models. */
export interface Layout {
  readonly name: string;
  /** Axes of linear layers: [out, in] as in torch, or [in, out]. */
  readonly linear: 'out-in' | 'in-out';
  readonly stored: readonly StoredRule[];
  readonly attention: readonly AttentionRule[];
  /** True if the token embedding serves as unembedding if the file has no other. */
  readonly tied?: boolean;
}

/** Names of matrices by preset; `gate-and-in` for gate and input weights stored as one. */
type Names = Partial<Record<StoredPreset | 'gate-and-in', readonly string[]>>;

/** Makes a layout. The orientation of linear layers determines the axes of its presets; embeddings are always N x D. */
export function layout(
  name: string,
  linear: Layout['linear'],
  names: Names,
  attention: readonly AttentionRule[],
  options: { readonly tied?: boolean; readonly unembedding?: FeaturesAxis } = {},
): Layout {
  const into: FeaturesAxis = linear === 'out-in' ? 'rows' : 'columns';
  const outOf: FeaturesAxis = linear === 'out-in' ? 'columns' : 'rows';
  const axes: Record<StoredPreset, FeaturesAxis> = {
    'token-embedding': 'rows',
    'position-embedding': 'rows',
    unembedding: options.unembedding ?? 'rows',
    'mlp-in': into,
    'mlp-gate': into,
    'mlp-out': outOf,
  };
  const stored: StoredRule[] = [];
  for (const [preset, patterns] of Object.entries(names) as [keyof Names, readonly string[]][]) {
    for (const pattern of patterns) {
      if (preset === 'gate-and-in') {
        stored.push({ preset: 'mlp-gate', pattern, axis: into, half: 'first' });
        stored.push({ preset: 'mlp-in', pattern, axis: into, half: 'second' });
      } else stored.push({ preset, pattern, axis: axes[preset] });
    }
  }
  return { name, linear, stored, attention, ...(options.tied === true && { tied: true }) };
}

/** A name matched by a pattern: what precedes it, and the places in it. */
export interface NameMatch {
  readonly prefix: string;
  readonly layer: number | null;
  readonly expert?: string;
}

const PLACES: Readonly<Record<string, string>> = {
  L: '(?<layer>\\d{1,6})',
  E: '(?<expert>\\d{1,6}|shared)',
  T: '(?<tower>encoder|decoder)',
};

const compiled = new Map<string, RegExp>();

/**
 * Matches the name of a tensor with a pattern, after any prefix that ends with a dot; returns null if it does not
 * match.
 */
export function matchName(pattern: string, name: string): NameMatch | null {
  // A quick test first: most names match other patterns, and checkpoints of mixtures have tens of thousands.
  if (!name.endsWith(pattern.slice(pattern.lastIndexOf('}') + 1))) return null;
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    const body = pattern
      .replaceAll(/[.*+?^$()[\]\\|]/g, '\\$&')
      .replaceAll(/\{([LET])\}/g, (_, place: string) => PLACES[place]);
    expression = new RegExp(`^(?<prefix>(?:.*\\.)?)${body}$`);
    compiled.set(pattern, expression);
  }
  const groups = expression.exec(name)?.groups;
  if (groups === undefined) return null;
  const { prefix, layer, expert, tower } = groups as Record<string, string | undefined>;
  return {
    prefix: `${prefix ?? ''}${tower === undefined ? '' : `${tower}.`}`,
    layer: layer === undefined ? null : Number(layer),
    ...(expert !== undefined && { expert }),
  };
}
