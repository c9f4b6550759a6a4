/* oxlint-disable no-await-in-loop -- one block is in memory at a time */
import type { FeatureSource, Precision } from '../embedding/feature-source.ts';
import { generator, uint32 } from '@polysem/numerics/random';
import { forEachBlock } from './blocks.ts';
import { places } from './choose-precision.ts';
import { freeWorkers, transferable, type StreamWorkers } from './workers.ts';
import type { BlockFigures, Calibration, EigenBasis, Spread } from './feature-figures.ts';
import { allBlocks } from './frame-pass.ts';
import type {
  ErrorEstimate,
  StreamMeasurement,
  StreamOptions,
  StreamSpectrum,
} from './stream-measurement.ts';

/** Lists of signs by which the errors of eigenvalues are seen. */
const PROBES = 4;

/** Features that are measured in both precisions, and in how many places of the source they lie. */
const CALIBRATED = 256;
const PLACES = 8;

/** Above this share of features that need float64, all are computed in it: each of the others then costs less. */
const MOSTLY = 1 / 4;

/** Blocks that a worker has at once: one at work and one that waits for it. */
const AHEAD = 2;

/** What the pass over features finds. */
export type FeaturePass = Pick<
  StreamMeasurement,
  | 'squaredNorm'
  | 'capacity'
  | 'leverage'
  | 'interference'
  | 'participation'
  | 'unresolved'
  | 'relativeError'
> & { readonly precision: Precision; readonly inFloat64: number };

/** Measures every feature in the eigenvectors of S; blocks go to whichever worker is free. */
export async function measureFeatures(
  source: FeatureSource,
  spectrum: StreamSpectrum,
  options: StreamOptions,
  workers: StreamWorkers,
): Promise<FeaturePass> {
  const { features } = source;
  const { dims, rank, eigenvalues, vectors, scale } = spectrum;
  const signs = probes(rank);
  const basis: EigenBasis = { dims, rank, eigenvalues, vectors, scale, probes: signs };
  await workers.ask(0, 'openFigures', basis);
  const { mode, calibration } = await chooseMode(source, options, workers);
  // Both precisions at once are not needed again.
  await freeWorkers(workers, dims);
  // One after the other, so that there is one copy on its way; the last one gets the vectors themselves, which are not
  // needed here any more.
  for (let worker = 0; worker < workers.threads; worker++) {
    await workers.ask(
      worker,
      'openFigures',
      basis,
      worker === workers.threads - 1 ? transferable(vectors) : [],
    );
  }

  const figure = (): Float64Array => new Float64Array(features);
  const lists = {
    squaredNorm: figure(),
    capacity: figure(),
    leverage: figure(),
    interference: figure(),
    participation: figure(),
  };
  const found: Omit<BlockFigures, keyof typeof lists>[] = [];
  const blocks = allBlocks(source);
  const load = Array.from({ length: workers.threads }, () => 0);
  await forEachBlock(
    source,
    blocks,
    AHEAD * workers.threads,
    'features',
    options,
    async (block, first, count) => {
      const worker = load.indexOf(Math.min(...load));
      load[worker]++;
      const order = { block, count, mode, calibration };
      const { squaredNorm, capacity, leverage, interference, participation, ...rest } =
        await workers.ask(worker, 'figures', order, transferable(block));
      load[worker]--;
      lists.squaredNorm.set(squaredNorm, first);
      lists.capacity.set(capacity, first);
      lists.leverage.set(leverage, first);
      lists.interference.set(interference, first);
      lists.participation.set(participation, first);
      found[first / blocks[0].count] = rest;
    },
  );
  const total = (of: (block: (typeof found)[number]) => number): number =>
    found.reduce((sum, block) => sum + of(block), 0);
  const measured = total((block) => block.measured);
  const frameError = Math.max(
    // As many numbers as there are features would be one matrix entry's error each: twice, since few signs see it.
    2 * probedError(found, signs, eigenvalues),
    Math.SQRT2 * spectrum.error * (eigenvalues[0] ?? 0),
  );
  const estimate = (figureName: 'capacity' | 'leverage'): ErrorEstimate => {
    const projection = joined(found.map((block) => block.projectionError[figureName]));
    const frame = joined(found.map((block) => block.frameError[figureName]));
    return {
      typical:
        measured === 0
          ? 0
          : Math.sqrt((projection.squares + frameError ** 2 * frame.squares) / measured),
      largest: projection.largest + frameError * frame.largest,
    };
  };
  return {
    ...lists,
    unresolved: total((block) => block.unresolved),
    inFloat64: total((block) => block.inFloat64),
    precision: mode === 'float64' ? 'float64' : 'float32',
    relativeError: { capacity: estimate('capacity'), leverage: estimate('leverage') },
  };
}

