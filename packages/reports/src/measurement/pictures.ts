import { binEdges, histogram, marchenkoPasturSpectrum } from '@polysem/core/capacity';
import {
  distributionFigure,
  formatNumber,
  spectrumFigure,
  type Provenance,
} from '@polysem/figures';
import type { ReportFigure } from '../page/page.ts';
import type { MeasuredMatrix } from '@polysem/runs/measure';

/** Range of the number of bins. Few features get few bins, so that noise does not dominate. */
const LEAST_BINS = 16;
const MOST_BINS = 80;
/** Largest number of eigenvalues drawn, which keeps the page small. */
const MOST_MARKS = 4096;

/**
 * Draws the distributions of capacities, and of leverages unless all are 1, with their baselines. All use the same
 * logarithmic bins. Zero vectors are left out.
 */
export function distributions(
  { measured, references, choice }: MeasuredMatrix,
  k: number,
  provenance: Provenance,
): ReportFigure[] {
  const capacity = { name: 'capacity', values: positive(measured.capacity), style: 0 };
  const leverage = { name: 'leverage', values: positive(measured.leverage), style: 0 };
  const count = capacity.values.length;
  if (count === 0) return [];
  const ofCapacity = references.map((reference, r) => ({
    name: `capacity, ${reference.name}`,
    values: positive(reference.capacity()),
    style: r + 1,
  }));
  const ofLeverage = references.flatMap((reference, r) => {
    const values = reference.leverage();
    if (values === null) return [];
    return [{ name: `leverage, ${reference.name}`, values: positive(values), style: r + 1 }];
  });
  const all = [capacity, leverage, ...ofCapacity, ...ofLeverage].filter(
    ({ values }) => values.length > 0,
  );
  // A low quantile instead of the minimum, so that one outlier does not compress the axis.
  const low = Math.min(...all.map(({ values }) => orderStatistic(values, 0.0005)));
  const high = Math.max(...all.map(({ values }) => orderStatistic(values, 1)));
  const bins = Math.max(LEAST_BINS, Math.min(MOST_BINS, Math.round(2 * Math.sqrt(count))));
  const edges = binEdges(low / 1.2, Math.min(1, 1.2 * high), bins, 'log');
  const draw = (figure: Sampled, baselines: readonly Sampled[], what: string): ReportFigure => ({
    svg: distributionFigure(
      {
        label: what,
        scale: 'log',
        edges,
        series: [figure, ...baselines].map(({ name, values, style }) => ({
          name,
          style,
          shares: histogram(values, edges).counts.map((n) => n / values.length),
          isReference: name !== figure.name,
        })),
      },
      {
        title: `${figure.name.charAt(0).toUpperCase()}${figure.name.slice(1)} of the features`,
        subtitle: choice.label,
        provenance,
      },
    ),
    caption: 'Fraction of the features in logarithmic bins. Lines: baselines of the same size.',
    name: `${figure.name}-${k + 1}`,
  });
  return [
    draw(capacity, ofCapacity, 'capacity, a fraction of a dimension'),
    ...(measured.rank === count
      ? []
      : [draw(leverage, ofLeverage, 'leverage, a fraction of a dimension')]),
  ];
}

/**
 * Draws the distribution of the capacities of one matrix beside those of its baselines, as the report does.
 *
 * @param matrix the measured matrix; baselines are its `references`.
 * @param provenance stored in the figure.
 * @returns an SVG document; null if every vector is zero, so that no capacity is positive.
 *
 * @remarks No example: `measureReport` has one, which draws this figure.
 */
export function capacityFigure(matrix: MeasuredMatrix, provenance: Provenance): string | null {
  return distributions(matrix, 0, provenance).at(0)?.svg ?? null;
}

/** Bins of relative norms. */
const NORM_BINS = 50;
/** Most parts whose relative norms one figure can show. */
const MOST_PARTS = 6;
/**
 * Ranges of the relative norm of the second of two parts: latents of the first part only, of both, and of the second only
 * (Minder et al. 2025, arXiv:2504.02922).
 */
const SHARES = [
  { from: 0, to: 0.1 },
  { from: 0.4, to: 0.6 },
  { from: 0.9, to: 1 },
] as const;

/**
 * Draws the distribution of the relative decoder norms of a crosscoder: of two parts that of the second, otherwise of each.
 * Empty for other matrices, and for more parts than can be told apart.
 */
