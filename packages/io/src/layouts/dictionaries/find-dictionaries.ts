import type { TensorEntry } from '../../tensors/tensor.ts';
import type { FeatureMatrix } from '../feature-matrix.ts';
import { groupsOf, type CoderGroup, type CoderLayout } from './coder-layout.ts';
import { dictionariesOf } from './coder-dictionaries.ts';
import { matricesOf } from './dictionary.ts';
import { hintsOf, type OriginHints } from './origin.ts';
import { DICTIONARIES } from './registry.ts';
import { unfoldedReason } from './top-k.ts';
import { findWholeCrossLayer, WHOLE_CROSS_LAYER } from './whole-cross-layer.ts';

/** Matrices of dictionaries in a file, the tensors that belong to them, and why others were left out. */
export interface FoundInDictionaries {
  readonly features: readonly FeatureMatrix[];
  /** Names of tensors that no other layout may claim. */
  readonly claimed: ReadonlySet<string>;
  readonly notes: readonly string[];
}

/** Finds sparse autoencoders, transcoders, crosscoders and parameter components by the names and shapes of tensors. */
export function findDictionaries(
  entries: readonly TensorEntry[],
  hints: OriginHints,
): FoundInDictionaries {
  const features: FeatureMatrix[] = [];
  const claimed = new Set<string>();
  const notes: string[] = [];
  const unfolded = unfoldedReason(hints.config, false);
  const whole = WHOLE_CROSS_LAYER.flatMap((row) => findWholeCrossLayer(row, entries, unfolded));
  for (const found of whole) {
    for (const name of found.claimed) claimed.add(name);
    features.push(...found.dictionaries.flatMap(matricesOf));
  }
  for (const layout of DICTIONARIES) {
    for (const group of groupsOf(layout, entries)) {
      const own = tensorsOf(layout, group);
      const near = hintsOf(hints, group);
      if (own.some((name) => claimed.has(name)) || !layout.accepts(group, near.config)) continue;
      const found = dictionariesOf(layout, group, near);
      for (const name of own) claimed.add(name);
      features.push(...found.dictionaries.flatMap(matricesOf));
      notes.push(...found.notes);
    }
  }
  return { features, claimed, notes };
}

/** Names of the tensors of a group with which a layout works. */
function tensorsOf(layout: CoderLayout, group: CoderGroup): string[] {
  const { encoder, decoder, latents, dims } = layout;
  const rules = [encoder, decoder].flatMap((rule) => (rule === undefined ? [] : [rule.name]));
  return [...rules, ...latents, ...dims].flatMap((name) => group.get(name)?.name ?? []);
}
