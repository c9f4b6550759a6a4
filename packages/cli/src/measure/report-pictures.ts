import { binEdges, histogram } from '@polysem/core';
import {
  distributionFigure,
  spectrumFigure,
  type Provenance,
  type ReportFigure,
} from '@polysem/figures';
import type { MeasuredMatrix } from './measured-matrix.ts';

const BINS = 80;
/** Of longer spectra a part is drawn, so that a page stays small. */
const MOST_MARKS = 4096;

/** Capacities and leverages by logarithm, with the references; zero vectors are left out. */
export function distributions(
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

/** The spectrum of the frame operator, by some of its eigenvalues where there are many. */
export function spectrumPicture(
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
        : `One in ${step} of the ${rank} eigenvalues of S = W W^T, largest first; ranks are counted among those drawn.`,
    name: `spectrum-${k + 1}`,
  };
}
