import { binEdges, histogram } from '@polysem/core/capacity';
import { COSINE_BINS, randomCosineShares, type Comparison } from '@polysem/core/compare';
import {
  capacityPairsFigure,
  distributionFigure,
  formatNumber,
  type Provenance,
} from '@polysem/figures';
import type { ComparedMatrices } from '@polysem/runs/compare';
import type { ReportFigure } from '../page/page.ts';
import { valuesAt } from './numbered.ts';
import { cosineWord } from './wording.ts';

/** Two files and their matrices, for the subtitles of figures. */
function subtitleOf({ a, b }: ComparedMatrices): string {
  return `A: ${a.file}, ${a.choice.label}; B: ${b.file}, ${b.choice.label}`;
}

/**
 * Draws the distribution of the cosines of the pairs beside that of random directions.
 *
 * @param compared the comparison and its matrices.
 * @param provenance stored in the figure.
 * @returns an SVG document; null if there are no pairs.
 *
 * @remarks No example: `comparisonReport` has one, which draws this figure.
 */
export function cosineFigure(compared: ComparedMatrices, provenance: Provenance): string | null {
  const { comparison } = compared;
  const { pairs, signs } = comparison;
  if (pairs.a.length === 0) return null;
  const edges = binEdges(-1, 1, COSINE_BINS, 'linear');
  const similar = signs === 'free' ? pairs.cosine.map(Math.abs) : pairs.cosine;
  const shares = histogram(similar, edges).counts.map((n) => n / similar.length);
  const random = randomSeries(comparison, edges);
  // From the lowest bin in use, so that the right half is not squeezed.
  const used = Array.from(edges.keys()).find((b) =>
    [shares, random.shares].some((list) => list[b] > 5e-4),
  );
  const first = Math.max(0, (used ?? 0) - 1);
  return distributionFigure(
    {
      label: `${cosineWord(comparison)} of a pair`,
      scale: 'linear',
      edges: edges.slice(first),
      series: [
        { name: 'pairs', shares: shares.slice(first) },
        { name: random.name, shares: random.shares.slice(first), isReference: true },
      ],
    },
    { title: 'Cosines of the pairs', subtitle: subtitleOf(compared), provenance },
  );
}

/** The distribution for random directions; if that of the pairs is not known, that of the largest cosine of each feature. */
function randomSeries(
  { chance, dims, signs, b }: Comparison,
  edges: Float64Array,
): { readonly name: string; readonly shares: Float64Array } {
  if (chance !== null) return { name: 'random directions', shares: chance.shares };
  const others = b.measured.features - b.zeroFeatures;
  return {
    name: 'random directions, nearest of each',
    shares: randomCosineShares(dims, others, signs, edges),
  };
}

/** Both figures of a comparison; empty if there are no pairs. */
export function comparisonFigures(
  compared: ComparedMatrices,
  provenance: Provenance,
): ReportFigure[] {
  const { comparison } = compared;
  const { pairs, a, b, similarity, threshold, chance } = comparison;
  const cosines = cosineFigure(compared, provenance);
  if (cosines === null || similarity === null) return [];
  return [
    {
      svg: cosines,
      caption: `Fraction of the pairs in bins of ${formatNumber(2 / COSINE_BINS, 3)}: ${similarity.shared} of ${pairs.a.length} pairs are above ${threshold}. Line: ${chance === null ? 'the nearest of all features of B for each random direction, which is more than random pairs have' : 'pairs of random directions, found in the same way'}.`,
      limits: 'It does not show whether features with similar directions mean the same.',
      name: 'cosines',
    },
    {
      svg: capacityPairsFigure(
        {
          labels: ['capacity in A', 'capacity in B'],
          x: valuesAt(a.measured.capacity, pairs.a),
          y: valuesAt(b.measured.capacity, pairs.b),
        },
        { title: 'Capacities of the pairs', subtitle: subtitleOf(compared), provenance },
      ),
      caption:
        'Capacity of each paired feature, measured among all features of its own dictionary, paired or not.',
      name: 'capacities',
    },
  ];
}
