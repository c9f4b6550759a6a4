import type { ReportTable } from '../page/html.ts';
import { labelText } from '../text/label-text.ts';
import { formatNumber } from '@polysem/figures';
import { withError } from '../text/with-error.ts';
import {
  MEANINGS,
  type MeasuredMatrix,
  originalIndices,
  parallelPairs,
} from '@polysem/runs/measure';

/** Features listed at each end. */
const NAMED = 15;
/** Largest number of blocks listed. */
const MOST_BLOCKS = 30;
/** Largest number of features listed per block. */
const MOST_MEMBERS = 12;

/** Tables of a matrix: figures and baselines, features with the most and least capacity, parallel pairs and blocks if known. */
export function matrixTables(matrix: MeasuredMatrix): ReportTable[] {
  return [summaryTable(matrix), ...endTables(matrix), ...pairTable(matrix), ...blockTable(matrix)];
}

function between([low, high]: readonly [number, number]): string {
  return `${formatNumber(low, 4)} to ${formatNumber(high, 4)}`;
}

function summaryTable({ summary, references }: MeasuredMatrix): ReportTable {
  const meanings = references.flatMap(({ name }) =>
    MEANINGS[name] === undefined ? [] : [`${name}: ${MEANINGS[name]}`],
  );
  return {
    caption: `Figures of the matrix with 95 % intervals, and of baselines${meanings.length > 0 ? ` (${meanings.join('; ')})` : ''}${spreadNote(references)}`,
    columns: ['', 'efficiency', 'mean capacity', 'median capacity', 'median leverage'],
    rows: [
      [
        'these weights',
        short(summary.efficiency),
        short(summary.capacity.mean),
        short(summary.capacity.median),
        short(summary.leverage.median),
      ],
      [
        '95 % interval',
        between(summary.efficiencyInterval),
        between(summary.meanInterval),
        between(summary.medianInterval),
        '',
      ],
      ...references.map(({ name, figures, spread }) => [
        name,
        withSpread(figures.efficiency, spread?.efficiency),
        withSpread(figures.meanCapacity, spread?.meanCapacity),
        withSpread(figures.medianCapacity, spread?.medianCapacity),
        withSpread(figures.medianLeverage, spread?.medianLeverage),
      ]),
    ],
  };
}

function withSpread(value: number | null, spread: number | undefined): number | string {
  // Rounding errors are no spread.
  if (value === null || spread === undefined || !(spread > 1e-12 * Math.abs(value)))
    return short(value);
  return withError(value, spread).replaceAll('-', '\u2212');
}

/** Says what ± means, if a baseline was drawn several times. */
function spreadNote(references: MeasuredMatrix['references']): string {
  const drawn = references.find(({ spread }) => spread !== null);
  return drawn === undefined ? '' : `. ±: standard deviation over ${drawn.draws} random matrices`;
}

/** Rounds to four digits, which is finer than the intervals; empty for unknown figures. */
export function short(value: number | null): number | string {
  if (value === null) return '';
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : 'out of range';
}

const PARTICIPATION =
  '. Participation: the number of eigenvectors of S over which a feature is spread (a third of the rank for a random direction; eigenvectors with equal eigenvalues are not unique)';

/** Features with the most and the least capacity, with names if known. */
function endTables(matrix: MeasuredMatrix): ReportTable[] {
  const { measured, labels } = matrix;
  const numbers = originalIndices(matrix);
  const { capacity, leverage, participation, squaredNorm } = measured;
  const order = Array.from(capacity.keys())
    .filter((i) => capacity[i] > 0 && (labels === null || labels[i] !== ''))
    .toSorted((a, b) => capacity[a] - capacity[b] || a - b);
  const rows = (indices: readonly number[]): (string | number)[][] =>
    indices.map((i) => [
      numbers[i],
      ...(labels === null ? [] : [labelText(labels[i])]),
      short(capacity[i]),
      short(leverage[i]),
      short(Math.sqrt(squaredNorm[i])),
      short(participation[i]),
    ]);
  const columns = [
    'feature',
    ...(labels === null ? [] : ['name']),
    'capacity',
    'leverage',
    'norm',
    'participation',
  ];
  if (order.length === 0) return [];
  if (order.length <= NAMED) {
    const caption = `Features by decreasing capacity${PARTICIPATION}`;
    return [{ caption, columns, rows: rows(order.toReversed()) }];
  }
  return [
    {
      caption: `Features with the largest capacities${PARTICIPATION}`,
      columns,
      rows: rows(order.slice(-NAMED).toReversed()),
    },
    {
      caption: 'Features with the smallest capacities',
      columns,
      rows: rows(order.slice(0, NAMED)),
    },
  ];
}

/** The most parallel pairs of features, with names if known. */
function pairTable(matrix: MeasuredMatrix): ReportTable[] {
  const { neighbours, labels } = matrix;
  const numbers = originalIndices(matrix);
  if (neighbours === null) return [];
  const pairs = parallelPairs(neighbours, NAMED, (i) => labels === null || labels[i] !== '');
  if (pairs.length === 0) return [];
  const named = (i: number): (string | number)[] => [
    numbers[i],
    ...(labels === null ? [] : [labelText(labels[i])]),
  ];
  const name = labels === null ? [] : ['name'];
  return [
    {
      caption: 'Most parallel pairs of a feature and its nearest neighbour',
      columns: ['feature', ...name, 'and feature', ...name.map((word) => `its ${word}`), 'cosine'],
      rows: pairs.map(({ features: [a, b], cosine }) => named(a).concat(named(b), short(cosine))),
    },
  ];
}

/** Blocks of more than one feature, the largest first. */
function blockTable(matrix: MeasuredMatrix): ReportTable[] {
  const { blocks, labels } = matrix;
  const numbers = originalIndices(matrix);
  if (blocks === null || blocks.structure.verdict === 'none') return [];
  const { components, full } = blocks.structure;
  const isFull = new Set(full);
  const shared = components
    .map((block, k) => ({ block, shape: blocks.shapes[k] }))
    .filter(({ block: { features } }) => features.length > 1 || !isFull.has(features[0]))
    .toSorted(
      ({ block: a }, { block: b }) =>
        b.features.length - a.features.length || a.features[0] - b.features[0],
    );
  const named = (i: number): string =>
    labels === null || labels[i] === '' ? String(numbers[i]) : labelText(labels[i]);
  return [
    {
      caption: `Blocks (features that share a subspace with no other feature): ${shared.length} in total${shared.length > MOST_BLOCKS ? `, the largest ${MOST_BLOCKS} shown` : ''}; ${full.length} other features have their own dimension`,
      columns: ['shape', 'features', 'dimensions', 'sum C', 'tightness', 'members'],
      rows: shared
        .slice(0, MOST_BLOCKS)
        .map(({ shape, block: { features, dims, capacity, tightness } }) => [
          shape.name,
          features.length,
          dims,
          short(capacity),
          short(tightness),
          `${features.slice(0, MOST_MEMBERS).map(named).join(', ')}${features.length > MOST_MEMBERS ? ', ..' : ''}`,
        ]),
    },
  ];
}
