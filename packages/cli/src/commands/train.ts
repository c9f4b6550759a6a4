import { activationNames, initialisations, optimiserNames, tasks } from '@polysem/engine/names';
import { tensorExtensions } from '@polysem/io/extensions';
import type { Command } from 'commander';
import { IMPORTANCES } from '../importance-forms.ts';
import { KERNELS } from '../kernel-names.ts';
import { addMatrixFlags } from '../matrix-flags.ts';
import { CORRELATIONS } from './correlation-forms.ts';
import { addValueFlags } from './inputs.ts';
import type { TrainingFlags } from './train-specs.ts';

/** Flags of `polysem train`. */
export interface TrainFlags extends TrainingFlags {
  readonly threads?: string;
  readonly kernel: string;
  readonly out?: string;
  readonly bars?: string;
  readonly json?: boolean;
}

/** `polysem train`: trains toy models from random initial weights and reports the gap to the certified optimum. */
// Long because it lists all flags of the command, in the order of its help.
export function trainCommand(command: Command): void {
  command
    .option('--model <task>', `task of the model: ${tasks.join(', ')}`, 'computation')
    .option(
      '--activation <name>',
      `activation of the output: ${activationNames.join(', ')}`,
      'quadratic',
    )
    .option('--output-weights <kind>', 'computation: fixed (default) or free output weights')
    .option('--untied', 'compression: train the read-out separately from the embedding')
    .option('--no-bias', 'train without a bias')
    .option(
      '--hidden-activation <name>',
      `activation of the hidden layer: ${activationNames.join(', ')} (default: linear for compression, relu for vector-computation)`,
    )
    .option(
      '--target <name>',
      `vector-computation: function of each feature to compute: ${activationNames.join(', ')} (default: abs)`,
    )
    .option(
      '--importance-as <role>',
      'compression, vector-computation: importance as loss-weight (default) or target-coefficient',
    )
    .option('--features <N>', 'number of features (default: the number of importances)')
    .option('--dims <D>', 'number of dimensions: hidden neurons')
    .option('--importance <list>', IMPORTANCES)
    .option(
      '--density <p>',
      'P(active), in (0, 1]: one number, one per feature as for --importance, or a..b spread over the instances',
    );
  addValueFlags(
    command,
    'distribution of active values (default: uniform; compression: uniform-positive)',
  )
    .option('--correlation <kind>', `features that are active together: ${CORRELATIONS}`)
    .option(
      '--inputs <file>',
      `train on the rows of a file (samples x features: ${tensorExtensions.join(', ')}; - reads standard input) instead of --density`,
    )
    .option(
      '--held-out <f>',
      'with --inputs: held-out fraction for evaluation (default: 0.1; 0: evaluate on the training rows)',
    );
  addMatrixFlags(command)
    .option('--instances <n>', 'number of models to train, each with its own random numbers', '1')
    .option(
      '--loss <kind>',
      'exact (closed form, the default where there is one; with --inputs: all rows) or sampled (random inputs)',
    )
    .option(
      '--sampling <kind>',
      'fixed sample of lbfgs: plain (default), or strata by the number of active features',
    )
    .option(
      '--optimizer <name>',
      `optimiser: ${optimiserNames.join(', ')} (default: lbfgs for the exact loss, adam for samples)`,
    )
    .option(
      '--lr <rate>',
      'learning rate (quadratic model: in units of the square root of the largest importance)',
    )
    .option('--momentum <m>', 'momentum of sgd (default: 0.9)')
    .option(
      '--weight-decay <w>',
      'weight decay: w added to the gradient, or decoupled with adamw: weights -= lr * w * weights',
    )
    .option('--clip <norm>', 'largest norm of a gradient; longer ones are scaled down')
    .option('--schedule <name>', 'schedule of the learning rate: constant or cosine (default)')
    .option('--warm-up <n>', 'steps over which the learning rate rises from 0')
    .option('--steps <n>', 'number of steps; for lbfgs the largest number of iterations')
    .option('--batch <n>', 'inputs per step; for lbfgs inputs in its fixed sample')
    .option(
      '--early-stop <n:f>',
      'stop when the mean loss of n steps improves by less than the fraction f over the n before',
    )
    .option('--init <name>', `initial weights: ${Object.keys(initialisations).join(', ')}`)
    .option(
      '--seeds <R>',
      'restarts per model: trainings from different initial weights (default: 4)',
    )
    .option('--seed <S>', 'seed of all randomness', '0')
    .option(
      '--history <K>',
      'record loss, capacities and all parameters at K steps, from the first to the last',
    )
    .option(
      '--threads <n>',
      'threads that train restarts, or a large model together (default: all cores)',
    )
    .option('--kernel <name>', `training kernel: ${KERNELS.join(', ')}`, 'auto')
    .option(
      '--out <file.safetensors>',
      'write W (D x N), b, the history and the configuration; several instances are stacked',
    )
    .option('--bars <file.svg>', 'draw predicted and trained capacities')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nTo continue an interrupted run, give the same command again.');
}
