import { gridAxisSpec } from './axis.ts';
import { colourScale, type ColourScale } from './colour.ts';
import { colourBarHeight, drawLyingColourBar } from './colour-bar.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { layoutPlot, type Box } from './layout.ts';
import { drawLegend } from './legend.ts';
import { drawPhaseKey } from './named-phases.ts';
import {
  describeDiagram,
  diagramLegend,
  drawDiagram,
  type PhaseDiagramData,
} from './phase-diagram.ts';
import { fragment, type Markup } from './svg.ts';
import { label, wrapText } from './text.ts';

/** One of several phase diagrams side by side. */
export interface PhaseDiagramPanel extends PhaseDiagramData {
  readonly title: string;
}

const RIGHT = 24;
const BAR_GAP = 14;
const LONGEST_BAR = 320;

/**
 * Phase diagrams side by side, such as analytic, trained, and their difference. Neighbours whose
 * colours mean the same share one colour bar below them, those of named phases have a key each;
 * neighbours with the same y axis show its
 * title once.
 *
 * @throws RangeError if there is no panel, or as `phaseDiagramFigure`.
 */
export function phaseDiagramPanels(
  panels: readonly PhaseDiagramPanel[],
  options: FigureOptions,
): string {
  if (panels.length === 0) throw new RangeError('phaseDiagramPanels: there is no panel');
  const scales = panels.map((panel) => colourScale(panel.colour, panel.values));
  const runs = runsOf(scales, panels);
  return figureDocument(options, {
    width: 40 + 330 * panels.length,
    height: 470,
    description: panels.map((panel) => `${panel.title}: ${describeDiagram(panel)}`).join('; '),
    draw: (box) => {
      const legend = drawLegend(diagramLegend(panels), box.x, box.y, box.width);
      const bareY = panels.map((panel, i) => i > 0 && sameAxis(panel.y, panels[i - 1].y));
      // Axes take different widths; the plots themselves shall be equally wide.
      const margins = panels.map((panel, i) => {
        const trial = { ...box, height: box.height - legend.height - 100 };
        const spec = [gridAxisSpec(panel.x), gridAxisSpec(panel.y)] as const;
        return layoutPlot(trial, ...spec, { bareY: bareY[i], right: 0 }).area.x - box.x;
      });
      const taken = margins.reduce((sum, margin) => sum + margin + RIGHT, -RIGHT / 2);
      const width = (box.width - taken) / panels.length;
      const titles = panels.map((panel) => wrapText(panel.title, width, 13, { bold: true }));
      const titleHeight = Math.max(...titles.map((lines) => lines.length)) * 17 + 2;
      const barWidth = (run: Run): number =>
        Math.min(LONGEST_BAR, (run.to - run.from) * width + width * 0.9);
      const barHeight = Math.max(
        ...runs.map((run) => colourBarHeight(run.scale, barWidth(run))),
        ...panels.map(({ phases }) =>
          phases === undefined ? 0 : drawPhaseKey(phases, { x: 0, y: 0, width }).height,
        ),
      );
      const top = box.y + legend.height + titleHeight;
      const height = box.height - legend.height - titleHeight - barHeight - BAR_GAP;

      const areas: Box[] = [];
      let left = box.x;
      const drawn: Markup[] = panels.map((panel, i) => {
        const { plot, markup } = drawDiagram(
          panel,
          scales[i],
          { x: left, y: top, width: margins[i] + width + RIGHT, height },
          { bareY: bareY[i], right: RIGHT },
        );
        areas.push(plot.area);
        left += margins[i] + width + RIGHT;
        return fragment(
          titles[i].map((line, l) =>
            label(plot.area.x, top - 17 * (titles[i].length - 1 - l), line, {
              size: 13,
              bold: true,
            }),
          ),
          markup,
        );
      });
      const bars = runs.map((run) => {
        const from = areas[run.from].x;
        const to = areas[run.to].x + areas[run.to].width;
        const length = Math.min(barWidth(run), to - from);
        const x = (from + to - length) / 2;
        return drawLyingColourBar(run.scale, { x, y: top + height + BAR_GAP, width: length });
      });
      const keys = panels.map(({ phases }, i) =>
        phases === undefined
          ? fragment()
          : drawPhaseKey(phases, { ...areas[i], y: top + height + BAR_GAP }).markup,
      );
      return fragment(legend.markup, ...drawn, ...bars, ...keys);
    },
  });
}

interface Run {
  readonly from: number;
  to: number;
  scale: ColourScale;
}

/** Neighbours of one colour bar; those coloured by phase have none. */
function runsOf(scales: readonly ColourScale[], panels: readonly PhaseDiagramPanel[]): Run[] {
  const runs: Run[] = [];
  scales.forEach((scale, i) => {
    if (panels[i].phases !== undefined) return;
    const run = runs.at(-1);
    if (run?.to === i - 1 && sameColours(run.scale, scale)) {
      run.to = i;
      const { below, above } = run.scale;
      run.scale = { ...run.scale, below: below || scale.below, above: above || scale.above };
    } else runs.push({ from: i, to: i, scale });
  });
  return runs;
}

function sameColours(a: ColourScale, b: ColourScale): boolean {
  return (
    a.map === b.map &&
    a.label === b.label &&
    a.unit === b.unit &&
    a.domain[0] === b.domain[0] &&
    a.domain[1] === b.domain[1]
  );
}

function sameAxis(a: PhaseDiagramData['y'], b: PhaseDiagramData['y']): boolean {
  const [first, second] = [Array.from(a.values), Array.from(b.values)];
  return (
    a.label === b.label &&
    a.unit === b.unit &&
    a.scale === b.scale &&
    first.length === second.length &&
    first.every((value, i) => value === second[i])
  );
}
