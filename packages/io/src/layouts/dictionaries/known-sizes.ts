import type { ModelConfig } from '../model-config.ts';
import type { KnownSizes } from './assign-axes.ts';
import type { CoderGroup, CoderLayout } from './coder-layout.ts';
import { sectionsOf } from './layer-names.ts';

const LATENTS = [
  'd_sae',
  'num_latents',
  'dict_size',
  'd_hidden',
  'n_dirs',
  'n_latents',
  'dictionary_size',
];
const DIMS = ['d_in', 'd_model', 'activation_dim', 'act_size', 'dimin'];
const EXPANSIONS = ['expansion_factor', 'exp_factor'];

/**
 * Collects the sizes that biases and thresholds give and, where they are silent, the configuration. A size from the
 * configuration counts only if an axis of the coder has it: the file is measured, not the configuration.
 */
export function knownSizes(
  layout: Pick<CoderLayout, 'latents' | 'dims' | 'stack'>,
  group: CoderGroup,
  config: ModelConfig | null,
  shape: readonly number[],
): KnownSizes {
  const stack = layout.stack ?? 'parts';
  const found: Partial<Record<keyof KnownSizes, number>> = {};
  const note = (axis: 'latents' | 'dims', names: readonly string[]): void => {
    for (const name of names) {
      const sizes = group.get(name)?.shape ?? [];
      const last = sizes.at(-1);
      if (last === undefined || last <= 0 || sizes.length > 3) continue;
      found[axis] ??= last;
      if (sizes.length > 1) found[stack] ??= sizes[0];
      if (sizes.length === 3) found.layers ??= sizes[1];
    }
  };
  note('latents', layout.latents);
  note('dims', layout.dims);
  const told = configuredSizes(config);
  for (const axis of ['latents', 'dims'] as const) {
    const candidates = told[axis].filter((size) => shape.includes(size));
    if (candidates.length > 0) found[axis] ??= candidates[0];
  }
  const models = config?.n_models;
  if (shape.length === 4 && typeof models === 'number' && shape.includes(models))
    found.parts ??= models;
  return found;
}

/** Sizes in a configuration; 0 latents mean the expansion factor, as in sparsify. */
function configuredSizes(config: ModelConfig | null): { latents: number[]; dims: number[] } {
  const values = (keys: readonly string[]): number[] =>
    sectionsOf(config).flatMap((section) =>
      keys.flatMap((key) => {
        const value = section[key];
        return typeof value === 'number' && value > 0 ? [value] : [];
      }),
    );
  const dims = values(DIMS);
  const expanded = values(EXPANSIONS).flatMap((factor) => dims.map((d) => Math.floor(factor * d)));
  return { latents: [...values(LATENTS), ...expanded], dims };
}
