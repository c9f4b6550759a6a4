import type { FeaturesAxis } from '../features/embedding.ts';
import type { Preset } from './feature-matrix.ts';

/** No model has more heads in a layer or matrices in a stack; more are the shapes of a damaged file. */
export const MOST_PARTS = 4096;

/** Presets that are stored as one matrix each. */
export type StoredPreset = Extract<
  Preset,
  'token-embedding' | 'unembedding' | 'position-embedding' | 'mlp-in' | 'mlp-gate' | 'mlp-out'
>;

/** Where a preset is stored. Of a pattern, `{L}` is the layer, `{E}` the expert, `{T}` an encoder or a decoder. */
export interface StoredRule {
  readonly preset: StoredPreset;
  readonly pattern: string;
  /** Which axis counts features. */
  readonly axis: FeaturesAxis;
  /** A half of the features' axis, where two matrices are stored as one. */
  readonly half?: 'first' | 'second';
}

/** Where the values and outputs of attention are stored. */
export interface AttentionRule {
  readonly value: string;
  readonly output: string;
  /**
   * Where queries, keys and values are stored as one: `last`, all values behind all queries and keys; `per-head`, each
   * head's queries, keys and values together.
   */
  readonly fused?: 'last' | 'per-head';
}

/** How one family of models names and orients its weights. */
export interface Layout {
  readonly name: string;
  /** Linear layers hold [out, in], as torch's do, or [in, out]. */
  readonly linear: 'out-in' | 'in-out';
  readonly stored: readonly StoredRule[];
  readonly attention: readonly AttentionRule[];
  /** The unembedding is the token embedding where the file has none of its own. */
  readonly tied?: boolean;
}

/** The names of a layout's matrices, by preset; `gate-and-in` where the gate and the input weights are stored as one. */
type Names = Partial<Record<StoredPreset | 'gate-and-in', readonly string[]>>;

/** Makes a layout: the axes of its presets follow from how it orients linear layers. Embeddings are always N x D. */
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

/** What a name says under a pattern: whatever stands before it, and the places it names. */
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

/** Reads a tensor's name under a pattern, behind any prefix that ends with a dot; null if it is another's. */
export function matchName(pattern: string, name: string): NameMatch | null {
  // Most names are of other patterns, and checkpoints of mixtures have tens of thousands.
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
