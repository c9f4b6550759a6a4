import { tensorExtensions } from '@polysem/io/extensions';
import type { Command } from 'commander';
import { BLAS_HELP } from './blas-help.ts';
import { addFeatureFlags, type FeatureFlags } from '../features/feature-flags.ts';

/** Flags of `polysem measure`. */
export interface MeasureFlags extends FeatureFlags {
  readonly list?: boolean;
  readonly labels?: string;
  readonly labelsHeader?: string;
  readonly perFeature?: string;
  readonly report?: string;
  readonly coherence: boolean;
  readonly neighbours?: boolean;
  readonly centre?: boolean;
  readonly normalise?: boolean;
  readonly precision: string;
  readonly baseline: string;
  readonly seed: string;
  readonly threads?: string;
  readonly blas: string;
  readonly out?: string;
  readonly figure?: string;
  readonly gram?: string;
  readonly arrows?: string;
  readonly json?: boolean;
}

/** Largest number of features that the JSON lists one by one. */
export const LISTED = 4096;

/** `polysem measure`: capacity, leverage and related measures of matrices in a file. */
export function measureCommand(command: Command): void {
  command
    .argument(
      '<file>',
      `weights (${tensorExtensions.join(', ')}, or an index of shards), a folder, an address (http(s)://.. or hf://owner/model/file), or - for standard input`,
    )
    .option(
      '--list',
      'list the known matrices of features with the flags that select them, and all tensors',
    );
  addFeatureFlags(command)
    .option(
      '--labels <file>',
      'names of features: vocab.txt, tokenizer.json, vocab.json, or a column of a table (.csv, .tsv, .parquet) as file.csv:column',
    )
    .option(
      '--labels-header <line>',
      'first line of a table of --labels (.csv, .tsv): 0 if it names the columns, none if it holds labels; a column is then a number from 0 (default: names, unless the only column has another name than label, name, token ..)',
    )
    .option('--centre', 'subtract the mean vector first (changes the result)')
    .option('--normalise', 'scale all vectors to unit length first (changes the result)')
    .option('--precision <kind>', 'precision of products: auto, float32 or float64', 'auto')
    .option(
      '--baseline <names>',
      'random matrices to compare with, separated by commas: gaussian, unit (closed forms); spectrum (same spectrum), norms (same norms), shuffled, sparse (simulated)',
      'gaussian',
    )
    .option('--seed <n>', 'seed of bootstrap intervals and simulated baselines', '0')
    .option('--threads <n>', 'worker threads (default: all processors)')
    .option('--blas <choice>', BLAS_HELP, 'off')
    .option(
      '--neighbours',
      'compute nearest neighbours and mutual coherence over all pairs, even if that takes long',
    )
    .option('--no-coherence', 'do not compute nearest neighbours and mutual coherence')
    .option(
      '--report <file.html>',
      'write a page with distributions, spectrum and features; opens offline',
    )
    .option('--per-feature <file>', 'write one row per feature, as .csv or .parquet')
    .option(
      '--out <file.json>',
      'write the result as one JSON object, as --json prints it, with every feature',
    )
    .option(
      '--figure <file.svg>',
      'draw the distribution of capacities beside those of the random matrices',
    )
    .option('--gram <file.svg>', 'draw the Gram matrix (at most 1000 features)')
    .option('--arrows <file.svg>', 'draw the features as arrows (2 dimensions only)')
    .option('--json', `print one JSON object; lists features one by one up to ${LISTED}`);
}
