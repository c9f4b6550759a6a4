import { activations } from '@polysem/engine/activations';
import { tasks } from '@polysem/engine/models';
import {
  checkTrainingSpec,
  divergence,
  initialisations,
  optimiserNames,
  usesKernel,
  type DivergedTraining,
  type TrainingResult,
} from '@polysem/engine/training';
import { version } from '@polysem/core';
import type { KernelName } from '@polysem/engine/kernels';
import { capacityBarsFigure } from '@polysem/figures';
import { runTraining } from '@polysem/runs';
import { fileExtensions } from '@polysem/io/formats';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { journalPath } from '@polysem/runs';
import { KERNELS, parseKernel } from '../kernel-flag.ts';
import { checkTargets, print, save } from '../output.ts';
import { toJson } from '@polysem/reports/text';
import { parseInteger } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { describeMany, describeOne, encodeMany, encodeOne, summary } from './train-report.ts';
import { CORRELATIONS } from './correlation.ts';
import { addValueFlags } from './inputs.ts';
import { parseTraining, type TrainingFlags } from './train-specs.ts';

interface TrainFlags extends TrainingFlags {
  readonly threads?: string;
  readonly kernel: string;
  readonly out?: string;
  readonly bars?: string;
  readonly json?: boolean;
}

/** `polysem train`: toy models trained from random starts, each with its gap to the certified optimum if there is one. */
export function trainCommand(program: Command): void {
  const command = program
    .command('train')
    .description('Train: toy models from R random starts each, with the gap to the optimum')
    .option('--model <task>', tasks.join(', '), 'computation')
    .option('--activation <name>', `${Object.keys(activations).join(', ')}`, 'quadratic')
    .option('--output-weights <kind>', 'computation: fixed (default) or free')
    .option('--untied', 'compression: a read-out of its own')
    .option('--no-bias', 'without bias')
    .option(
      '--hidden-activation <name>',
      'compression (default: linear), vector-computation (relu)',
    )
    .option(
      '--target <name>',
      'vector-computation: what is computed of each feature (default: abs)',
    )
    .option(
      '--importance-as <role>',
      'compression, vector-computation: loss-weight (default) or target-coefficient',
    )
    .option('--features <N>', 'number of features (default: as many as importances)')
    .option('--dims <D>', 'hidden neurons')
    .option(
      '--importance <list>',
      'of each feature: numbers with commas, a .npy file, one for all, or powers such as 0.9^i',
    )
    .option(
      '--density <p>',
      'P(active) of the inputs: one number, one a feature as for --importance, or a..b over the instances',
    );
  addValueFlags(
    command,
    'distribution of active values (default: uniform; compression: uniform-positive)',
  )
    .option('--correlation <kind>', `which features are active together: ${CORRELATIONS}`)
    .option(
      '--inputs <file>',
      `train on the rows of a file (samples x features: ${fileExtensions('tensors').join(', ')}) instead of --density`,
    )
    .option(
      '--held-out <f>',
      'with --inputs: fraction of rows kept apart, which judge (default: 0.1); at 0 those trained on judge',
    )
    .option('--instances <n>', 'models to train, each with streams of its own', '1')
    .option(
      '--loss <kind>',
      'exact (closed form, the default where there is one; with --inputs all rows) or sampled (random inputs)',
    )
    .option(
      '--sampling <kind>',
      'the one sample of lbfgs: plain (default) or strata, by the number of active features',
    )
    .option(
      '--optimizer <name>',
      `${optimiserNames.join(', ')} (default: lbfgs on the exact loss, adam on samples)`,
    )
    .option('--lr <rate>', 'learning rate; quadratic model: in units of sqrt(largest importance)')
    .option('--momentum <m>', 'of sgd (default: 0.9)')
    .option(
      '--weight-decay <w>',
      'added to the gradient; adamw: taken off the weights; both as they stand in units of --lr',
    )
    .option('--clip <norm>', 'scale longer gradients down to this norm, in units of --lr')
    .option('--schedule <name>', 'learning rate: constant or cosine (default)')
    .option('--warm-up <n>', 'steps in which the learning rate rises to its height')
    .option('--steps <n>', 'steps, or at most so many iterations of lbfgs')
    .option('--batch <n>', 'inputs a step, or in the one sample of lbfgs')
    .option(
      '--early-stop <n:f>',
      'stop when the mean loss of n steps is less than the fraction f below that of the n before',
    )
    .option('--init <name>', `first weights: ${Object.keys(initialisations).join(', ')}`)
    .option('--seeds <R>', 'random starts of each model (default: 4)')
    .option('--seed <S>', 'seed of all randomness', '0')
    .option('--history <K>', 'record loss, capacities and weights at K steps, start and end too')
    .option('--threads <n>', 'starts trained at once (default: all cores)')
    .option('--kernel <name>', `${KERNELS.join(', ')}: what trains on samples and data`, 'auto')
    .option(
      '--out <file.safetensors>',
      'write W (D x N), b and the history, with everything that decided them; several instances stacked',
    )
    .option('--bars <file.svg>', 'draw the capacities, predicted and trained')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nAn interrupted run goes on where it stopped when the same command is given again.',
    )
    .action(train);
}

