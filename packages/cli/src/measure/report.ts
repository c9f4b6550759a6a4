import { binEdges, histogram, version } from '@polysem/core';
import {
  comparisonFigure,
  distributionFigure,
  reportPage,
  spectrumFigure,
  type Provenance,
  type ReportFigure,
  type ReportSection,
  type ReportTable,
} from '@polysem/figures';
import { number } from '../output.ts';
import type { MeasuredMatrix } from './measured-matrix.ts';

const BINS = 80;
/** So many features are named at either end. */
const NAMED = 15;
/** Spectra of more eigenvalues are drawn by every so manieth, so that a page stays small. */
const MOST_MARKS = 600;

/** The report of some matrices of one file, as one page: each by itself, and all side by side. */
export function measureReport(
  path: string,
  matrices: readonly MeasuredMatrix[],
  provenance: Provenance,
): string {
  const sections = matrices.map((matrix, k) => matrixSection(matrix, k, provenance));
  return reportPage({
    title: `Capacity in ${path}`,
    intro: [
      'How the features of these weights share their dimensions. Capacity C is the fraction of a dimension that a feature has to itself (Scherlis et al. 2022, arXiv:2210.01892, equation 3); leverage (appendix G) is the most that a linear read-out could recover of it, and never less than C. Efficiency is the sum of capacities over the rank: 1 where no two features interfere but by need.',
      'Every figure stands beside what matrices of the same shape without structure give: more than chance is not yet a purpose, and less than chance is structure too. Intervals are bootstrapped over features with the frame operator held fixed.',
    ],
    sections: matrices.length > 1 ? [sideBySide(matrices, provenance), ...sections] : sections,
    claims: [],
    provenance,
    results: {
      version,
      configuration: provenance.configuration,
      matrices: matrices.map(({ choice, summary }) => ({ matrix: choice.label, ...summary })),
    },
  });
}

function sideBySide(matrices: readonly MeasuredMatrix[], provenance: Provenance): ReportSection {
  const [first] = matrices;
  const references = first.references.map(({ name }) => name);
  const rows = matrices.map(({ choice, summary, references: own }) => ({
    name: choice.label,
    value: summary.efficiency,
    interval: summary.efficiencyInterval,
    references: own.map(({ figures }) => figures.efficiency ?? NaN),
  }));
  const efficiency = comparisonFigure(
    {
      label: 'efficiency, sum of capacities / rank',
      domain: [0, 1],
      measured: 'these weights',
      references,
      rows,
    },
    { title: 'Efficiency side by side', provenance },
  );
  const ranks = comparisonFigure(
    {
      label: 'fraction of the dimensions',
      domain: [0, 1],
      measured: 'effective rank / D',
      references: ['participation ratio / D'],
      rows: matrices.map(({ choice, summary }) => ({
        name: choice.label,
        value: summary.effectiveRank / summary.dims,
        references: [summary.participationRatio / summary.dims],
      })),
    },
    { title: 'How evenly the dimensions are used', provenance },
  );
  return {
    id: 'side-by-side',
    heading: 'Side by side',
    figures: [
      {
        svg: efficiency,
        caption:
          'Efficiency of each matrix with its 95 % interval, and of matrices of the same shape without structure.',
        name: 'efficiency',
      },
      {
        svg: ranks,
        caption:
          'Effective rank (exponential of the entropy of the singular values) and participation ratio of the spectrum of the frame operator, as fractions of the dimensions.',
        name: 'ranks',
      },
    ],
    tables: [
      {
        columns: ['matrix', 'N', 'D', 'rank', 'sum C', 'efficiency', 'by chance', 'median C'],
        rows: matrices.map(({ choice, summary }) => [
          choice.label,
          summary.features,
          summary.dims,
          summary.rank,
          summary.capacity.total,
          summary.efficiency,
          summary.gaussianBaseline.efficiency,
          summary.capacity.median,
        ]),
      },
    ],
  };
}

function matrixSection(matrix: MeasuredMatrix, k: number, provenance: Provenance): ReportSection {
  const { choice, summary, measured } = matrix;
  const { features, dims, rank, zeroFeatures, unresolvedFeatures } = summary;
  const left = [
    zeroFeatures > 0 ? `${zeroFeatures} vectors are zero` : '',
    unresolvedFeatures > 0 ? `${unresolvedFeatures} are too short to resolve` : '',
  ].filter((part) => part !== '');
  const { frame, features: second } = measured.precision;
  return {
    id: `matrix-${k + 1}`,
    heading: choice.label,
    paragraphs: [
      `${features} features in ${dims} dimensions, rank ${rank}${left.length > 0 ? `; ${left.join(', ')}` : ''}.`,
      ...choice.notes,
      `Vectors ${treatmentText(measured.treatment)}. Products for the frame operator in ${frame}, for the features in ${second}; estimated relative error of capacities at most ${number(measured.relativeError.capacity.largest, 2)}, of leverages ${number(measured.relativeError.leverage.largest, 2)}.`,
    ],
    figures: [...distributions(matrix, k, provenance), spectrumPicture(matrix, k, provenance)],
    tables: [summaryTable(matrix), ...endTables(matrix)],
  };
}

