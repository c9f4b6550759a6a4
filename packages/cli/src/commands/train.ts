import {
  activations,
  hasTheory,
  trainingDefaults,
  version,
  type Activation,
  type FeatureDistribution,
  type Schedule,
  type ToyModel,
  type TrainingResult,
  type TrainingSpec,
} from '@polysem/core';
import { capacityBarsFigure } from '@polysem/figures';
import { embeddingToMatrix, encodeSafetensors } from '@polysem/io';
import { runTraining } from '@polysem/runs';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { journalPath } from '../journal-path.ts';
import { checkTargets, number, print, save, table, toJson } from '../output.ts';
import { parseChoice, parseInteger, parseList, parseNumber, required } from '../parse.ts';
import { showProgress } from '../progress.ts';
import { parseInputs, type InputFlags } from './inputs.ts';

interface TrainFlags extends InputFlags {
  readonly model: string;
  readonly activation: string;
  readonly features?: string;
  readonly dims?: string;
  readonly importance?: string;
  readonly untied?: boolean;
  readonly bias: boolean;
  readonly outputWeights?: string;
  readonly loss?: string;
  readonly optimizer?: string;
  readonly lr?: string;
  readonly steps?: string;
  readonly batch?: string;
  readonly schedule?: string;
  readonly seeds?: string;
  readonly seed: string;
  readonly out?: string;
  readonly bars?: string;
  readonly json?: boolean;
}

const OPTIMISERS = ['lbfgs', 'adam', 'adamw', 'sgd'] as const;
const SCHEDULES: readonly Schedule[] = ['constant', 'cosine'];

/** `polysem train`: toy models trained from random starts, each with its gap to the certified optimum. */
export function trainCommand(program: Command): void {
  program
    .command('train')
    .description('Train: a toy model from R random starts, with its gap to the certified optimum')
    .option('--model <task>', 'computation or compression', 'computation')
    .option('--activation <name>', `${Object.keys(activations).join(', ')}`, 'quadratic')
    .option('--output-weights <kind>', 'computation: fixed (default) or free')
    .option('--untied', 'compression: a read-out of its own')
    .option('--no-bias', 'compression: without bias')
    .option('--features <N>', 'number of features (default: as many as importances)')
    .option('--dims <D>', 'hidden neurons')
    .option(
      '--importance <list>',
      'importance of each feature: numbers with commas, or a .npy file',
    )
    .option('--density <p>', 'P(active) of the inputs')
    .option(
      '--shape <shape>',
      'shape of active inputs (default: uniform; compression: uniform-positive)',
    )
    .option('--degrees-of-freedom <nu>', 'with --shape student-t')
    .option(
      '--loss <kind>',
      'exact (closed form, the default where there is one) or sampled (random inputs)',
    )
    .option(
      '--optimizer <name>',
      `${OPTIMISERS.join(', ')} (default: lbfgs on the exact loss, adam on samples)`,
    )
    .option('--lr <rate>', 'learning rate, in units of sqrt(largest importance)')
    .option('--steps <n>', 'steps, or at most so many iterations of lbfgs')
    .option('--batch <n>', 'inputs a step, or in the one sample of lbfgs')
    .option('--schedule <name>', 'learning rate: constant or cosine')
    .option('--seeds <R>', 'random starts (default: 4)')
    .option('--seed <S>', 'seed of all randomness', '0')
    .option('--out <file.safetensors>', 'write W (D x N) and b, with everything that decided them')
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
  const spec = await parseSpec(flags);
  const progress = showProgress();
  const result = runTraining(spec, {
    ...journalPath(flags.out, spec),
    onProgress: (done) => progress.update(`training, ${spec.restarts} random starts`, done),
  });
  progress.end();
  if (flags.out !== undefined) await save(flags.out, encode(result));
  if (flags.bars !== undefined) {
    const provenance = { polysem: version, seed: spec.seed, configuration: spec };
    const { capacity, predictedCapacity } = result;
    const data = {
      capacities: predictedCapacity ?? capacity,
      ...(predictedCapacity !== null && { measured: { label: 'trained', capacities: capacity } }),
      importances: spec.model.importance,
      dims: spec.model.dims,
    };
    await save(
      flags.bars,
      capacityBarsFigure(data, { title: 'Capacities, predicted and trained', provenance }),
    );
  }
  print(flags.json === true ? toJson(summary(result)) : describe(result));
}