export function relativeNormPictures(
  { relativeNorms, choice }: MeasuredMatrix,
  k: number,
  provenance: Provenance,
): ReportFigure[] {
  if (relativeNorms === undefined) return [];
  const { parts, words = parts, values } = relativeNorms;
  if (parts.length < 2 || parts.length > MOST_PARTS) return [];
  const isPair = parts.length === 2;
  const all = words.map((name, i) => ({
    name,
    style: i,
    values: values[i].filter(Number.isFinite),
  }));
  const shown = isPair ? [{ ...all[1], style: 0 }] : all;
  const count = all[0].values.length;
  if (count === 0) return [];
  const edges = binEdges(0, 1, NORM_BINS, 'linear');
  const names = [`only ${words[0]}`, 'shared', `only ${words[1]}`];
  const ranges = SHARES.map(({ from, to }, i) => ({ from, to, name: names[i] }));
  const within = ranges.map(({ from, to, name }) => {
    const inside = all[1].values.filter((value) => value >= from && value <= to);
    return `${name} (${from} to ${to}): ${inside.length}`;
  });
  return [
    {
      svg: distributionFigure(
        {
          label: isPair ? `relative decoder norm of ${words[1]}` : 'relative decoder norm',
          scale: 'linear',
          edges,
          series: shown.map(({ name, style, values: each }) => ({
            name,
            style,
            shares: histogram(each, edges).counts.map((n) => n / each.length),
          })),
          ...(isPair && { ranges }),
        },
        { title: 'Relative decoder norms of the latents', subtitle: choice.label, provenance },
      ),
      caption: isPair
        ? `Norm of the decoder vector for ${words[1]}, divided by the sum of the norms for ${words[0]} and ${words[1]}. Of ${count} latents, ${within.join('; ')}.`
        : `Norm of the decoder vector of each latent for one part, divided by the sum of its norms for all ${parts.length} parts. A latent that all parts share has ${formatNumber(1 / parts.length, 2)}.`,
      name: `relative-norm-${k + 1}`,
    },
  ];
}

/** Per-feature values with a name and a style of line. */
interface Sampled {
  readonly name: string;
  readonly style: number;
  readonly values: Float64Array;
}

function positive(values: Float64Array): Float64Array {
  return values.filter((value) => value > 0);
}

/** The number below which a fraction q of the values are, without interpolation. */
function orderStatistic(values: Float64Array, q: number): number {
  const sorted = values.toSorted();
  return sorted[Math.floor(q * (sorted.length - 1))];
}

/** Draws the spectrum of the frame operator; a subset of its eigenvalues if there are many. */
export function spectrumPicture(
  { measured, choice, references }: MeasuredMatrix,
  k: number,
  provenance: Provenance,
): ReportFigure {
  const { singularValues, rank, dims, features } = measured;
  const step = Math.max(1, Math.ceil(rank / MOST_MARKS));
  const drawn = (values: Float64Array): Float64Array =>
    values.subarray(0, rank).filter((_, i) => i % step === 0);
  // If squares overflow or underflow, plot them relative to the largest.
  const isRelative = singularValues[0] ** 2 === Infinity || singularValues[rank - 1] ** 2 === 0;
  const unit = isRelative ? singularValues[0] : 1;
  const all = singularValues.map((s) => (s / unit) ** 2);
  const trace = all.reduce((sum, lambda) => sum + lambda, 0);
  const eigenvalues = drawn(all);
  const hasGaussian = rank > 0 && references.some(({ name }) => name === 'random Gaussian');
  return {
    svg: spectrumFigure(
      {
        eigenvalues: rank > 0 ? eigenvalues : [0],
        scale: 'log',
        ...(isRelative && { label: 'eigenvalue of S over the largest' }),
        ...(hasGaussian && {
          nullModel: {
            label: 'random Gaussian with the same trace (Marchenko-Pastur)',
            eigenvalues: drawn(marchenkoPasturSpectrum(dims, features, trace)),
          },
        }),
      },
      { title: 'Spectrum of the frame operator', subtitle: choice.label, provenance },
    ),
    caption:
      step === 1
        ? `Eigenvalues of S = W W^T, largest first${rank === 0 ? ': all are zero' : ''}.`
        : `One in ${step} of the ${rank} eigenvalues of S = W W^T, largest first; the horizontal axis counts only those drawn.`,
    name: `spectrum-${k + 1}`,
  };
}
