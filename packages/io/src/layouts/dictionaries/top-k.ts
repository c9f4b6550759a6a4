import { isRecord } from '../../bytes/json-object.ts';
import type { ModelConfig } from '../model-config.ts';
import { sectionsOf } from './layer-names.ts';

/** Keys whose values name an activation or a class. */
const ACTIVATIONS = [
  'architecture',
  'activation_fn',
  'activation_fn_str',
  'activation',
  'act_fn',
  'dict_class',
  'trainer_class',
  'sae_diff_type',
] as const;
/** Keys that say that latents are selected by activation times decoder norm, so that folding changes nothing. */
const BY_NORM = ['rescale_acts_by_decoder_norm', 'sparsity_include_decoder_norm'] as const;

/**
 * Returns why the norms of a dictionary are not folded, or undefined if they are: TopK selects latents by their
 * activations, so scaling a latent changes what is selected, unless the configuration says that norms are included.
 *
 * @param isTopK true if names of tensors or files already say so.
 */
export function unfoldedReason(config: ModelConfig | null, isTopK: boolean): string | undefined {
  const sections = sectionsOf(config);
  const named = sections.some((section) =>
    ACTIVATIONS.some((key) => {
      const value = section[key];
      const name = isRecord(value) ? value.classname : value;
      return typeof name === 'string' && /top[_-]?k/i.test(name);
    }),
  );
  const counted = sections.some(
    ({ k, num_latents, expansion_factor }) =>
      typeof k === 'number' &&
      k > 0 &&
      (num_latents !== undefined || expansion_factor !== undefined),
  );
  if (!isTopK && !named && !counted) return undefined;
  if (sections.some((section) => BY_NORM.some((key) => section[key] === true))) return undefined;
  return 'TopK selects latents by their activations, so scaling latents would change which are active';
}