/** Measures some features in both precisions, and tells by them which one all should be measured in. */
async function chooseMode(
  source: FeatureSource,
  options: StreamOptions,
  workers: StreamWorkers,
): Promise<{ readonly mode: Precision | 'auto'; readonly calibration: Calibration }> {
  // At least two roundings, should the sample hold zero vectors alone.
  let calibration: Calibration = { capacity: 2 ** -23, leverage: 2 ** -23 };
  const samples = places(source.features, CALIBRATED, PLACES);
  for (const { first, count } of samples) {
    const block = await source.read(first, count);
    const found = await workers.ask(0, 'calibrate', { block, count }, transferable(block));
    calibration = {
      capacity: Math.max(calibration.capacity, found.capacity),
      leverage: Math.max(calibration.leverage, found.leverage),
    };
  }
  // The largest of some hundred errors is three deviations, that of a million is five.
  calibration = { capacity: 2 * calibration.capacity, leverage: 2 * calibration.leverage };
  const wanted = options.precision ?? 'auto';
  if (wanted !== 'auto') return { mode: wanted, calibration };
  let again = 0;
  let count = 0;
  for (const sample of samples) {
    const block = await source.read(sample.first, sample.count);
    const order = { block, count: sample.count, mode: 'auto', calibration } as const;
    again += (await workers.ask(0, 'figures', order, transferable(block))).inFloat64;
    count += sample.count;
  }
  return { mode: again > MOSTLY * count ? 'float64' : 'auto', calibration };
}

/** Signs at random, always the same. */
function probes(rank: number): Float64Array[] {
  const g = generator(0);
  return Array.from({ length: PROBES }, () =>
    Float64Array.from({ length: rank }, () => (uint32(g) >= 2 ** 31 ? 1 : -1)),
  );
}

/**
 * The error of a quadratic form v^T E v, |v| = 1, in the errors E of S, that the sums over all features tell. With u_k an
 * eigenvector of S + E, sum_i t_ik^2 / lambda_k - 1 is -u_k^T E u_k / lambda_k: sums of these with random signs have the
 * mean square sum_k (u_k^T E u_k / lambda_k)^2 (Hutchinson's estimator).
 */
function probedError(
  found: readonly Pick<BlockFigures, 'probes'>[],
  signs: readonly Float64Array[],
  eigenvalues: Float64Array,
): number {
  let squares = 0;
  signs.forEach((list, k) => {
    let sum = 0;
    for (const block of found) sum += block.probes[k];
    squares += (sum - list.reduce((a, b) => a + b, 0)) ** 2;
  });
  let weight = 0;
  for (const lambda of eigenvalues) weight += 1 / lambda ** 2;
  return weight === 0 ? 0 : Math.sqrt(squares / signs.length / weight);
}

function joined(spreads: readonly Spread[]): Spread {
  return {
    squares: spreads.reduce((sum, { squares }) => sum + squares, 0),
    largest: spreads.reduce((most, { largest }) => Math.max(most, largest), 0),
  };
}
