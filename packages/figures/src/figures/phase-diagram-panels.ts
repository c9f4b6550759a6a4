import { colourBarHeight, drawHorizontalColourBar } from '../marks/colour-bar.ts';
import { underLegend } from '../marks/legend.ts';
import { drawPhaseKey } from '../marks/phase-key.ts';
import { gridAxisSpec } from '../plot/axis.ts';
import type { Box } from '../plot/box.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { panelGrid, type PanelGrid } from '../plot/panels.ts';
import { layoutPlot } from '../plot/plot.ts';
import { fragment, type Markup } from '../svg/svg.ts';
import { textLine, wrapText } from '../svg/text.ts';
import { colourScale, type ColourScale } from '../theme/colour.ts';
import { describeDiagram, diagramLegend, drawDiagram, type PhaseDiagramData } from './phase-map.ts';

/** One panel of `phaseDiagramPanelsFigure`. */
export interface PhaseDiagramPanel extends PhaseDiagramData {
  readonly title: string;
}

/** Usual and minimum width of a panel, and height of a row, in pixels. */
const PANEL = 330;
const LEAST_PANEL = 210;
const ROW = 380;
/** Pixels right of each plot, and above the colour bars. */
const RIGHT = 24;
const BAR_GAP = 14;
const LONGEST_BAR = 320;
const TITLE_SIZE = 13;
const TITLE_LEADING = 17;

/**
 * Draws phase diagrams side by side, such as predicted, trained, and their difference. Neighbours with
 * the same colours share one colour bar below them; diagrams of named phases have a key each.
 * Neighbours with the same y axis show its title once.
 *
 * @param panels the diagrams, from left to right; in several rows if the figure is narrow
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if there is no panel, or for the reasons of `phaseDiagramFigure`.
 * @example
 * ```js
 * import { phaseDiagramPanelsFigure } from 'polysem/figures';
 * const x = { label: 'importance V', scale: 'log', values: [0.1, 1] };
 * const y = { label: 'density p', scale: 'log', values: [0.01, 0.1] };
 * const colour = { map: 'viridis', label: 'capacity C' };
 * const panels = [{ title: 'Predicted', x, y, colour, values: [0, 1, 0.5, 1] }];
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * phaseDiagramPanelsFigure(panels, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function phaseDiagramPanelsFigure(
  panels: readonly PhaseDiagramPanel[],
  options: FigureOptions,
): string {
  if (panels.length === 0) {
    throw new RangeError('phaseDiagramPanelsFigure: needs at least one panel');
  }
  const scaled = panels.map((panel) => ({
    panel,
    scale: colourScale(panel.colour, panel.values),
  }));
  const gridOf = (width: number): PanelGrid => panelGrid(panels.length, width, LEAST_PANEL);
  const body = {
    width: 40 + PANEL * panels.length,
    height: (width: number) => 90 + ROW * gridOf(width - 32).rows,
    description: panels.map((panel) => `${panel.title}: ${describeDiagram(panel)}`).join('; '),
    draw: (box: Box) => {
      const { columns, rows } = gridOf(box.width);
      return underLegend(diagramLegend(panels), box, (rest) =>
        fragment(
          ...Array.from({ length: rows }, (_, row) => {
            const height = rest.height / rows;
            const strip = { ...rest, y: rest.y + row * height, height };
            return drawRow(scaled.slice(row * columns, (row + 1) * columns), strip);
          }),
        ),
      );
    },
  };
  return figureDocument(body, options);
}

interface ScaledPanel {
  readonly panel: PhaseDiagramPanel;
  readonly scale: ColourScale;
}

/** Panels side by side, their titles above and their colour bars and keys below. */
function drawRow(row: readonly ScaledPanel[], box: Box): Markup {
  const bareY = row.map(({ panel }, i) => i > 0 && hasSameAxis(panel.y, row[i - 1].panel.y));
  const margins = axisWidths(row, bareY, box);
  const taken = margins.reduce((sum, margin) => sum + margin + RIGHT, -RIGHT / 2);
  const width = (box.width - taken) / row.length;
  const titles = row.map(({ panel }) => wrapText(panel.title, width, TITLE_SIZE, { bold: true }));
  const titleHeight = Math.max(...titles.map((lines) => lines.length)) * TITLE_LEADING + 2;
  const bars = sharedBars(row);
  const top = box.y + titleHeight;
  const height = box.height - titleHeight - barsHeight(row, bars, width) - BAR_GAP;

  const areas: Box[] = [];
  let left = box.x;
  const drawn = row.map(({ panel, scale }, i) => {
    const room = { x: left, y: top, width: margins[i] + width + RIGHT, height };
    const { area, markup } = drawDiagram(panel, scale, room, { bareY: bareY[i], right: RIGHT });
    areas.push(area);
    left += room.width;
    const title = titles[i].map((line, l) => {
      const y = top - TITLE_LEADING * (titles[i].length - 1 - l);
      return textLine(area.x, y, line, { size: TITLE_SIZE, bold: true });
    });
    return fragment(title, markup);
  });
  const below = top + height + BAR_GAP;
  const keys = row.map(({ panel: { phases } }, i) =>
    phases === undefined ? fragment() : drawPhaseKey(phases, { ...areas[i], y: below }).markup,
  );
  return fragment(...drawn, ...bars.map((bar) => drawBar(bar, areas, below, width)), ...keys);
}

