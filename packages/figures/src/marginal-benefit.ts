import { figureDocument, type FigureOptions } from './figure.ts';
import { drawLegend } from './legend.ts';
import {
  BENEFIT_TITLE,
  CAPACITY_TITLE,
  commonMargins,
  drawMarginalPanel,
  type MarginalBenefitData,
} from './marginal-panel.ts';
import { phaseLegend, type Phase } from './phase.ts';
import { fragment } from './svg.ts';
import { ellipsis, label, textWidth } from './text.ts';

export type { MarginalBenefitData, MarginalCurve } from './marginal-panel.ts';

/**
 * Curves of the marginal benefit -dL/dC over capacity on a log axis, coloured by importance, with
 * the price as a dashed level and the optimum of each feature as the symbol of its phase.
 *
 * @throws RangeError if there are no curves, or one does not fit the capacities.
 */
export function marginalBenefitFigure(data: MarginalBenefitData, options: FigureOptions): string {
  check('marginalBenefitFigure', data);
  return figureDocument(options, {
    width: 680,
    height: 520,
    description: `Marginal benefit over capacity of ${data.curves.length} features`,
    draw: (box) => {
      const legend = drawLegend(phaseLegend(phasesOf([data])), box.x, box.y, box.width);
      const inner = { ...box, y: box.y + legend.height, height: box.height - legend.height };
      const heading = data.labelHeading ?? 'importance';
      return fragment(legend.markup, drawMarginalPanel(data, inner, { heading }));
    },
  });
}

/** One of several small panels. */
export interface MarginalInset extends MarginalBenefitData {
  readonly letter: string;
  /** Such as 'p = 0.8, V = 0.75'. */
  readonly title: string;
}

/**
 * Small panels of marginal benefit in rows of three, such as A to F of a phase diagram. Each has
 * its own log axis; the names of the axes are written once.
 *
 * @throws RangeError if there is no panel, or as `marginalBenefitFigure`.
 */
export function marginalBenefitInsets(
  insets: readonly MarginalInset[],
  options: FigureOptions,
): string {
  if (insets.length === 0) throw new RangeError('marginalBenefitInsets: there is no panel');
  for (const inset of insets) check(`marginalBenefitInsets, ${inset.letter}`, inset);
  const columns = Math.min(3, insets.length);
  const rows = Math.ceil(insets.length / columns);
  return figureDocument(options, {
    width: 40 + 300 * columns,
    height: 90 + 230 * rows,
    description: `Marginal benefit over capacity at ${insets
      .map(({ letter, title }) => `${letter} (${title})`)
      .join(', ')}`,
    draw: (box) => {
      const legend = drawLegend(phaseLegend(phasesOf(insets)), box.x, box.y, box.width);
      const top = box.y + legend.height;
      const [nameWidth, nameHeight, heading] = [22, 20, 26];
      const width = (box.width - nameWidth) / columns;
      const height = (box.y + box.height - top - nameHeight) / rows;
      const margins = commonMargins(insets);
      const panels = insets.map((inset, i) => {
        const x = box.x + nameWidth + (i % columns) * width;
        const y = top + Math.floor(i / columns) * height;
        const start = x + margins.left;
        const letter = ellipsis(inset.letter, 60, 13, true);
        const indent = textWidth(letter, 13, true) + 7;
        const room = { x, y: y + heading, width, height: height - heading };
        return fragment(
          label(start, y + 22, letter, { size: 13, bold: true }),
          label(
            start + indent,
            y + 22,
            ellipsis(inset.title, width - margins.left - indent, 11.5),
            {
              size: 11.5,
              role: 'ps-muted',
            },
          ),
          drawMarginalPanel(inset, room, { ...margins, bare: true, coloursOf: insets }),
        );
      });
      const middle = box.x + nameWidth + (box.width - nameWidth) / 2;
      return fragment(
        legend.markup,
        ...panels,
        label(middle, box.y + box.height - 4, CAPACITY_TITLE, { size: 12, anchor: 'middle' }),
        label(box.x + 11, top + (rows * height) / 2, BENEFIT_TITLE, {
          size: 12,
          anchor: 'middle',
          rotate: -90,
        }),
      );
    },
  });
}

function check(name: string, { curves, capacities }: MarginalBenefitData): void {
  if (curves.length === 0) throw new RangeError(`${name}: there are no curves`);
  curves.forEach(({ benefit }, i) => {
    if (benefit.length !== capacities.length) {
      throw new RangeError(
        `${name}: curve ${i} has ${benefit.length} values for ${capacities.length} capacities`,
      );
    }
  });
}

function phasesOf(panels: readonly MarginalBenefitData[]): Set<Phase> {
  return new Set(
    panels.flatMap(({ curves }) => curves.flatMap(({ optimum }) => optimum?.phase ?? [])),
  );
}
