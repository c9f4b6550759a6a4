import type { AxisSpec } from './axis.ts';
import {
  COST_TITLE,
  costLine,
  costMarker,
  costStyle,
  drawCostPanel,
  widened,
  type CostCurve,
  type CostPanel,
} from './cost-panel.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { formatNumber } from './format.ts';
import { drawLegend, type LegendItem } from './legend.ts';
import { fragment } from './svg.ts';

export type { CostCurve, CostPanel } from './cost-panel.ts';

const COLUMNS = 2;
const SAMPLE = 30;
const LEGEND_GAP = 6;

/**
 * What a training step costs against the sizes of the work: a small panel a size in rows of two, log-log, on one scale
 * of time; a line for each density and number of threads.
 *
 * @throws RangeError if there is no panel, a panel has no curve, or a curve's times do not fit its sizes.
 */
export function trainingCostFigure(panels: readonly CostPanel[], options: FigureOptions): string {
  check(panels);
  const curves = panels.flatMap((panel) => panel.curves);
  const densities = distinct(curves.map(({ density }) => density)).toReversed();
  const threadCounts = distinct(curves.map(({ threads }) => threads));
  const styleOf = (curve: Pick<CostCurve, 'density' | 'threads'>) =>
    costStyle(curve, densities, threadCounts);
  const times = curves.flatMap(({ microseconds }) => Array.from(microseconds));
  const [least, most] = widened(times, 1.5);
  const yAxis: AxisSpec = { ...COST_TITLE, scale: 'log', domain: [most, least] };
  const columns = Math.min(COLUMNS, panels.length);
  const rows = Math.ceil(panels.length / columns);
  const items = [
    ...densities.map((density): LegendItem => {
      const style = styleOf({ density, threads: threadCounts[0] });
      return {
        label: `density ${formatNumber(density)}`,
        width: SAMPLE,
        sample: (x, y) => fragment(costLine(across(x, y), style), costMarker(x, y, style)),
      };
    }),
    ...(threadCounts.length > 1 ? threadCounts : []).map((threads): LegendItem => {
      const { dash } = styleOf({ density: densities[0], threads });
      return {
        label: threads === 1 ? '1 thread' : `${formatNumber(threads)} threads`,
        width: SAMPLE,
        sample: (x, y) => costLine(across(x, y), { colour: 'ps-rule', isRound: true, dash }),
      };
    }),
  ];
  return figureDocument(options, {
    width: 40 + 350 * columns,
    height: 90 + 265 * rows,
    description: `Time of a training step against ${panels.map(({ label: name }) => name).join(', ')}`,
    draw: (box) => {
      const legend = drawLegend(items, box.x, box.y, box.width);
      const top = box.y + legend.height + LEGEND_GAP;
      const width = box.width / columns;
      const height = (box.y + box.height - top) / rows;
      const drawn = panels.map((panel, i) =>
        drawCostPanel(panel, yAxis, styleOf, {
          x: box.x + (i % columns) * width,
          y: top + Math.floor(i / columns) * height,
          width,
          height,
        }),
      );
      return fragment(legend.markup, ...drawn);
    },
  });
}

function across(x: number, y: number): [number, number][] {
  return [
    [x - SAMPLE / 2, y],
    [x + SAMPLE / 2, y],
  ];
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].toSorted((a, b) => a - b);
}

function check(panels: readonly CostPanel[]): void {
  if (panels.length === 0) throw new RangeError('trainingCostFigure: there is no panel');
  for (const { label: name, curves } of panels) {
    if (curves.length === 0) throw new RangeError(`trainingCostFigure, ${name}: there is no curve`);
    curves.forEach(({ sizes, microseconds }, i) => {
      if (sizes.length !== microseconds.length) {
        throw new RangeError(
          `trainingCostFigure, ${name}: curve ${i} has ${microseconds.length} times for ${sizes.length} sizes`,
        );
      }
    });
  }
}
