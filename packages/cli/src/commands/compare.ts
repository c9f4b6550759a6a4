import { tensorExtensions } from '@polysem/io/extensions';
import type { Command } from 'commander';
import { addFeatureFlags, type FeatureFlags } from '../features/feature-flags.ts';
import { BLAS_HELP } from './blas-help.ts';

/** Flags of `polysem compare`. */
export interface CompareFlags extends FeatureFlags {
  readonly by?: string;
  readonly matching: string;
  readonly signs: string;
  readonly align?: boolean;
  readonly threshold: string;
  readonly labels?: string;
  readonly labelsB?: string;
  readonly labelsHeader?: string;
  readonly centre?: boolean;
  readonly normalise?: boolean;
  readonly seed: string;
  readonly threads?: string;
  readonly blas: string;
  readonly report?: string;
  readonly perPair?: string;
  readonly out?: string;
  readonly figure?: string;
  readonly json?: boolean;
}

/** Largest number of features of one dictionary whose pairs the JSON lists. */
export const LISTED = 4096;

/** `polysem compare`: two dictionaries of features in the same space. */
export function compareCommand(command: Command): void {
  command
    .argument(
      '<a>',
      `weights of the first dictionary (${tensorExtensions.join(', ')}, a folder, an address, or - for standard input), or file:tensor`,
    )
    .argument('<b>', 'weights of the second dictionary, or file:tensor; may be the same file')
    .addHelpText(
      'after',
      `
--preset, --layer, --head, --expert, --part, --index and --features take one value for both files, or two separated by a
comma: --layer 3,4 compares layer 3 of the first file with layer 4 of the second. --features ,rows is for the second only.`,
    );
  addSideFlags(command)
    .option(
      '--by <pairing>',
      'pair features by match (similar directions), order (feature i with feature i) or names (of rows, or --labels) (default: match; order for two files of polysem train with as many features)',
    )
    .option(
      '--matching <kind>',
      'one-to-one: the assignment with the largest sum of cosines; mutual: nearest neighbours of each other; auto: one-to-one up to 10^8 pairs (10,000 features each, 400 MB), else mutual',
      'auto',
    )
    .option(
      '--signs <kind>',
      'fixed: a direction and its negative are opposite (cosine), as in SAE decoders; free: they are the same (|cosine|), as in models with quadratic or absolute outputs',
      'fixed',
    )
    .option(
      '--align',
      'turn B onto A first, over the pairs (orthogonal Procrustes); with --by order or names',
    )
    .option('--threshold <cosine>', 'pairs above this cosine count as shared', '0.7')
    .option('--seed <n>', 'seed of the random directions that pairs are compared with', '0')
    .option('--threads <n>', 'worker threads (default: all processors)')
    .option('--blas <choice>', BLAS_HELP, 'off')
    .option('--report <file.html>', 'write a page with figures and tables; opens offline')
    .option(
      '--per-pair <file>',
      'write one row per pair, then features without a pair, as .csv or .parquet',
    )
    .option(
      '--out <file.json>',
      'write the result as one JSON object, as --json prints it, with every pair',
    )
    .option(
      '--figure <file.svg>',
      'draw the distribution of the cosines beside that of random directions',
    )
    .option('--json', `print one JSON object; lists pairs of up to ${LISTED} features`);
}

/** Adds the flags that choose a matrix in each file, its names and its treatment. */
function addSideFlags(command: Command): Command {
  return addFeatureFlags(command)
    .option(
      '--labels <file>',
      'names of the features of both, or of A: vocab.txt, tokenizer.json, or a column of a table as file.csv:column',
    )
    .option('--labels-b <file>', 'names of the features of B, if they differ from those of A')
    .option(
      '--labels-header <line>',
      'first line of tables of --labels (.csv, .tsv): 0 if it names the columns, none if it holds labels',
    )
    .option('--centre', 'subtract the mean vector of each first (changes the result)')
    .option('--normalise', 'scale all vectors to unit length first (changes capacities)');
}
