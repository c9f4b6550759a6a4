import {
  effectiveRank,
  efficiency,
  gaussianBaseline,
  gram,
  measureCapacity,
  mutualCoherence,
  participationRatio,
  summarise,
  version,
  welchBound,
  type CapacityMeasurement,
  type Embedding,
} from '@polysem/core';
import { embeddingArrowsFigure, gramHeatMapFigure } from '@polysem/figures';
import {
  openTensors,
  toEmbedding,
  type FeaturesAxis,
  type Tensor,
  type TensorFile,
} from '@polysem/io';
import { openFile } from '@polysem/io/node';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { checkTargets, number, print, save, table, toJson } from '../output.ts';
import { parseChoice } from '../parse.ts';
import { showProgress } from '../progress.ts';

interface MeasureFlags {
  readonly tensor?: string;
  readonly features?: string;
  readonly perFeature?: string;
  readonly coherence: boolean;
  readonly gram?: string;
  readonly arrows?: string;
  readonly json?: boolean;
}

/** Up to so many features are listed one by one in the JSON. */
const LISTED = 4096;

/** `polysem measure`: capacity, leverage and their kin of a matrix in a file. */
export function measureCommand(program: Command): void {
  program
    .command('measure')
    .description('Measure: how the features of a weight matrix share its dimensions')
    .argument('<file>', '.npy, .npz or .safetensors')
    .option('--tensor <name>', 'which tensor of the file')
    .option('--features <axis>', 'which axis counts features: rows or columns')
    .option(
      '--per-feature <file.csv>',
      'write capacity, leverage, squared norm and interference of each feature',
    )
    .option('--no-coherence', 'leave out the mutual coherence, which looks at all pairs')
    .option('--gram <file.svg>', 'draw the Gram matrix (small matrices)')
    .option('--arrows <file.svg>', 'draw the features as arrows (two dimensions)')
    .option('--json', 'print one JSON object')
    .action(measure);
}

async function measure(path: string, flags: MeasureFlags): Promise<void> {
  checkTargets({
    '--per-feature': flags.perFeature,
    '--gram': flags.gram,
    '--arrows': flags.arrows,
  });
  const source = await openFile(path);
  try {
    const file = await openTensors(source);
    const tensor = await file.read(chooseTensor(path, file, flags.tensor));
    const axis = chooseAxis(path, tensor, flags.features, file.metadata);
    const w = toEmbedding(tensor, axis, path);
    await report(path, tensor, axis, w, flags);
  } finally {
    await source.close();
  }
}

async function report(
  path: string,
  tensor: Tensor,
  axis: FeaturesAxis,
  w: Embedding,
  flags: MeasureFlags,
): Promise<void> {
  if (flags.gram !== undefined && w.features > 1000) {
    throw new UsageError(`--gram: draws at most 1000 features, there are ${w.features}`);
  }
  if (flags.arrows !== undefined && w.dims !== 2) {
    throw new UsageError(`--arrows: needs 2 dimensions, the embedding has ${w.dims}`);
  }
  const measured = measureCapacity(w);
  const coherence = flags.coherence ? measureCoherence(w) : null;
  const result = summary(measured, coherence);
  const configuration = { command: 'measure', file: path, tensor: tensor.name, features: axis };
  const provenance = { polysem: version, seed: null, configuration };
  if (flags.perFeature !== undefined) await save(flags.perFeature, csv(measured));
  if (flags.gram !== undefined) {
    const data = { gram: gram(w), features: w.features };
    await save(flags.gram, gramHeatMapFigure(data, { title: 'Gram matrix', provenance }));
  }
  if (flags.arrows !== undefined) {
    const data = { embedding: w, capacities: measured.capacity };
    await save(
      flags.arrows,
      embeddingArrowsFigure(data, { title: 'Features in the plane', provenance }),
    );
  }
  if (flags.json !== true) {
    print(describe(path, tensor, measured, result));
    return;
  }
  const { capacity, leverage, squaredNorm } = measured;
  const perFeature =
    w.features <= LISTED ? { perFeature: { capacity, leverage, squaredNorm } } : {};
  print(toJson({ ...result, ...perFeature, version, configuration }));
}

function chooseTensor(path: string, file: TensorFile, wanted: string | undefined): string {
  if (wanted !== undefined) {
    if (file.entries.some((entry) => entry.name === wanted)) return wanted;
    throw new UsageError(
      `${path}: has no tensor ${JSON.stringify(wanted)}; it holds ${list(file.entries)}`,
    );
  }
  if (file.entries.length === 1) return file.entries[0].name;
  const matrices = file.entries.filter((entry) => entry.shape.length === 2 && entry.readable);
  if (matrices.length === 1) return matrices[0].name;
  // What `train` wrote: W is the embedding, the others its read-out and its history.
  if (file.metadata.polysem !== undefined && matrices.some(({ name }) => name === 'W')) return 'W';
  if (matrices.length === 0)
    throw new UsageError(
      `${path}: holds no matrix that can be read; it holds ${list(file.entries)}`,
    );
  throw new UsageError(
    `${path}: holds ${matrices.length} matrices; choose one with --tensor: ${list(matrices)}`,
  );
}

