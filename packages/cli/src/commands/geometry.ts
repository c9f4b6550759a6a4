import type { Command } from 'commander';
import { BLAS_HELP } from './blas-help.ts';
import { addFeatureFlags, type FeatureFlags } from '../features/feature-flags.ts';

/** Flags of `polysem geometry`. */
export interface GeometryFlags extends FeatureFlags {
  readonly significance?: string;
  readonly noise: string;
  readonly signs: string;
  readonly threshold?: string;
  readonly threads?: string;
  readonly blas: string;
  readonly figures?: string;
  readonly efficient?: string;
  readonly json?: boolean;
}

/** `polysem geometry`: blocks of a matrix, their shapes, and the features that each neuron mixes. */
export function geometryCommand(command: Command): void {
  command.argument(
    '<file>',
    'file, folder or address of the weights, or - for standard input, as for measure; the history in a file of train --out is drawn too',
  );
  addFeatureFlags(command)
    .option(
      '--significance <p>',
      'report blocks whose p-value is below this under both null models, noise and random directions (default: 0.001)',
    )
    .option(
      '--noise <f>',
      'noise to allow for in the weights: expected length of the error of a vector, as a fraction of the mean length of all vectors, in [0, 1). Inner products and lengths that it explains count as zero. More is assumed where the blocks show more',
      '0.03',
    )
    .option(
      '--signs <kind>',
      'fixed, or free: a shape may negate vectors, which the quadratic model cannot detect',
      'fixed',
    )
    .option(
      '--threshold <f>',
      'a neuron mixes the features whose squared weight exceeds this fraction of its largest (default: 0.01)',
    )
    .option('--threads <n>', 'worker threads for large matrices (default: all processors)')
    .option('--blas <choice>', BLAS_HELP, 'off')
    .option('--figures <folder>', 'write figures: Gram matrix, spectrum, arrows, shapes, training')
    .option(
      '--efficient <file.safetensors>',
      'write the nearest efficient matrix W found, and its factors Q, B and P',
    )
    .option('--json', 'print one JSON object');
}
