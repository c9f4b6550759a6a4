import { activationNames, defaultGridTraining, gridParameters, tasks } from '@polysem/engine/names';
import type { Command } from 'commander';
import { KERNELS } from '../kernel-names.ts';
import { addMatrixFlags } from '../matrix-flags.ts';
import { CORRELATIONS } from './correlation-forms.ts';
import { addValueFlags } from './inputs.ts';
import type { GridFlags } from './phase-grid.ts';
import { USUAL_RANGES } from './usual-ranges.ts';

/** Flags of `polysem phase`. */
export interface PhaseFlags extends GridFlags {
  readonly trained?: boolean;
  readonly loss?: string;
}

/** `polysem phase`: phase diagrams over importance and density (or other parameters), predicted and trained. */
// Long because it lists all flags of the command, in the order of its help.
export function phaseCommand(command: Command): void {
  command
    .option('--features <N>', 'number of features')
    .option('--dims <D>', 'number of dimensions')
    .option(
      '--density <from:to:count>',
      `rows: P(active), logarithmic (default: ${USUAL_RANGES.density}); one number if density is on no axis (0.1)`,
    )
    .option(
      '--importance <from:to:count>',
      `columns: importance of the varied feature; the others have 1 (default: ${USUAL_RANGES.importance}); one number if importance is on no axis (1)`,
    );
  addValueFlags(
    command,
    'distribution of active values (default: uniform; compression: uniform-positive)',
  )
    .option('--trained', 'also train every cell; draw prediction, training and their difference')
    .option('--loss <kind>', 'with --trained: exact (default) or sampled loss')
    .option(
      '--seeds <R>',
      'restarts per cell: at most, with --trained; with --model 8 by default, and more where neighbouring cells disagree',
    )
    .option(
      '--model <task>',
      `train an architecture over any two parameters: ${tasks.join(', ')}; takes the model flags of train`,
    )
    .option(
      '--activation <name>',
      `with --model: activation of the output: ${activationNames.join(', ')} (default: relu)`,
    )
    .option(
      '--hidden-activation <name>',
      `with --model: activation of the hidden layer: ${activationNames.join(', ')}`,
    )
    .option(
      '--target <name>',
      `with --model vector-computation: function of each feature to compute: ${activationNames.join(', ')}`,
    )
    .option(
      '--importance-as <role>',
      'with --model: importance as loss-weight or target-coefficient',
    )
    .option('--output-weights <kind>', 'with --model computation: fixed or free')
    .option('--untied', 'with --model compression: separate read-out')
    .option('--no-bias', 'with --model: train without a bias')
    .option(
      '--x <parameter[=from:to:count]>',
      `with --model: parameter of the columns: ${gridParameters.join(', ')} (default: importance)`,
    )
    .option(
      '--y <parameter[=from:to:count]>',
      `with --model: parameter of the rows: ${gridParameters.join(', ')} (default: density)`,
    )
    .option(
      '--correlation <kind>',
      `with --model: features that are active together: ${CORRELATIONS}`,
    );
  addMatrixFlags(command)
    .option('--geometry', 'with --model and --json: name the shapes of features in each cell')
    .option(
      '--refine <n>',
      'with --model: locate boundaries along rows 2^n times as finely as the grid',
    )
    .option(
      '--batch <n>',
      `with --model: approximate number of weighted inputs per cell (default: ${defaultGridTraining.rows})`,
    )
    .option(
      '--steps <n>',
      `with --model: largest number of lbfgs iterations per restart (default: ${defaultGridTraining.iterations})`,
    )
    .option('--seed <S>', 'seed of all randomness', '0')
    .option(
      '--threads <n>',
      'with --model or --trained: rows trained at the same time (default: all cores, or one if there is little work)',
    )
    .option(
      '--kernel <name>',
      `with --model: training kernel: ${KERNELS.join(', ')} (default: auto)`,
    )
    .option('--out <file.svg>', 'draw the diagram')
    .option('--json', 'print the grid as one JSON object')
    .addHelpText('after', '\nTo continue an interrupted run, give the same command again.');
}
