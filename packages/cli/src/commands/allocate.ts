import type { Command } from 'commander';
import { IMPORTANCES } from '../importance-forms.ts';
import { addValueFlags, type InputFlags } from './inputs.ts';

/** Flags of `polysem allocate`. */
export interface AllocateFlags extends InputFlags {
  readonly importance?: string;
  readonly features?: string;
  readonly kurtosis?: string;
  readonly dims?: string;
  readonly out?: string;
  readonly embedding?: string;
  readonly bars?: string;
  readonly curves?: string;
  readonly json?: boolean;
}

/** `polysem allocate`: the optimal allocation of capacity, with its certificate. */
export function allocateCommand(command: Command): void {
  command
    .option('--importance <list>', IMPORTANCES)
    .option('--features <N>', 'number of features (default: the number of importances)')
    .option(
      '--kurtosis <list>',
      'kurtosis E[x^4] / E[x^2]^2: one number for all features, one per feature, a .npy file, or - for standard input',
    )
    .option('--density <p>', 'P(active) of the inputs, in (0, 1]; replaces --kurtosis');
  addValueFlags(command, 'with --density: distribution of active values (default: uniform)')
    .option('--dims <D>', 'number of dimensions')
    .option('--out <file.json>', 'write the result as one JSON object, as --json prints it')
    .option('--embedding <file.npy>', 'write a D x N matrix that attains the optimum')
    .option('--bars <file.svg>', 'draw the capacities')
    .option('--curves <file.svg>', 'draw the marginal benefit of each feature and the price')
    .option('--json', 'print one JSON object');
}