async function parseSpec(flags: TrainFlags): Promise<TrainingSpec> {
  const listed = await parseList(
    required(flags.importance, '--importance', '4,2,1'),
    '--importance',
  );
  const dims = parseInteger(required(flags.dims, '--dims', '2'), '--dims', 1);
  const features =
    flags.features === undefined
      ? listed.length
      : parseInteger(flags.features, '--features', 1, 100_000);
  const importance =
    listed.length === 1 ? Array.from({ length: features }, () => listed[0]) : listed;
  if (features !== importance.length) {
    throw new UsageError(
      `--importance: ${importance.length} values for --features ${features}; give one for all, or one a feature`,
    );
  }
  const model = parseModel(flags, features, dims, importance);
  const known = hasTheory(model) ? 'exact' : 'sampled';
  const loss = parseChoice(flags.loss ?? known, '--loss', ['exact', 'sampled'] as const);
  const chosen =
    flags.optimizer === undefined
      ? undefined
      : parseChoice(flags.optimizer, '--optimizer', OPTIMISERS);
  const defaults = trainingDefaults(loss, chosen);
  return {
    model,
    inputs: parseTrainingInputs(flags, model),
    loss,
    ...defaults,
    ...(flags.lr !== undefined && { learningRate: parseNumber(flags.lr, '--lr') }),
    ...(flags.steps !== undefined && { steps: parseInteger(flags.steps, '--steps', 1) }),
    ...(flags.batch !== undefined && { batch: parseInteger(flags.batch, '--batch', 1) }),
    ...(flags.schedule !== undefined && {
      schedule: parseChoice(flags.schedule, '--schedule', SCHEDULES),
    }),
    ...(flags.seeds !== undefined && { restarts: parseInteger(flags.seeds, '--seeds', 1) }),
    seed: parseInteger(flags.seed, '--seed', 0),
  };
}

function parseModel(
  flags: TrainFlags,
  features: number,
  dims: number,
  importance: readonly number[],
): ToyModel {
  const task = parseChoice(flags.model, '--model', ['computation', 'compression'] as const);
  const activation = parseChoice(
    flags.activation,
    '--activation',
    Object.keys(activations) as Activation[],
  );
  const base = { activation, features, dims, importance };
  if (task === 'computation') {
    if (flags.untied === true || !flags.bias) {
      throw new UsageError('--untied, --no-bias: belong to --model compression');
    }
    const outputWeights = parseChoice(flags.outputWeights ?? 'fixed', '--output-weights', [
      'fixed',
      'free',
    ] as const);
    return { task, ...base, outputWeights };
  }
  if (flags.outputWeights !== undefined)
    throw new UsageError('--output-weights: belongs to --model computation');
  return { task, ...base, tied: flags.untied !== true, bias: flags.bias };
}

/** Compression models compress the raw inputs, on [0, 1] unless told otherwise; the computation models want variance 1. */
function parseTrainingInputs(flags: TrainFlags, model: ToyModel): FeatureDistribution {
  const density = required(flags.density, '--density', '0.1');
  if (model.task === 'computation') return parseInputs(flags, density);
  return {
    ...parseInputs({ ...flags, shape: flags.shape ?? 'uniform-positive' }, density),
    unitVariance: false,
  };
}

function summary(result: TrainingResult) {
  const { loss, optimum, gap, capacity, predictedCapacity, squaredNorm, bias, best, runs, spec } =
    result;
  const losses = runs.map((run) => run.loss);
  return {
    loss,
    optimum,
    gap,
    capacity,
    predictedCapacity,
    squaredNorm,
    bias,
    seed: spec.seed,
    losses,
    best,
    runs,
    version,
    spec,
  };
}

/** W as users expect it, D x N; the metadata say which axis counts features, so that `measure` need not be told. */
function encode(result: TrainingResult): Uint8Array {
  const { loss, optimum, gap, spec, embedding, readOut, bias, outputWeights } = result;
  return encodeSafetensors(
    [
      { name: 'W', ...embeddingToMatrix(embedding) },
      ...(readOut === null ? [] : [{ name: 'U', ...embeddingToMatrix(readOut) }]),
      ...(bias.length === 0 ? [] : [{ name: 'b', shape: [bias.length], data: bias }]),
      ...(outputWeights === null
        ? []
        : [{ name: 'u', shape: [outputWeights.length], data: outputWeights }]),
    ],
    {
      polysem: version,
      features: 'columns',
      spec: toJson(spec),
      result: toJson({ loss, optimum, gap }),
    },
  );
}

function describe(result: TrainingResult): string {
  const { spec, capacity, squaredNorm, loss, optimum, gap, runs, best } = result;
  const rows = spec.model.importance.map((v, i) => [
    String(i),
    number(v),
    capacity[i].toFixed(6),
    number(squaredNorm[i], 6),
  ]);
  const certified =
    optimum === null || gap === null
      ? 'no certified optimum: the theory knows the quadratic computation model and inputs of mean 0'
      : `optimum  ${number(optimum, 8)} (certified), relative gap ${Math.abs(gap) < 1e-12 ? 'below 1e-12' : gap.toExponential(2)}`;
  return [
    table([['feature', 'importance', 'capacity', 'squared norm'], ...rows]),
    '',
    `loss     ${number(loss, 8)}, start ${best + 1} of ${runs.length}`,
    certified,
    `starts   ${runs.map((run) => number(run.loss, 5)).join('  ')}`,
  ].join('\n');
}
