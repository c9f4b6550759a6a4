import {
  float64OnlyActivations,
  type KernelName,
  type ModelActivations,
} from '@polysem/engine/kernels';
import { chooseKernel } from '@polysem/runs';
import { KERNELS } from './kernel-names.ts';
import { note } from './output.ts';
import { parseChoice } from './parse.ts';

/**
 * The name of the kernel that `--kernel` selects for some models. Notes on stderr if `auto` selects the slower
 * `typescript` kernel because an activation has float64 code only.
 */
export function parseKernel(text: string, models: readonly ModelActivations[] = []): KernelName {
  const choice = parseChoice(text, '--kernel', KERNELS);
  const { name } = chooseKernel(choice, models);
  const [slow] = models.flatMap(float64OnlyActivations);
  if (choice === 'auto' && slow !== undefined)
    note(`${slow} has float64 code only: training with the typescript kernel, which is slower`);
  return name;
}