/** The axis of the features: as told, as polysem itself wrote into the file, or where both give the same. */
function chooseAxis(
  path: string,
  tensor: Tensor,
  wanted: string | undefined,
  metadata: Readonly<Record<string, string>>,
): FeaturesAxis {
  if (wanted !== undefined) return parseChoice(wanted, '--features', ['rows', 'columns'] as const);
  if (metadata.polysem !== undefined && metadata.features === 'columns') return 'columns';
  if (tensor.shape.length !== 2 || isSymmetric(tensor)) return 'rows';
  const [rows, columns] = tensor.shape;
  throw new UsageError(
    `${path}: ${JSON.stringify(tensor.name)} is ${rows} x ${columns}; say --features rows (${rows} features in ${columns} dimensions) ` +
      `or --features columns (${columns} features in ${rows} dimensions)`,
  );
}

/** Names and shapes for a message, the first twenty. */
function list(entries: TensorFile['entries']): string {
  const shown = entries.slice(0, 20).map((entry) => `${entry.name} (${shape(entry)})`);
  return (
    shown.join(', ') +
    (entries.length > shown.length ? ` and ${entries.length - shown.length} more` : '')
  );
}

function shape(entry: { readonly shape: readonly number[] }): string {
  return entry.shape.join(' x ') || 'scalar';
}

function isSymmetric({ shape: [rows, columns], data }: Tensor): boolean {
  return (
    rows === columns &&
    data.every((value, at) => value === data[(at % columns) * columns + Math.floor(at / columns)])
  );
}

function measureCoherence(w: Embedding) {
  const progress = showProgress();
  const found = mutualCoherence(w, (done) =>
    progress.update('mutual coherence over all pairs', done),
  );
  progress.end();
  return found;
}

function summary(
  measured: CapacityMeasurement,
  coherence: ReturnType<typeof mutualCoherence> | null,
) {
  const { features, dims, rank, capacity, leverage, interference, squaredNorm, singularValues } =
    measured;
  const nonZero = squaredNorm.reduce((count, n) => count + (n > 0 ? 1 : 0), 0);
  return {
    features,
    dims,
    rank,
    capacity: summarise(capacity),
    leverage: summarise(leverage),
    interference: summarise(interference),
    efficiency: efficiency(measured),
    effectiveRank: effectiveRank(singularValues),
    participationRatio: participationRatio(singularValues),
    coherence: coherence?.coherence ?? null,
    coherentPair: coherence?.pair ?? null,
    welchBound: welchBound(nonZero, dims),
    zeroFeatures: features - nonZero,
    unresolvedFeatures: measured.unresolved,
    gaussianBaseline: gaussianBaseline(dims, features),
  };
}

function csv({ capacity, leverage, squaredNorm, interference }: CapacityMeasurement): string {
  const lines = ['feature,capacity,leverage,squaredNorm,interference'];
  capacity.forEach((c, i) =>
    lines.push(`${i},${c},${leverage[i]},${squaredNorm[i]},${interference[i]}`),
  );
  return `${lines.join('\n')}\n`;
}

function describe(
  path: string,
  tensor: Tensor,
  measured: CapacityMeasurement,
  result: ReturnType<typeof summary>,
): string {
  const { gaussianBaseline: chance } = result;
  const five = ({ total, mean, median, min, max }: typeof result.capacity): string[] =>
    [total, mean, median, min, max].map((value) => number(value, 5));
  return [
    `${path}, ${tensor.name}: ${measured.features} features in ${measured.dims} dimensions, rank ${measured.rank}` +
      (result.zeroFeatures > 0 ? `, ${result.zeroFeatures} zero vectors` : '') +
      (measured.unresolved > 0 ? `, ${measured.unresolved} too short to resolve` : ''),
    '',
    table([
      ['', 'total', 'mean', 'median', 'min', 'max'],
      ['capacity', ...five(result.capacity)],
      [
        '  of a random Gaussian matrix',
        number(chance.total, 5),
        number(chance.mean, 5),
        '',
        '',
        '',
      ],
      ['leverage', ...five(result.leverage)],
      ['interference', ...five(result.interference)],
    ]),
    '',
    table([
      ['', 'this matrix', 'random Gaussian'],
      ['efficiency, sum C / rank', number(result.efficiency, 5), number(chance.efficiency, 5)],
      ['effective rank', number(result.effectiveRank, 5), ''],
      ['participation ratio', number(result.participationRatio, 5), ''],
      [
        'mutual coherence',
        result.coherence === null ? 'left out' : number(result.coherence, 5),
        '',
      ],
      ['  Welch bound', number(result.welchBound, 5), ''],
    ]),
  ].join('\n');
}