/** Width in pixels of the y axis of each panel; the plots share the rest equally. */
function axisWidths(row: readonly ScaledPanel[], bareY: readonly boolean[], box: Box): number[] {
  const trial = { ...box, width: Math.max(box.width, 200), height: box.height - 100 };
  return row.map(({ panel }, i) => {
    const options = { bareY: bareY[i] === true, right: 0 };
    return layoutPlot(trial, gridAxisSpec(panel.x), gridAxisSpec(panel.y), options).area.x - box.x;
  });
}

/** A colour bar that panels `from` to `to` share. */
interface SharedBar {
  readonly from: number;
  to: number;
  scale: ColourScale;
}

/** The colour bars of a row; diagrams of named phases have none. */
function sharedBars(row: readonly ScaledPanel[]): SharedBar[] {
  const bars: SharedBar[] = [];
  row.forEach(({ panel, scale }, i) => {
    if (panel.phases !== undefined) return;
    const bar = bars.at(-1);
    if (bar?.to === i - 1 && hasSameColours(bar.scale, scale)) {
      bar.to = i;
      const { below, above } = bar.scale;
      bar.scale = { ...bar.scale, below: below || scale.below, above: above || scale.above };
    } else bars.push({ from: i, to: i, scale });
  });
  return bars;
}

/** Width of a colour bar under panels that are each `width` pixels wide. */
function barWidth({ from, to }: SharedBar, width: number): number {
  return Math.min(LONGEST_BAR, (to - from) * width + width * 0.9);
}

function barsHeight(
  row: readonly ScaledPanel[],
  bars: readonly SharedBar[],
  width: number,
): number {
  return Math.max(
    ...bars.map((bar) => colourBarHeight(bar.scale, barWidth(bar, width))),
    ...row.map(({ panel: { phases } }) =>
      phases === undefined ? 0 : drawPhaseKey(phases, { x: 0, y: 0, width }).height,
    ),
  );
}

function drawBar(bar: SharedBar, areas: readonly Box[], y: number, width: number): Markup {
  const from = areas[bar.from].x;
  const to = areas[bar.to].x + areas[bar.to].width;
  const length = Math.min(barWidth(bar, width), to - from);
  return drawHorizontalColourBar(bar.scale, { x: (from + to - length) / 2, y, width: length });
}

function hasSameColours(a: ColourScale, b: ColourScale): boolean {
  return (
    a.map === b.map &&
    a.label === b.label &&
    a.unit === b.unit &&
    a.domain[0] === b.domain[0] &&
    a.domain[1] === b.domain[1]
  );
}

function hasSameAxis(a: PhaseDiagramData['y'], b: PhaseDiagramData['y']): boolean {
  const [first, second] = [Array.from(a.values), Array.from(b.values)];
  return (
    a.label === b.label &&
    a.unit === b.unit &&
    a.scale === b.scale &&
    first.length === second.length &&
    first.every((value, i) => value === second[i])
  );
}
