import { underLegend } from '../marks/legend.ts';
import { phaseLegend } from '../marks/phase-symbol.ts';
import { withoutTop, type Box } from '../plot/box.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { TITLE_SIZE } from '../plot/draw-axis.ts';
import { panelBox, panelGrid, type PanelGrid } from '../plot/panels.ts';
import { fragment, type Markup } from '../svg/svg.ts';
import { ellipsis, textLine, textWidth } from '../svg/text.ts';
import { checkCurves, phasesOf } from './marginal-benefit.ts';
import {
  BENEFIT_TITLE,
  CAPACITY_TITLE,
  commonMargins,
  drawMarginalPanel,
  type MarginalBenefitData,
} from './marginal-panel.ts';

/** One panel of `marginalBenefitPanelsFigure`. */
export interface MarginalBenefitPanel extends MarginalBenefitData {
  /** Such as the letter of a point of a phase diagram. */
  readonly letter: string;
  /** Such as 'p = 0.8, V = 0.75'. */
  readonly title: string;
}

const COLUMNS = 3;
/** Minimum width of a panel in pixels. */
const LEAST_PANEL = 190;
/** Pixels of the titles of the common axes, and of the heading of a panel. */
const Y_TITLE = 22;
const X_TITLE = 20;
const HEADING = 26;

/**
 * Draws small panels of marginal benefit in rows of three, such as one per marked point of a phase
 * diagram. Each panel has its own log axis; the titles of the axes are written once.
 *
 * @param panels the panels, by rows
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if there is no panel, or for the reasons of `marginalBenefitFigure`.
 * @example
 * ```js
 * import { marginalBenefitPanelsFigure } from 'polysem/figures';
 * const curves = [{ importance: 1, benefit: [8, 2] }];
 * const panels = [{ letter: 'A', title: 'p = 0.1', capacities: [0, 1], curves }];
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * marginalBenefitPanelsFigure(panels, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function marginalBenefitPanelsFigure(
  panels: readonly MarginalBenefitPanel[],
  options: FigureOptions,
): string {
  if (panels.length === 0) {
    throw new RangeError('marginalBenefitPanelsFigure: needs at least one panel');
  }
  for (const panel of panels) checkCurves(`marginalBenefitPanelsFigure, ${panel.letter}`, panel);
  const gridOf = (width: number): PanelGrid =>
    panelGrid(panels.length, width - Y_TITLE, LEAST_PANEL, COLUMNS);
  const named = panels.map(({ letter, title }) => `${letter} (${title})`);
  const body = {
    width: 40 + 300 * Math.min(COLUMNS, panels.length),
    height: (width: number) => 90 + 230 * gridOf(width - 32).rows,
    description: `Marginal benefit over capacity at ${named.join(', ')}`,
    draw: (box: Box) =>
      underLegend(phaseLegend(phasesOf(panels)), box, (rest) =>
        drawPanels(panels, gridOf(box.width), rest),
      ),
  };
  return figureDocument(body, options);
}

function drawPanels(panels: readonly MarginalBenefitPanel[], grid: PanelGrid, box: Box): Markup {
  const inner = {
    x: box.x + Y_TITLE,
    y: box.y,
    width: box.width - Y_TITLE,
    height: box.height - X_TITLE,
  };
  const { left, right } = commonMargins(panels);
  const drawn = panels.map((panel, i) => {
    const room = panelBox(grid, i, inner);
    const margins = { left, right: Math.min(right, 0.45 * room.width) };
    return fragment(
      panelHeading(panel, room, left),
      drawMarginalPanel(panel, withoutTop(room, HEADING), {
        ...margins,
        bare: true,
        coloursOf: panels,
      }),
    );
  });
  const style = { size: TITLE_SIZE, anchor: 'middle' } as const;
  return fragment(
    ...drawn,
    textLine(inner.x + inner.width / 2, box.y + box.height - 4, CAPACITY_TITLE, style),
    textLine(box.x + 11, inner.y + inner.height / 2, BENEFIT_TITLE, { ...style, rotate: -90 }),
  );
}

function panelHeading({ letter, title }: MarginalBenefitPanel, box: Box, left: number): Markup {
  const [x, y] = [box.x + left, box.y + 22];
  const shown = ellipsis(letter, 60, 13, true);
  const indent = textWidth(shown, 13, true) + 7;
  return fragment(
    textLine(x, y, shown, { size: 13, bold: true }),
    textLine(x + indent, y, ellipsis(title, box.width - left - indent, 11.5), {
      size: 11.5,
      role: 'ps-muted',
    }),
  );
}
