import type { Command } from 'commander';
import { addMatrixFlags, type MatrixFlags } from '../matrix-flags.ts';

/** Flags that choose a matrix in a file and the axis that counts features. */
export interface FeatureFlags extends MatrixFlags {
  readonly tensor?: string;
  readonly features?: string;
  readonly preset?: string;
  readonly layer?: string;
  readonly head?: string;
  readonly expert?: string;
  readonly part?: string;
  readonly index?: string;
  /** `false` with --no-fold. */
  readonly fold?: boolean;
  readonly skipBad?: boolean;
}

/** Adds the flags that choose a matrix to a command. */
export function addFeatureFlags(command: Command): Command {
  const named = command
    .option('--tensor <name>', 'name of the tensor to measure; * matches any text')
    .option('--features <axis>', 'axis of the tensor that counts features: rows or columns')
    .option(
      '--preset <name>',
      'matrix of features that polysem knows, such as token-embedding or mlp-in (see --list)',
    )
    .option('--layer <k>', 'layer of the preset')
    .option('--head <h>', 'attention-ov: one head instead of all')
    .option('--expert <e>', 'mixture of experts: number of the expert')
    .option(
      '--part <name>',
      'crosscoder or cross-layer transcoder: number of the model, hook point or target layer, concatenated, or sum (target layers only); of models and layers, 0/2, 0/all or all/2',
    )
    .option('--index <i>', 'number of the matrix in a stack')
    .option('--no-fold', 'sparse autoencoder: do not scale features by their decoder norms')
    .option('--skip-bad', 'leave out features that hold NaN or infinity, and name them');
  return addMatrixFlags(named);
}
