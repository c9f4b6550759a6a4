import { colourBarWidth, drawColourBar } from '../marks/colour-bar.ts';
import { underLegend } from '../marks/legend.ts';
import { drawPhaseKey } from '../marks/phase-key.ts';
import { gridAxisSpec } from '../plot/axis.ts';
import type { Box } from '../plot/box.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { layoutPlot } from '../plot/plot.ts';
import { fragment, type Markup } from '../svg/svg.ts';
import { colourScale, type ColourScale } from '../theme/colour.ts';
import { describeDiagram, diagramLegend, drawDiagram, type PhaseDiagramData } from './phase-map.ts';

export type { OverlayLine, OverlayMarker, PhaseDiagramData } from './phase-map.ts';

/** Pixels between the plot and its colour bar, and between the x axis and the key of the phases. */
const BAR_GAP = 22;
const KEY_GAP = 14;

/**
 * Draws a phase diagram: values on a grid as colours, with boundaries and marked points over them.
 * Cells are centred on their values, so the axes extend half a cell beyond them.
 *
 * @param data the grid, its values or phases, and what lies over it
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if values or phases do not fill the grid, a side of the grid is not evenly spaced
 * on its scale, or a phase is unknown.
 * @example
 * ```js
 * import { phaseDiagramFigure } from 'polysem/figures';
 * const x = { label: 'importance V', scale: 'log', values: [0.1, 1, 10] };
 * const y = { label: 'density p', scale: 'log', values: [0.01, 0.1] };
 * const colour = { map: 'viridis', label: 'capacity C' };
 * const data = { x, y, colour, values: [0, 0.5, 1, 0, 0.5, 1] };
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * phaseDiagramFigure(data, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function phaseDiagramFigure(data: PhaseDiagramData, options: FigureOptions): string {
  const scale = colourScale(data.colour, data.values);
  const draw = data.phases === undefined ? drawValues : drawPhases;
  const body = {
    width: 620,
    height: 500,
    description: describeDiagram(data),
    draw: (box: Box) => underLegend(diagramLegend([data]), box, (rest) => draw(data, scale, rest)),
  };
  return figureDocument(body, options);
}

/** A diagram of values with its colour bar at the right. */
function drawValues(data: PhaseDiagramData, scale: ColourScale, box: Box): Markup {
  const bar = colourBarWidth(scale, box.height - 60);
  const { area, markup } = drawDiagram(data, scale, box, { right: BAR_GAP + bar });
  const { x, y, width, height } = area;
  return fragment(markup, drawColourBar(scale, { x: x + width + BAR_GAP, y, height }));
}

/** A diagram of named phases with its key below. */
function drawPhases(data: PhaseDiagramData, scale: ColourScale, box: Box): Markup {
  const { phases = [], x, y } = data;
  const trial = layoutPlot(box, gridAxisSpec(x), gridAxisSpec(y)).area;
  const key = drawPhaseKey(phases, { ...trial, y: 0 }).height + KEY_GAP;
  const { area, markup } = drawDiagram(data, scale, { ...box, height: box.height - key }, {});
  const below = { ...area, y: box.y + box.height - key + KEY_GAP };
  return fragment(markup, drawPhaseKey(phases, below).markup);
}
