import { version } from '@polysem/core/version';
import { marginalBenefitFigure, phaseOfCapacity } from '@polysem/figures';
import { figure2, figure2Claims, type Figure2 } from '@polysem/runs/reproduce';
import { pricesLink } from './lab-links.ts';
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
  const { importance, kurtosis, capacity } = figure;
  const svg = picture(figure);
  const claims = figure2Claims(figure);
  const count = (keep: (c: number) => boolean): number => capacity.filter(keep).length;
  const total = capacity.reduce((sum, c) => sum + c, 0);
  const [full, ignored] = [count((c) => c === 1), count((c) => c === 0)];
  const shared = capacity.length - full - ignored;
  return {
    found: {
      lead: 'One price.',
      text: `Figure 2 ${claims.every(({ pass }) => pass) ? 'comes out as printed' : 'does not come out as printed'}: at lambda = 10^4, ${full} of 20 features have a dimension of their own, ${shared} share and ${ignored} are ignored, and all that share would gain the same from a little more capacity. Their capacities sum to ${total.toFixed(2)}, so no whole number of dimensions gives exactly this picture.`,
    },
    sections: [
      {
        id: 'figure-2',
        heading: 'Figure 2: all features pay the same price for capacity',
        short: 'Figure 2: one price',
        paragraphs: [
          'The more capacity a feature has, the less it gains from a little more. At the best allocation all features that share dimensions have the same marginal benefit, the price. More important features are worth more than the price even when they have a whole dimension, so they get one. Less important features are worth less even at their first bit of capacity, so they are ignored.',
        ],
        figures: [
          {
            name: 'figure2',
            svg,
            caption: `Each curve is the marginal benefit of one feature, from importance 2 to 2^20; the dashed line is the price. Where a curve crosses it, its feature shares; ${full} curves stay above, ${ignored} below.`,
            limits: `how many dimensions there are. The price is given, and the capacities that follow from it sum to ${total.toFixed(2)}.`,
            lab: [8, 9].map((dims) => pricesLink(`${dims} dimensions`, dims, importance, kurtosis)),
            labNote: 'the lab needs whole dimensions; importances are divided by 1000 there',
          },
        ],
      },
    ],
    tables: [],
    claims,
    results: figure,
  };
}

function picture({ importance, kurtosis, lambda, price, at, benefit, capacity }: Figure2): string {
  return marginalBenefitFigure(
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
}
