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
import { labelText } from '../features/labels.ts';
import { verdictLine } from '../geometry/describe.ts';
import { number } from '../output.ts';
import { MEANINGS } from './chance.ts';
import type { MeasuredMatrix } from './measured-matrix.ts';
import { parallelPairs } from './parallel-pairs.ts';

const BINS = 80;
/** So many features are named at either end. */
const NAMED = 15;
/** Spectra of more eigenvalues are drawn by every so manieth, so that a page stays small. */
const MOST_MARKS = 600;
/** Blocks that are listed, and features of each. */
const MOST_BLOCKS = 30;
const MOST_MEMBERS = 12;

/** The report of some matrices of one file, as one page: each by itself, and all side by side. */
export function measureReport(
  path: string,
  matrices: readonly MeasuredMatrix[],
  provenance: Provenance,
): string {
  const sections = matrices.map((matrix, k) => matrixSection(matrix, k, provenance));
  return reportPage({
    title: `Capacity in ${path.split('/').findLast((part) => part !== '') ?? path}`,
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
      matrices: matrices.map(({ choice, summary, blocks }) => ({
        matrix: choice.label,
        ...summary,
        ...(blocks !== null && { verdict: blocks.structure.verdict }),
      })),
    },
  });
}

function sideBySide(matrices: readonly MeasuredMatrix[], provenance: Provenance): ReportSection {
  const [first] = matrices;
  const references = first.references.map(({ name }) => name);
  const names = shortNames(matrices);
  const rows = matrices.map(({ summary, references: own }, k) => ({
    name: names[k],
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
      rows: matrices.map(({ summary }, k) => ({
        name: names[k],
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
        columns: ['matrix', 'N', 'D', 'rank', 'sum C', 'median C', 'efficiency', ...references],
        rows: matrices.map(({ summary, references: own }, k) => [
          names[k],
          summary.features,
          summary.dims,
          summary.rank,
          short(summary.capacity.total),
          short(summary.capacity.median),
          short(summary.efficiency),
          ...own.map(({ figures }) => short(figures.efficiency)),
        ]),
      },
    ],
  };
}

/** Without the tensor in brackets where that tells them apart all the same. */
function shortNames(matrices: readonly MeasuredMatrix[]): string[] {
  const whole = matrices.map(({ choice }) => choice.label);
  const brief = whole.map((label) => label.replace(/ \(.*\)$/, ''));
  return new Set(brief).size === brief.length ? brief : whole;
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
      ...choice.notes.map(sentence),
      spectrumWords(summary),
      ...(matrix.blocks === null ? [] : [sentence(verdictLine(matrix.blocks))]),
      `Vectors ${treatmentText(measured.treatment)}. Products for the frame operator in ${frame}, for the features in ${second}; estimated relative error of capacities at most ${number(measured.relativeError.capacity.largest, 2)}, of leverages ${number(measured.relativeError.leverage.largest, 2)}.`,
    ],
    figures: [...distributions(matrix, k, provenance), spectrumPicture(matrix, k, provenance)],
    tables: [
      summaryTable(matrix),
      ...endTables(matrix),
      ...pairTable(matrix),
      ...blockTable(matrix),
    ],
  };
}

/** A note as a sentence of its own. */
function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function spectrumWords(summary: MeasuredMatrix['summary']): string {
  const { effectiveRank, participationRatio, coherence, welchBound } = summary;
  const near =
    coherence === null
      ? 'mutual coherence was left out'
      : `mutual coherence ${number(coherence, 4)}, and no less than ${number(welchBound, 4)} for any vectors of this shape (Welch)`;
  return `Effective rank ${number(effectiveRank, 4)}, participation ratio ${number(participationRatio, 4)}; ${near}.`;
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

function positive(values: Float64Array): Float64Array {
  return values.filter((value) => value > 0);
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
  const high = Math.max(...all.map((values) => quantile(values, 1)));
  const edges = binEdges(low / 1.2, Math.min(1, 1.2 * high), BINS, 'log');
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

function between([low, high]: readonly [number, number]): string {
  return `${number(low, 4)} to ${number(high, 4)}`;
}

function summaryTable({ summary, references }: MeasuredMatrix): ReportTable {
  const meanings = references.flatMap(({ name }) =>
    MEANINGS[name] === undefined ? [] : [`${name}: ${MEANINGS[name]}`],
  );
  return {
    caption: `Figures of the matrix, with 95 % intervals, beside chance${meanings.length > 0 ? ` (${meanings.join('; ')})` : ''}`,
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
      ...references.map(({ name, figures }) => [
        name,
        short(figures.efficiency),
        short(figures.meanCapacity),
        short(figures.medianCapacity),
        short(figures.medianLeverage),
      ]),
    ],
  };
}

function between([low, high]: readonly [number, number]): string {
  return `${number(low, 4)} to ${number(high, 4)}`;
}

/** Four digits, which is more than intervals leave; nothing for a figure that is not known. */
function short(value: number | null): number | string {
  return value === null ? '' : Number(value.toPrecision(4));
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
  if (order.length <= NAMED) {
    const caption = 'Features, the largest capacities first';
    return [{ caption, columns, rows: rows(order.toReversed()) }];
  }
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

/** The most nearly parallel features, by name where they have one. */
function pairTable({ neighbours, labels }: MeasuredMatrix): ReportTable[] {
  if (neighbours === null) return [];
  const pairs = parallelPairs(neighbours, NAMED, (i) => labels === null || labels[i] !== '');
  if (pairs.length === 0) return [];
  const named = (i: number): (string | number)[] => [
    i,
    ...(labels === null ? [] : [labelText(labels[i])]),
  ];
  const name = labels === null ? [] : ['name'];
  return [
    {
      caption: 'Most parallel pairs, each a feature and its nearest neighbour',
      columns: ['feature', ...name, 'and feature', ...name.map((word) => `its ${word}`), 'cosine'],
      rows: pairs.map(({ features: [a, b], cosine }) => named(a).concat(named(b), short(cosine))),
    },
  ];
}

/** Blocks of more than one feature, the largest first. */
function blockTable({ blocks, labels }: MeasuredMatrix): ReportTable[] {
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
    labels === null || labels[i] === '' ? String(i) : labelText(labels[i]);
  return [
    {
      caption: `Blocks: features that share a subspace of their own, ${shared.length} in all${shared.length > MOST_BLOCKS ? `, the largest ${MOST_BLOCKS} of them` : ''}; ${full.length} more features have a dimension to themselves`,
      columns: ['shape', 'features', 'dimensions', 'sum C', 'tightness', 'which'],
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
