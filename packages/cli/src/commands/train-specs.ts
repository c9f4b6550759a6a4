import { axisValues } from '@polysem/engine/phase';
import {
  dataInputs,
  type DataSet,
  type FeatureDistribution,
  type FeatureInputs,
} from '@polysem/core/features';
import type { ToyModel } from '@polysem/engine/models';
import {
  initialisations,
  optimiserNames,
  type EarlyStopping,
  type InitialisationName,
  type TrainingSpec,
} from '@polysem/engine/training';
import {
  marginalOf,
  trainingSettings,
  usualShape,
  usualUnitVariance,
  type TrainingParameters,
  type TrainingSettings,
} from '@polysem/runs/parameters';
import { flagOf, UsageError } from '../errors.ts';
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
  const { task } = model;
  const shape = parseShape(flags, usualShape(task));
  const of = (density: number | number[]): Marginal =>
    marginalOf(shape, density, usualUnitVariance(task));
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
    return Array.from(axisValues({ from, to, count }), (density) => of(density));
  }
  const listed = await parseList(text, '--density');
  if (listed.length > 1 && listed.length !== model.features) {
    throw new UsageError(
      `--density: ${listed.length} values for ${model.features} features; give one for all, or one per feature`,
    );
  }
  const inputs = of(listed.length === 1 ? listed[0] : listed);
  return Array.from({ length: count }, () => inputs);
}

function parseSettings(
  flags: TrainingFlags,
  model: ToyModel,
  instances: number,
  isOnData: boolean,
): TrainingSettings {
  const { loss, optimizer, schedule, sampling, earlyStop, init } = flags;
  return trainingSettings(
    model,
    {
      ...parsed(flags, {
        lr: ['learningRate', parseNumber],
        momentum: ['momentum', parseNumber],
        weightDecay: ['weightDecay', parseNumber],
        clip: ['clip', parseNumber],
        warmUp: ['warmUp', integerFrom(0)],
        steps: ['steps', integerFrom(1)],
        batch: ['batch', integerFrom(1)],
        history: ['history', integerFrom(0)],
        seeds: ['restarts', integerFrom(1)],
      }),
      ...(loss !== undefined && {
        loss: parseChoice(loss, '--loss', ['exact', 'sampled'] as const),
      }),
      ...(optimizer !== undefined && {
        optimiser: parseChoice(optimizer, '--optimizer', optimiserNames),
      }),
      ...(schedule !== undefined && {
        schedule: parseChoice(schedule, '--schedule', ['constant', 'cosine'] as const),
      }),
      ...(sampling !== undefined && {
        sampling: parseChoice(sampling, '--sampling', ['plain', 'strata'] as const),
      }),
      ...(earlyStop !== undefined && { earlyStop: parseStopping(earlyStop) }),
      ...(init !== undefined && {
        initialisation: parseChoice(
          init,
          '--init',
          Object.keys(initialisations) as InitialisationName[],
        ),
        instances,
      }),
    },
    isOnData,
  );
}

const integerFrom =
  (least: number) =>
  (text: string, flag: string): number =>
    parseInteger(text, flag, least);

/** The numbers of the flags that are given, by the names of their parameters. */
function parsed<P extends keyof TrainingParameters>(
  flags: TrainingFlags,
  table: Partial<Record<keyof TrainingFlags, readonly [P, (text: string, flag: string) => number]>>,
): { readonly [name in P]?: number } {
  const numbers: { [name in P]?: number } = {};
  for (const [name, [parameter, parse]] of Object.entries(table)) {
    const text = flags[name as 'lr'];
    if (text !== undefined) numbers[parameter] = parse(text, flagOf(parameter));
  }
  return numbers;
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
