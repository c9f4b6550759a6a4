import { axisValues } from '@polysem/engine/phase';
import {
  dataInputs,
  type DataSet,
  type FeatureDistribution,
  type FeatureInputs,
} from '@polysem/core/features';
import { firstOrderDefaults } from '@polysem/engine/descent';
import { isQuadraticModel, type ToyModel } from '@polysem/engine/models';
import {
  initialisations,
  optimiserNames,
  trainingDefaults,
  type EarlyStopping,
  type Initialisation,
  type InitialisationName,
  type Optimiser,
  type TrainingSpec,
} from '@polysem/engine/training';
import { UsageError } from '../errors.ts';
import { parseChoice, parseInteger, parseList, parseNumber, required } from '../parse.ts';
import { parseArchitecture, type ArchitectureFlags } from './architecture.ts';
import { parseCorrelation } from './correlation.ts';
import { parseImportance } from '../importance.ts';
import { parseHeldOut, readData, type DataFlags } from './data.ts';
import { parseShape } from './inputs.ts';

/** Flags of `polysem train` that determine its results. */
export interface TrainingFlags extends DataFlags, ArchitectureFlags {
  readonly features?: string;
  readonly dims?: string;
  readonly importance?: string;
  readonly instances: string;
  readonly loss?: string;
  readonly sampling?: string;
  readonly optimizer?: string;
  readonly lr?: string;
  readonly momentum?: string;
  readonly weightDecay?: string;
  readonly clip?: string;
  readonly schedule?: string;
  readonly warmUp?: string;
  readonly steps?: string;
  readonly batch?: string;
  readonly init?: string;
  readonly earlyStop?: string;
  readonly history?: string;
  readonly seeds?: string;
  readonly seed: string;
}

/** The training that the flags describe. */
export interface ParsedTraining {
  /** One spec per instance. */
  readonly specs: TrainingSpec[];
  /** The data matrix that the specs name; null for distributions. */
  readonly data: DataSet | null;
}

/** Parses the flags into one spec per instance. */
export async function parseTraining(flags: TrainingFlags): Promise<ParsedTraining> {
  const data = await readData(flags);
  const model = await parseModel(flags, data);
  const count = parseInteger(flags.instances, '--instances', 1, 100_000);
  const inputs = data === null ? await parseDensities(flags, model, count) : rows(data);
  const settings = parseSettings(flags, model, count, data !== null);
  const seed = parseInteger(flags.seed, '--seed', 0);
  const specs: TrainingSpec[] = [];
  for (const [instance, each] of inputs.entries())
    specs.push({ model, inputs: each, ...settings, seed, instance });
  return { specs, data };

  function rows(set: DataSet): TrainingSpec['inputs'][] {
    const same = dataInputs(set, parseHeldOut(flags));
    return Array.from({ length: count }, () => same);
  }
}

async function parseModel(flags: TrainingFlags, data: DataSet | null): Promise<ToyModel> {
  const importance = await parseImportance(flags, data?.batch.features);
  const features = importance.length;
  const dims = parseInteger(required(flags.dims, '--dims', '2'), '--dims', 1);
  return { ...parseArchitecture(flags), features, dims, importance };
}

/**
 * The inputs of each instance: one density, one per feature, or `a..b`, spread over the instances
 * in equal ratios.
 */
async function parseDensities(
  flags: TrainingFlags,
  model: ToyModel,
  count: number,
): Promise<FeatureInputs[]> {
  const correlation =
    flags.correlation === undefined ? null : await parseCorrelation(flags.correlation, flags);
  const marginals = await parseMarginals(flags, model, count);
  return correlation === null
    ? marginals
    : marginals.map((marginal) => ({ kind: 'correlated', marginal, correlation }));
}

type Marginal = FeatureDistribution | FeatureDistribution[];

async function parseMarginals(
  flags: TrainingFlags,
  model: ToyModel,
  count: number,
): Promise<Marginal[]> {
  // Compression models take the raw inputs, on [0, 1] by default; the theory of computation needs
  // variance 1.
  const isCompression = model.task === 'compression';
  const shape = parseShape(flags, isCompression ? 'uniform-positive' : 'uniform');
  const of = (density: number) => ({ ...shape, density, unitVariance: !isCompression });
  const text = required(flags.density, '--density', '0.1');

  const ends = text.split('..');
  if (ends.length === 2) {
    const [from, to] = ends.map((end) => parseNumber(end, '--density'));
    if (!(from > 0 && to > 0))
      throw new UsageError(`--density: both ends of ${text} must lie in (0, 1]`);
    if (count === 1) {
      throw new UsageError(
        `--density: ${text} is spread over instances, but there is only one; give --instances 10`,
      );
    }
    return Array.from(axisValues({ from, to, count }), of);
  }
  const listed = await parseList(text, '--density');
  if (listed.length > 1 && listed.length !== model.features) {
    throw new UsageError(
      `--density: ${listed.length} values for ${model.features} features; give one for all, or one per feature`,
    );
  }
  const inputs = listed.length === 1 ? of(listed[0]) : listed.map(of);
  return Array.from({ length: count }, () => inputs);
}

