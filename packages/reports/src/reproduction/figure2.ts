import { version } from '@polysem/core/version';
import { marginalBenefitFigure, phaseOfCapacity } from '@polysem/figures';
import { figure2, figure2Claims } from '@polysem/runs/reproduce';
import type { ReportPart } from './section.ts';

/**
 * Reproduces Figure 2: capacities of 20 features at a given price.
 *
 * @returns section, claims and results.
 *
 * @example
 * ```js
 * import { figure2Part } from 'polysem/reports';
 * figure2Part().claims.every(({ pass }) => pass); // true
 * ```
 */
export function figure2Part(): ReportPart {
  const figure = figure2();
  const { importance, kurtosis, lambda, price, at, benefit, capacity } = figure;
  const svg = marginalBenefitFigure(
    {
      capacities: at,
      price,
      labelHeading: 'importance',
      curves: importance.map((v, i) => ({
        importance: v,
        benefit: benefit[i],
        optimum: {
          capacity: capacity[i],
          benefit:
            capacity[i] > 0 && capacity[i] < 1
              ? price
              : capacity[i] === 1
                ? benefit[i][100]
                : benefit[i][0],
          phase: phaseOfCapacity(capacity[i], 0),
        },
      })),
    },
    {
      title: 'Marginal benefit of capacity, 20 features',
      subtitle: `importance 2, 4, .. 2^20, kurtosis ${kurtosis}, price 2 lambda^2 with lambda = ${lambda}`,
      provenance: {
        polysem: version,
        seed: null,
        configuration: { figure: 2, importance, kurtosis, lambda },
      },
    },
  );
  return {
    section: {
      id: 'figure-2',
      heading: 'Figure 2: all features pay the same price for capacity',
      paragraphs: [
        'The marginal benefit of capacity decreases as a feature gets more of it. At the optimum all partly represented features have the same marginal benefit: the price. More important features, whose marginal benefit exceeds the price even at C = 1, are fully represented. Less important features, whose marginal benefit is below the price even at C = 0, are ignored.',
      ],
      figures: [
        {
          name: 'figure2',
          svg,
          caption:
            'Each curve is one feature; the dashed line is the price. Seven features are full, six partial and seven ignored. The axis label of the published figure omits the minus sign of -dL/dC.',
        },
      ],
    },
    claims: figure2Claims(figure),
    results: figure,
  };
}
