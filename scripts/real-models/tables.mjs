// Measurements, baselines and formatting that the tables of docs/real-models.md share.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  bootstrapSummary,
  gaussianBaselineFigures,
  meanVector,
  ownNormsSource,
  spectrumBaselineFigures,
} from '@polysem/core/streaming';
import { effectiveRank, efficiency, participationRatio, summarise } from '@polysem/core/capacity';
import { embeddingSource } from '@polysem/core/embedding';
import { openTensors } from '@polysem/io';
import { findFeatures, gatherFeatures } from '@polysem/io/layouts';
import { openFile } from '@polysem/io/node';
import { measureWithThreads } from '@polysem/runs/measure';

/** Seed of every random baseline. */
export const SEED = 1;

export const digits = (value, places = 3) => value.toFixed(places);

export function printTable(heads, rows) {
  console.log(`| ${heads.join(' | ')} |`);
  console.log(`| ${heads.map((_, i) => (i === 0 ? '---' : '--:')).join(' | ')} |`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
  console.log('');
}

/** Opens a file of weights: its known matrices of features, and their vectors. */
export async function open(path) {
  const source = await openFile(path);
  const file = await openTensors(source);
  const configPath = join(dirname(path), 'config.json');
  const config = existsSync(configPath) ? JSON.parse(readFileSync(configPath, 'utf8')) : null;
  const { features } = findFeatures(file.entries, { config, metadata: file.metadata });
  const gather = (recipe) => gatherFeatures(recipe, (name) => file.read(name), path);
  return { features, gather, close: () => source.close() };
}

/** Measures vectors without centring them. */
export const measure = (w) => measureWithThreads(embeddingSource(w));

export const squares = (numbers) => numbers.reduce((sum, x) => sum + x * x, 0);

/** Measures a matrix as given, with its mean subtracted, and its baselines. */
export async function measureWithBaselines(name, w) {
  const source = embeddingSource(w, name);
  const measured = await measureWithThreads(source);
  const { dims, features, rank, squaredNorm } = measured;
  const shape = { dims, features, seed: SEED };
  const norms = await measureWithThreads(ownNormsSource(shape, squaredNorm));
  const centred = await measureWithThreads(source, { centre: true });
  const { low, high } = bootstrapSummary(measured.capacity, { seed: SEED }).total;
  const mean = await meanVector(source);
  return {
    name,
    measured,
    interval: [low / rank, high / rank],
    gaussian: gaussianBaselineFigures(dims, features),
    norms,
    spectrum: spectrumBaselineFigures(measured, { seed: SEED }),
    centred,
    share: (features * squares(mean)) / squaredNorm.reduce((sum, n) => sum + n, 0),
  };
}

const HEADS = [
  'features',
  'N',
  'D',
  'rank',
  'sum C',
  'sum C / rank',
  'Gaussian',
  'same norms',
  'same spectrum',
  'measured / same spectrum',
  'effective rank',
  'participation ratio',
  'median C',
  'share of mean',
  'sum C / rank, centred',
];

/** Prints one row per result of `measureWithBaselines`. */
export function printMatrices(matrices) {
  printTable(
    HEADS,
    matrices.map(({ name, measured, gaussian, norms, spectrum, centred, share }) => {
      const { total, median } = summarise(measured.capacity);
      return [
        name,
        measured.features,
        measured.dims,
        measured.rank,
        digits(total, 1),
        digits(efficiency(measured)),
        digits(gaussian.figures.efficiency),
        digits(efficiency(norms)),
        digits(spectrum.figures.efficiency),
        digits(efficiency(measured) / spectrum.figures.efficiency, 2),
        digits(effectiveRank(measured.singularValues), 1),
        digits(participationRatio(measured.singularValues), 1),
        digits(median, 4),
        digits(share),
        digits(efficiency(centred)),
      ];
    }),
  );
}

const GROUP_HEADS = ['group', 'features', 'sum C', 'mean C', 'median C', 'root mean square length'];

/** Prints the capacity of groups of features of a measured embedding. */
export function printGroups(groups, { capacity, squaredNorm }, more = { heads: [], of: () => [] }) {
  printTable(
    [...GROUP_HEADS, ...more.heads],
    groups.map(({ name, members }) => {
      const { total, mean, median } = summarise(Float64Array.from(members, (i) => capacity[i]));
      const length = members.reduce((sum, i) => sum + squaredNorm[i], 0);
      return [
        name,
        members.length,
        digits(total, 1),
        digits(mean, 4),
        digits(median, 4),
        digits(Math.sqrt(length / members.length), 2),
        ...more.of(members),
      ];
    }),
  );
}