function parseSettings(
  flags: TrainingFlags,
  model: ToyModel,
  instances: number,
  isOnData: boolean,
) {
  const asksForBatches =
    flags.batch !== undefined || (flags.optimizer !== undefined && flags.optimizer !== 'lbfgs');
  const exists = isOnData ? !asksForBatches : isQuadraticModel(model);
  const known = exists ? 'exact' : 'sampled';
  const loss = parseChoice(flags.loss ?? known, '--loss', ['exact', 'sampled'] as const);
  const chosen =
    flags.optimizer === undefined
      ? undefined
      : parseChoice(flags.optimizer, '--optimizer', optimiserNames);
  const defaults = trainingDefaults(model, loss, chosen);
  if (defaults.optimiser.name === 'lbfgs') refuseForLbfgs(flags);
  if (loss === 'exact' && flags.batch !== undefined)
    throw new UsageError(
      '--batch: the exact loss draws no inputs; leave it out, or use --loss sampled',
    );
  return {
    ...defaults,
    optimiser: parseOptimiser(flags, defaults.optimiser.name),
    schedule: {
      shape:
        flags.schedule === undefined
          ? defaults.schedule.shape
          : parseChoice(flags.schedule, '--schedule', ['constant', 'cosine'] as const),
      warmUp: flags.warmUp === undefined ? 0 : parseInteger(flags.warmUp, '--warm-up', 0),
    },
    ...(flags.lr !== undefined && { learningRate: parseNumber(flags.lr, '--lr') }),
    ...(flags.sampling !== undefined && {
      sampling: parseChoice(flags.sampling, '--sampling', ['plain', 'strata'] as const),
    }),
    ...(flags.clip !== undefined && { clip: parseNumber(flags.clip, '--clip') }),
    ...(flags.steps !== undefined && { steps: parseInteger(flags.steps, '--steps', 1) }),
    ...(flags.batch !== undefined && { batch: parseInteger(flags.batch, '--batch', 1) }),
    ...(flags.earlyStop !== undefined && { stopping: parseStopping(flags.earlyStop) }),
    ...(flags.init !== undefined && { initialisation: parseInit(flags.init, instances) }),
    ...(flags.history !== undefined && { history: parseInteger(flags.history, '--history', 0) }),
    ...(flags.seeds !== undefined && { restarts: parseInteger(flags.seeds, '--seeds', 1) }),
  };
}

/** Rejects flags that do not apply to L-BFGS, which chooses its own steps. */
function refuseForLbfgs({ lr, schedule, warmUp }: TrainingFlags): void {
  const given = { '--lr': lr, '--schedule': schedule, '--warm-up': warmUp };
  for (const [flag, value] of Object.entries(given)) {
    if (value === undefined) continue;
    throw new UsageError(`${flag}: L-BFGS has none; leave it out, or use another --optimizer`);
  }
}

function parseOptimiser(flags: TrainingFlags, name: Optimiser['name']): Optimiser {
  if (flags.momentum !== undefined && name !== 'sgd')
    throw new UsageError(`--momentum: belongs to --optimizer sgd, got ${name}`);
  if (name === 'lbfgs') {
    if (flags.weightDecay !== undefined)
      throw new UsageError('--weight-decay: L-BFGS has none; use another --optimizer');
    return { name };
  }
  const decay =
    flags.weightDecay === undefined
      ? {}
      : { weightDecay: parseNumber(flags.weightDecay, '--weight-decay') };
  if (name !== 'sgd') return { ...firstOrderDefaults[name], ...decay };
  const momentum =
    flags.momentum === undefined ? {} : { momentum: parseNumber(flags.momentum, '--momentum') };
  return { ...firstOrderDefaults.sgd, ...momentum, ...decay };
}

/** Parses `span:improvement`. */
function parseStopping(text: string): EarlyStopping {
  const parts = text.split(':');
  if (parts.length !== 2) {
    throw new UsageError(
      `--early-stop: expected steps:fraction, such as 500:0.01, got ${JSON.stringify(text)}`,
    );
  }
  return {
    span: parseInteger(parts[0], '--early-stop', 1),
    improvement: parseNumber(parts[1], '--early-stop'),
  };
}

function parseInit(text: string, instances: number): Initialisation {
  const name = parseChoice(text, '--init', Object.keys(initialisations) as InitialisationName[]);
  return name === 'notebook' ? { name, instances } : { name };
}
