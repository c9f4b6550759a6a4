import type { Command } from 'commander';
import type { KnownFlags } from '../audit/known-features.ts';
import { addFeatureFlags, type FeatureFlags } from '../features/feature-flags.ts';
import { addValueFlags } from './inputs.ts';

/** Flags of `polysem audit`. */
export interface AuditFlags extends FeatureFlags, KnownFlags {
  readonly out?: string;
  readonly figure?: string;
  readonly perFeature?: string;
  readonly seed: string;
  readonly resamples: string;
  readonly threads?: string;
  readonly json?: boolean;
}

/** `polysem audit`: compares measured capacities with the theory. */
export function auditCommand(command: Command): void {
  command.argument(
    '<file>',
    'file, folder or address of the weights, or - for standard input, as for measure',
  );
  addFeatureFlags(command)
    .option(
      '--stats <file>',
      'table with one row per feature, .csv or .parquet; - reads it from standard input',
    )
    .option(
      '--activations <file.npy>',
      'activations, samples x features, to compute the statistics from, or - for standard input; replaces --stats. --header and --index-column hold for this table too',
    )
    .option(
      '--importance <column>',
      'column with the importance (default with --activations: explained)',
    )
    .option(
      '--kurtosis <column>',
      'column with the kurtosis (default with --activations: kurtosis)',
    )
    .option('--density <column>', 'column with P(active) (default with --activations: density)');
  addValueFlags(command, 'compute kurtosis from --density, for this distribution of active values')
    .option(
      '--scale <column>',
      'multiply vectors by this column first (with --activations, rms makes the mean square 1)',
    )
    .option('--label <column>', 'column with the names of features')
    .option('--seed <n>', 'seed of resamples and permutations', '0')
    .option('--resamples <n>', 'bootstrap resamples', '1000')
    .option('--threads <n>', 'worker threads (default: all processors)')
    .option('--out <file.json>', 'write all results as JSON, with every feature')
    .option(
      '--figure <file.svg>',
      'draw predicted against measured capacity, and capacity against density and kurtosis',
    )
    .option(
      '--per-feature <file>',
      'write measured and predicted capacity per feature, as .csv or .parquet',
    )
    .option('--json', 'print one JSON object');
}
