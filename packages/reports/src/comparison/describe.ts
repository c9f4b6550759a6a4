import type { ComparedSide } from '@polysem/core/compare';
import type { ComparedMatrices } from '@polysem/runs/compare';
import { counted } from '../text/counted.ts';
import { labelText } from '../text/label-text.ts';
import { leftOut } from '../text/left-out.ts';
import { number } from '../text/number.ts';
import { table } from '../text/table.ts';
import { withError } from '../text/with-error.ts';
import { comparedFigures } from './rows.ts';
import { chanceWarning, pairingText } from './wording.ts';

/**
 * Describes a comparison in text.
 *
 * @param compared the comparison and its matrices.
 * @returns several lines and tables.
 *
 * @example
 * ```js
 * import { embeddingSource } from 'polysem/embedding';
 * import { polytope } from 'polysem/geometry';
 * import { compareMatrices } from 'polysem/measure';
 * import { describeComparison } from 'polysem/reports';
 * const choice = { tensor: 'W', axis: 'rows', label: 'W', notes: [] };
 * const matrix = { file: 'w.npy', sha256: null, choice, source: embeddingSource(polytope('pentagon')), labels: null };
 * const settings = { centre: false, normalise: false, threads: 1 };
 * const compared = await compareMatrices(matrix, matrix, settings, () => {});
 * describeComparison(compared).split('\n')[0];
 * // 'A  w.npy, W: 5 features in 2 dimensions, rank 2, efficiency 1 (random Gaussian 0.8333)'
 * ```
 */
export function describeComparison(compared: ComparedMatrices): string {
  const { comparison } = compared;
  const { a, b, capacity } = comparison;
  const warning = chanceWarning(comparison);
  const figures = comparedFigures(comparison);
  return [
    ...sideLines('A', compared.a, a),
    ...sideLines('B', compared.b, b),
    '',
    `${pairingText(comparison)}; ${a.unmatched.length} of A and ${b.unmatched.length} of B without a pair`,
    ...(warning === '' ? [] : [warning]),
    ...(figures.length === 0
      ? []
      : [
          '',
          table([
            ['', 'A and B', 'random directions'],
            ...figures.map(({ name, value, chance, spread }) => [
              name,
              number(value, 4),
              chance === null ? '' : spread ? withError(chance, spread) : number(chance, 4),
            ]),
          ]),
        ]),
    ...(capacity === null
      ? []
      : [
          '',
          table([
            ['capacity of the pairs', 'mean', 'median', 'min', 'max', '5 %', '95 %'],
            ['in A', ...four(capacity.a), '', ''],
            ['in B', ...four(capacity.b), '', ''],
            [
              'B minus A',
              ...four(capacity.difference),
              number(capacity.difference.quantiles[0], 4),
              number(capacity.difference.quantiles[3], 4),
            ],
          ]),
          `rank correlation (Spearman) ${capacity.spearman === null ? 'not defined' : number(capacity.spearman, 4)}`,
        ]),
  ].join('\n');
}

function sideLines(
  side: 'A' | 'B',
  { file, choice, skipped = [] }: ComparedMatrices['a'],
  { measured, efficiency, gaussianBaseline, zeroFeatures }: ComparedSide,
): string[] {
  const { features, dims, rank, rankInDoubt } = measured;
  return [
    `${side}  ${file}, ${labelText(choice.label)}: ${counted(features, 'feature')} in ${counted(dims, 'dimension')}, rank ${rank}${rankInDoubt ? ' (in doubt)' : ''}, efficiency ${number(efficiency, 4)} (random Gaussian ${number(gaussianBaseline.efficiency, 4)})` +
      (zeroFeatures > 0 ? `, ${counted(zeroFeatures, 'zero vector')}` : ''),
    ...choice.notes.map((line) => `   ${labelText(line)}`),
    ...(skipped.length === 0 ? [] : [`   ${leftOut(skipped)}`]),
  ];
}

function four(summary: {
  readonly mean: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}): string[] {
  return [summary.mean, summary.median, summary.min, summary.max].map((x) => number(x, 4));
}
