import type { TensorEntry } from '../../tensors/tensor.ts';
import { matchName } from '../layout.ts';
import type { ModelConfig } from '../model-config.ts';
import type { AxisName } from './assign-axes.ts';
import type { FoldMeasure } from '../feature-matrix.ts';
import type { Dictionary, DictionaryKind } from './dictionary.ts';

/** Name and axes of a stored encoder or decoder. In the name, `{L}` is the layer. */
export interface CoderRule {
  readonly name: string;
  /** Meaning of the axes, for each number of axes that the project writes. */
  readonly orders: readonly (readonly AxisName[])[];
}

/** Names and axes of the dictionaries of a project. A row of the registry. */
export interface CoderLayout {
  readonly name: string;
  readonly encoder?: CoderRule;
  readonly decoder?: CoderRule;
  /** Vectors with one number per latent. */
  readonly latents: readonly string[];
  /** Vectors with one number per dimension. */
  readonly dims: readonly string[];
  /** Axis that precedes these in a bias of two axes; default parts. */
  readonly stack?: 'parts' | 'instances';
  /** Returns whether a group of tensors is such a dictionary, from the names in it and the configuration. */
  readonly accepts: (group: CoderGroup, config: ModelConfig | null) => boolean;
  /** Doubt that the names of a group leave. */
  readonly doubt?: (group: CoderGroup) => string | undefined;
  /** True if its names belong to this project alone, so that the axes need no confirmation. */
  readonly isDistinctive?: boolean;
  /** True if a file without an encoder uses the transpose of the decoder. */
  readonly isTied?: boolean;
  /** True if its latents are always selected by TopK. */
  readonly isTopK?: boolean;
  /** Kind, where the names tell; otherwise the configuration and the hook points decide. */
  readonly kind?: DictionaryKind;
  /** Meaning of the parts of a coder with three axes, or of both kinds in one with four. */
  readonly partOf?: string;
  /** Reason why its norms are never folded. */
  readonly unfolded?: string;
  /** Measure of a decoder by which the activations of a latent are scaled; null if they are not. Absent for its norm. */
  readonly measure?: (group: CoderGroup, hints: MeasureHints) => FoldMeasure | null;
  /** Reason why the tensors of a group hold no features although they belong to this layout. */
  readonly leftOut?: (group: CoderGroup, config: ModelConfig | null) => string | undefined;
  /** Further dictionaries in the tensors of a group, and why others were left out. */
  readonly more?: (group: CoderGroup, layer: number | null) => FoundDictionaries;
}

/** Facts about scaling that names do not tell. */
export interface MeasureHints {
  readonly config: ModelConfig | null;
  /** Numbers in the file, by the names of their tensors. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** Dictionaries of one group of tensors, and why others were left out. */
export interface FoundDictionaries {
  readonly dictionaries: readonly Dictionary[];
  readonly notes: readonly string[];
}

/** The tensors of one dictionary in a file. */
export interface CoderGroup {
  /** Begin of their names. */
  readonly prefix: string;
  /** Layer in their names. */
  readonly layer: number | null;
  /** Returns a tensor by its name without prefix. */
  readonly get: (name: string) => TensorEntry | undefined;
  /** Returns a tensor of this name in the module of the group or the nearest one around it. */
  readonly near: (name: string) => TensorEntry | undefined;
  /** Returns whether there is such a tensor. */
  readonly has: (name: string) => boolean;
  /** Lists the names, without prefix, that match a pattern. */
  readonly matching: (pattern: RegExp) => readonly string[];
}

/** Lists the groups of tensors that may be dictionaries of a layout: those with its encoder or decoder. */
export function groupsOf(
  { encoder, decoder }: Pick<CoderLayout, 'encoder' | 'decoder'>,
  entries: readonly TensorEntry[],
): CoderGroup[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const groups = new Map<string, CoderGroup>();
  for (const { name: pattern } of [encoder, decoder].filter((rule) => rule !== undefined)) {
    for (const { name } of entries) {
      const match = matchName(pattern, name);
      if (match === null) continue;
      const { prefix, layer } = match;
      const get = (wanted: string): TensorEntry | undefined =>
        byName.get(`${prefix}${wanted.replace('{L}', String(layer))}`);
      const near = (wanted: string): TensorEntry | undefined => {
        for (let module = prefix; ; module = module.replace(/[^.]*\.$/, '')) {
          const found = byName.get(module + wanted);
          if (found !== undefined || module === '') return found;
        }
      };
      const matching = (wanted: RegExp): string[] =>
        entries
          .filter((entry) => entry.name.startsWith(prefix))
          .map((entry) => entry.name.slice(prefix.length))
          .filter((own) => wanted.test(own));
      const has = (wanted: string): boolean => get(wanted) !== undefined;
      const key = `${prefix} ${layer}`;
      if (!groups.has(key)) groups.set(key, { prefix, layer, get, near, has, matching });
    }
  }
  return [...groups.values()];
}

/** The number of axes of a tensor of a group; 0 if there is none. */
export function axesOf(group: CoderGroup, name: string): number {
  return group.get(name)?.shape.length ?? 0;
}
