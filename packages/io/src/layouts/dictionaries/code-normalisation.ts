import type { ModelConfig } from '../model-config.ts';
import { sectionsOf } from './layer-names.ts';
import type { CoderGroup } from './coder-layout.ts';
import type { FoldMeasure } from '../feature-matrix.ts';

/** Code normalisations of dictionary_learning, in the order of their numbers, from 1. */
const NAMES = ['CROSSCODER', 'SAE', 'MIXED', 'NONE', 'DECOUPLED'] as const;

/** The tensor that holds the number of the code normalisation. */
export const CODE_NORMALISATION = 'code_normalization_id';

/**
 * Determines by what a crosscoder of dictionary_learning scales the activation of a latent: the sum of its decoder norms over
 * the layers (CROSSCODER and DECOUPLED), the norm of its concatenated decoder (SAE), or a weighted sum of both (MIXED). The
 * number in the file counts before the configuration; without either, dictionary_learning takes CROSSCODER.
 *
 * @param scalars numbers in the file, by the names of their tensors.
 * @returns the measure, or null for NONE.
 */
export function codeNormalisation(
  group: CoderGroup,
  config: ModelConfig | null,
  scalars: Readonly<Record<string, number>>,
): FoldMeasure | null {
  const stored = NAMES[scalars[group.get(CODE_NORMALISATION)?.name ?? ''] - 1];
  const sections = sectionsOf(config);
  const told = sections
    .map(({ code_normalization: value }) => (typeof value === 'string' ? value.toUpperCase() : ''))
    .find((value) => NAMES.some((name) => name === value));
  const name = stored ?? told ?? 'CROSSCODER';
  if (name === 'NONE') return null;
  const weight = (key: string, usual: number): number => {
    const value = sections.map((section) => section[key]).find((each) => typeof each === 'number');
    return typeof value === 'number' ? value : usual;
  };
  if (name === 'SAE') return { name, whole: 1, parts: 0 };
  if (name !== 'MIXED') return { name, whole: 0, parts: 1 };
  return {
    name,
    whole: weight('code_normalization_alpha_sae', 1),
    parts: weight('code_normalization_alpha_cc', 0.1),
  };
}
