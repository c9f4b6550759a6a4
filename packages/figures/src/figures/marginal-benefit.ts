import { underLegend } from '../marks/legend.ts';
import { phaseLegend } from '../marks/phase-symbol.ts';
import type { Box } from '../plot/box.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import type { Phase } from '../theme/phase.ts';
import { drawMarginalPanel, type MarginalBenefitData } from './marginal-panel.ts';

export type { MarginalBenefitData, MarginalCurve } from './marginal-panel.ts';

/**
 * Draws the marginal benefit -dL/dC of features over their capacity on a log axis, coloured by importance, with the
 * price as a dashed level and the optimum of each feature as the symbol of its phase.
 *
 * Source: arXiv:2210.01892, section 2 and figure 2.
 *
 * @param data the curves, the price and the optima
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if there are no curves, or a curve does not have one value per capacity.
 * @example
 * ```js
 * import { marginalBenefitFigure } from 'polysem/figures';
 * const curves = [{ importance: 1, benefit: [8, 2] }, { importance: 0.5, benefit: [2, 0.5] }];
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * const svg = marginalBenefitFigure({ capacities: [0, 1], curves, price: 2 }, { provenance });
 * svg.startsWith('<svg'); // true
 * ```
 */
export function marginalBenefitFigure(data: MarginalBenefitData, options: FigureOptions): string {
  checkCurves('marginalBenefitFigure', data);
  const heading = data.labelHeading ?? 'importance';
  const body = {
    width: 680,
    height: 520,
    description: `Marginal benefit over capacity of ${data.curves.length} features`,
    draw: (box: Box) =>
      underLegend(phaseLegend(phasesOf([data])), box, (rest) =>
        drawMarginalPanel(data, rest, { heading }),
      ),
  };
  return figureDocument(body, options);
}

/**
 * Checks the curves of a panel.
 *
 * @throws RangeError if there is no curve, or a curve does not have one value per capacity.
 */
export function checkCurves(name: string, { curves, capacities }: MarginalBenefitData): void {
  if (curves.length === 0) throw new RangeError(`${name}: needs at least one curve`);
  curves.forEach(({ benefit }, i) => {
    if (benefit.length !== capacities.length) {
      throw new RangeError(
        `${name}: curve ${i} must have a value for each of ${capacities.length} capacities, got ${benefit.length}`,
      );
    }
  });
}

/** The phases that occur in some panels. */
export function phasesOf(panels: readonly MarginalBenefitData[]): Set<Phase> {
  return new Set(
    panels.flatMap(({ curves }) => curves.flatMap(({ optimum }) => optimum?.phase ?? [])),
  );
}
