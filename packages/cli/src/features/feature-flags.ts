import type { Command } from 'commander';

/** Flags that say which matrix of a file is meant, and which of its axes counts features. */
export interface FeatureFlags {
  readonly tensor?: string;
  readonly features?: string;
  readonly preset?: string;
  readonly layer?: string;
  readonly head?: string;
  readonly expert?: string;
  readonly index?: string;
  /** `false` with --no-fold. */
  readonly fold?: boolean;
}

/** Adds the flags that choose a matrix to a command. */
export function addFeatureFlags(command: Command): Command {
  return command
    .option('--tensor <name>', 'which tensor of the file')
    .option('--features <axis>', 'which axis counts features: rows or columns')
    .option('--preset <name>', 'features that layouts know, such as token-embedding or mlp-in')
    .option('--layer <k>', 'of a preset, which layer')
    .option('--head <h>', 'of attention-ov, one head instead of all')
    .option('--expert <e>', 'of a mixture of experts, which one')
    .option('--index <i>', 'of a stack of matrices, which one')
    .option('--no-fold', 'of a sparse autoencoder, leave decoder norms where they are');
}