async function train(flags: TrainFlags): Promise<void> {
  checkTargets({ '--out': flags.out, '--bars': flags.bars });
  const { specs, data } = await parseTraining(flags);
  specs.forEach(checkTrainingSpec);
  if (specs.length > 1 && flags.bars !== undefined)
    throw new UsageError('--bars: draws one model; leave it or --instances out');
  const kernel = parseKernel(flags.kernel);
  const threads =
    flags.threads === undefined ? {} : { threads: parseInteger(flags.threads, '--threads', 1) };

  const progress = showProgress();
  const [one] = specs;
  const label =
    specs.length > 1
      ? `training, ${specs.length} models from ${one.restarts} random starts each`
      : `training, ${one.restarts} random starts`;
  const results = await runTraining(specs, {
    ...journalPath(flags.out, { specs, kernel }),
    ...threads,
    ...(data !== null && { data }),
    kernel,
    onProgress: (done) => progress.update(label, done),
  });
  progress.end();

  const diverged = results.filter((result) => result.best === null);
  if (diverged.length === results.length) throw new Error(divergence(diverged[0]));
  const by = usesKernel(one) ? kernel : null;
  await (results.length === 1
    ? reportOne(results[0] as TrainingResult, by, flags)
    : reportMany(results, by, flags));
}

async function reportOne(
  result: TrainingResult,
  kernel: KernelName | null,
  flags: TrainFlags,
): Promise<void> {
  if (flags.out !== undefined) await save(flags.out, encodeOne(result, kernel));
  if (flags.bars !== undefined) await save(flags.bars, bars(result));
  print(
    flags.json === true ? toJson({ ...summary(result), kernel, version }) : describeOne(result),
  );
}

async function reportMany(
  results: readonly (TrainingResult | DivergedTraining)[],
  kernel: KernelName | null,
  flags: TrainFlags,
): Promise<void> {
  if (flags.out !== undefined) await save(flags.out, encodeMany(results, kernel));
  print(
    flags.json === true
      ? toJson({ instances: results.map(summary), kernel, version })
      : describeMany(results),
  );
}

function bars({ spec, capacity, predictedCapacity }: TrainingResult): string {
  const data = {
    capacities: predictedCapacity ?? capacity,
    ...(predictedCapacity !== null && { measured: { label: 'trained', capacities: capacity } }),
    importances: spec.model.importance,
    dims: spec.model.dims,
  };
  return capacityBarsFigure(data, {
    title: 'Capacities, predicted and trained',
    provenance: { polysem: version, seed: spec.seed, configuration: spec },
  });
}
