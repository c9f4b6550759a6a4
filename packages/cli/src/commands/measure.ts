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
import type { FeaturesAxis, Tensor } from '@polysem/io';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { checkTargets, number, print, save, table, toJson } from '../output.ts';
import { showProgress } from '../progress.ts';
import { withMatrix, type MatrixFlags } from '../read-matrix.ts';

interface MeasureFlags extends MatrixFlags {
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
  await withMatrix(path, flags, ({ tensor, axis, embedding }) =>
    report(path, tensor, axis, embedding, flags),
  );
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
