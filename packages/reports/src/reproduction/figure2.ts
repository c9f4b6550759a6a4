import { version } from '@polysem/core';
import { marginalBenefitFigure, phaseOfCapacity } from '@polysem/figures';
import { figure2, figure2Claims } from '@polysem/runs';
import type { ReportPart } from './section.ts';

/** Figure 2: what the price does. */
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
      heading: 'Figure 2: one price for all',
      paragraphs: [
        'What a little more capacity is worth falls as a feature gets more of it. At the optimum all features that are partly represented have the same marginal benefit, the price; the more important ones, worth more even with a dimension of their own, are full; the less important ones, worth less even at first, are ignored.',
      ],
      figures: [
        {
          name: 'figure2',
          svg,
          caption:
            'Each curve is one feature; the dashed level is the price. Seven features are full, six partial, seven ignored. The published axis drops the minus of -dL/dC.',
        },
      ],
    },
    claims: figure2Claims(figure),
    results: figure,
  };
}
