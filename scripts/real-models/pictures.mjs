// Figures of docs/real-models.md.

import { fileURLToPath } from 'node:url';
import { binEdges, efficiency, histogram } from '@polysem/core/capacity';
import { version } from '@polysem/core';
import { comparisonFigure, distributionFigure } from '@polysem/figures';
import { writeFileAtomic } from '@polysem/io/node';
import { boardFigure } from './board-figure.mjs';
import { SEED } from './tables.mjs';

const FOLDER = new URL('../../docs/pictures/', import.meta.url);
const BINS = 80;

const provenance = (weights) => ({
  polysem: version,
  seed: SEED,
  configuration: { script: 'scripts/real-models.mjs', weights },
});

async function save(name, svg) {
  await writeFileAtomic(fileURLToPath(new URL(name, FOLDER)), svg);
  console.error(`real-models: wrote docs/pictures/${name}`);
}

/** Draws the efficiency of each matrix and its baselines. */
export async function drawEfficiency(file, weights, title, matrices) {
  await save(
    file,
    comparisonFigure(
      {
        label: 'efficiency, sum of capacities / rank',
        domain: [0, 1],
        measured: 'these weights',
        references: ['random Gaussian', 'same norms', 'same spectrum'],
        rows: matrices.map(({ name, measured, interval, gaussian, norms, spectrum }) => ({
          name,
          value: efficiency(measured),
          interval,
          references: [gaussian.figures.efficiency, efficiency(norms), spectrum.figures.efficiency],
        })),
      },
      { title, subtitle: weights, provenance: provenance(weights) },
    ),
  );
}

const quantiles = ({ capacityQuantile }) =>
  Float64Array.from({ length: 4000 }, (_, i) => capacityQuantile((i + 0.5) / 4000));

/** Draws the capacities of one matrix and its baselines. */
export async function drawCapacities(file, weights, title, matrix) {
  const { measured, gaussian, norms, spectrum, name } = matrix;
  const capacity = measured.capacity.filter((c) => c > 0);
  const sorted = capacity.toSorted();
  const references = [
    ['random Gaussian', quantiles(gaussian)],
    ['same norms', norms.capacity.filter((c) => c > 0)],
    ['same spectrum', quantiles(spectrum)],
  ];
  const most = Math.max(sorted.at(-1), ...references.map(([, values]) => values.toSorted().at(-1)));
  // Limit the range so that one outlier does not compress all other features.
  const edges = binEdges(
    sorted[Math.floor(0.0005 * sorted.length)] / 1.2,
    Math.min(1, 1.2 * most),
    BINS,
    'log',
  );
  const shares = (values) => histogram(values, edges).counts.map((count) => count / values.length);
  await save(
    file,
    distributionFigure(
      {
        label: 'capacity',
        scale: 'log',
        edges,
        series: [
          { name: 'these weights', shares: shares(capacity) },
          ...references.map(([called, values]) => ({
            name: called,
            shares: shares(values),
            isReference: true,
          })),
        ],
      },
      { title, subtitle: `${weights}, ${name}`, provenance: provenance(weights) },
    ),
  );
}

/** Draws the mean capacity by square, one board per piece. */
export async function drawBoards(file, weights, title, boards, columns) {
  await save(
    file,
    boardFigure(
      { label: 'mean capacity', scale: 'log', boards, columns },
      { title, subtitle: weights, provenance: provenance(weights) },
    ),
  );
}