function treatmentText({
  centred,
  normalised,
}: {
  readonly centred: boolean;
  readonly normalised: boolean;
}): string {
  const done = [centred ? 'centred' : '', normalised ? 'scaled to unit length' : ''];
  return done.filter((word) => word !== '').join(' and ') || 'as they are';
}

/** Capacities and leverages by logarithm, with the references; zero vectors are left out. */
function distributions(
  { measured, references, choice }: MeasuredMatrix,
  k: number,
  provenance: Provenance,
): ReportFigure[] {
  const capacity = positive(measured.capacity);
  const leverage = positive(measured.leverage);
  if (capacity.length === 0) return [];
  const sampled = references.map(({ name, capacity: values }) => ({
    name,
    values: positive(values()),
  }));
  const all = [capacity, leverage, ...sampled.map(({ values }) => values)];
  // One feature far from all others must not squeeze them into a corner.
  const low = Math.min(...all.map((values) => quantile(values, 0.0005)));
  const edges = binEdges(low / 1.2, 1, BINS, 'log');
  const shares = (values: Float64Array): Float64Array =>
    histogram(values, edges).counts.map((count) => count / values.length);
  const svg = distributionFigure(
    {
      label: 'fraction of a dimension',
      scale: 'log',
      edges,
      series: [
        { name: 'capacity', shares: shares(capacity) },
        { name: 'leverage', shares: shares(leverage) },
        ...sampled.map(({ name, values }) => ({
          name: `capacity, ${name}`,
          shares: shares(values),
          isReference: true,
        })),
      ],
    },
    { title: 'Capacity and leverage of the features', subtitle: choice.label, provenance },
  );
  return [
    {
      svg,
      caption:
        'Share of the features in bins of equal ratio. Lines: matrices of the same shape without structure.',
      name: `capacity-${k + 1}`,
    },
  ];
}

function positive(values: Float64Array): Float64Array {
  return values.filter((value) => value > 0);
}

function quantile(values: Float64Array, q: number): number {
  const sorted = values.toSorted();
  return sorted[Math.floor(q * (sorted.length - 1))];
}

function spectrumPicture(
  { measured, choice }: MeasuredMatrix,
  k: number,
  provenance: Provenance,
): ReportFigure {
  const { singularValues, rank } = measured;
  const step = Math.ceil(rank / MOST_MARKS);
  const eigenvalues = singularValues.filter((_, i) => i % step === 0).map((s) => s * s);
  return {
    svg: spectrumFigure(
      { eigenvalues: eigenvalues.length > 0 ? eigenvalues : [0], scale: 'log' },
      { title: 'Spectrum of the frame operator', subtitle: choice.label, provenance },
    ),
    caption:
      step === 1
        ? 'Eigenvalues of S = W W^T, largest first.'
        : `Every ${step}th of the ${rank} eigenvalues of S = W W^T, largest first.`,
    name: `spectrum-${k + 1}`,
  };
}

function summaryTable({ summary, references }: MeasuredMatrix): ReportTable {
  return {
    caption: 'Figures of the matrix, with 95 % intervals, beside chance',
    columns: ['', 'these weights', 'interval', ...references.map(({ name }) => name)],
    rows: [
      [
        'efficiency',
        summary.efficiency,
        between(summary.efficiencyInterval),
        ...references.map(({ figures }) => figures.efficiency ?? NaN),
      ],
      [
        'mean capacity',
        summary.capacity.mean,
        between(summary.meanInterval),
        ...references.map(({ figures }) => figures.meanCapacity ?? NaN),
      ],
      [
        'median capacity',
        summary.capacity.median,
        between(summary.medianInterval),
        ...references.map(({ figures }) => figures.medianCapacity ?? NaN),
      ],
    ],
  };
}

function between([low, high]: readonly [number, number]): string {
  return `${number(low, 4)} to ${number(high, 4)}`;
}

/** The most shared and the most private features, by name where they have one. */
function endTables({ measured, labels }: MeasuredMatrix): ReportTable[] {
  const { capacity, leverage, participation, squaredNorm } = measured;
  const order = Array.from(capacity.keys())
    .filter((i) => capacity[i] > 0 && (labels === null || labels[i] !== ''))
    .toSorted((a, b) => capacity[a] - capacity[b] || a - b);
  const rows = (indices: readonly number[]): (string | number)[][] =>
    indices.map((i) => [
      i,
      ...(labels === null ? [] : [labels[i]]),
      capacity[i],
      leverage[i],
      Math.sqrt(squaredNorm[i]),
      participation[i],
    ]);
  const columns = [
    'feature',
    ...(labels === null ? [] : ['name']),
    'capacity',
    'leverage',
    'norm',
    'participation',
  ];
  return [
    {
      caption: 'Most private features: the largest capacities',
      columns,
      rows: rows(order.slice(-NAMED).toReversed()),
    },
    {
      caption: 'Most shared features: the least capacities',
      columns,
      rows: rows(order.slice(0, NAMED)),
    },
  ];
}
