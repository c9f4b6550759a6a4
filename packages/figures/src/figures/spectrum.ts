import { band } from '../marks/band.ts';
import { blockLegend, blockSymbol } from '../marks/block-symbol.ts';
import { dot, type DotStyle } from '../marks/dot.ts';
import { endNames } from '../marks/end-names.ts';
import { frame } from '../marks/frame.ts';
import { gridY } from '../marks/grid.ts';
import { lineItem, underLegend, type LegendItem } from '../marks/legend.ts';
import { line } from '../marks/line.ts';
import { fill } from '../marks/rect.ts';
import { ruleY } from '../marks/rule.ts';
import type { AxisSpec } from '../plot/axis.ts';
import type { Box } from '../plot/box.ts';
import { figureDocument, type FigureOptions } from '../plot/document.ts';
import { drawMarks, layoutPlot, type Mark } from '../plot/plot.ts';
import { formatNumber } from '../svg/format.ts';
import { fragment, type Markup, type Point } from '../svg/svg.ts';
import { textWidth } from '../svg/text.ts';
import { blockStyle } from '../theme/block-style.ts';
import {
  checkSpectrum,
  type NullSpectrum,
  type SpectrumData,
  type SpectrumLevel,
} from './spectrum-data.ts';

export type { NullSpectrum, SpectrumData, SpectrumLevel } from './spectrum-data.ts';

/** On a log scale, smaller eigenvalues than this fraction of the largest are drawn on the floor. */
const FLOOR = 1e-8;
const NAME_SIZE = 10.5;
/** Longest name of a gamma in pixels. */
const LONGEST_NAME = 120;

/**
 * Draws the spectrum of an embedding: eigenvalues by rank, marked by block or eigenspace, with
 * gammas as levels, and the eigenvalues of a null model as a line with its range.
 *
 * @param data eigenvalues, blocks, gammas and null model
 * @param options title, size, theme and provenance
 * @returns an SVG document
 * @throws RangeError if there is no eigenvalue, they do not descend, are negative beyond rounding or
 * not finite, or a list has another length.
 * @example
 * ```js
 * import { spectrumFigure } from 'polysem/figures';
 * const data = { eigenvalues: [2, 2, 1], blockOf: [0, 0, 1], gammas: [{ value: 2, block: 0 }] };
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * spectrumFigure(data, { provenance }).startsWith('<svg'); // true
 * ```
 */
export function spectrumFigure(data: SpectrumData, options: FigureOptions): string {
  checkSpectrum(data);
  const { eigenvalues, nullModel, blockOf } = data;
  const reference = nullModel === undefined ? '' : `, with ${nullModel.label}`;
  const body = {
    width: 640,
    height: 420,
    description: `${eigenvalues.length} eigenvalues in descending order${blockOf ? ', by block' : ''}${reference}`,
    draw: (box: Box) => underLegend(legendOf(data), box, (rest) => drawSpectrum(data, rest)),
  };
  return figureDocument(body, options);
}

function drawSpectrum(data: SpectrumData, box: Box): Markup {
  const { eigenvalues, gammas = [], nullModel } = data;
  const n = eigenvalues.length;
  const axis = levelAxis(data);
  const [, floor] = axis.domain;
  const widest = Math.max(0, ...gammas.map((gamma) => textWidth(gammaName(gamma), NAME_SIZE)));
  const names = Math.min(LONGEST_NAME, widest, 0.3 * box.width);
  const rank: AxisSpec = { label: 'rank', scale: 'linear', domain: [0.5, n + 0.5], isWhole: true };
  const plot = layoutPlot(box, rank, axis, { right: gammas.length === 0 ? 22 : names + 20 });
  const shown = gammas.filter(({ value }) => value >= floor);
  return fragment(
    drawMarks(
      plot,
      gridY(),
      nullModel === undefined ? [] : nullMarks(nullModel, floor),
      shown.map(({ value, block }) =>
        ruleY(value, { role: lineRole(block), width: 1.3, dash: '6 3' }),
      ),
      frame(),
      eigenvalueMarks(data, floor, Math.min(4.5, Math.max(1.5, (plot.area.width / n) * 0.42))),
    ),
    plot.axes,
    drawMarks(
      plot,
      endNames(
        shown.map((gamma) => ({ at: gamma.value, name: gammaName(gamma) })),
        { size: NAME_SIZE, width: 0.8, longest: names + 6 },
      ),
    ),
  );
}

function eigenvalueMarks(
  { eigenvalues, blockOf, scale }: SpectrumData,
  floor: number,
  size: number,
): Mark[] {
  return Array.from(eigenvalues, (value, i) => {
    const isBelow = scale === 'log' && value < floor;
    const look = isBelow
      ? belowStyle(size)
      : blockSymbol(blockOf === undefined ? 0 : blockOf[i], size);
    const about = `eigenvalue ${i + 1}: ${formatNumber(value)}`;
    return dot(i + 1, Math.max(value, floor), { ...look, about });
  });
}

function levelAxis({
  eigenvalues,
  gammas = [],
  nullModel,
  scale = 'linear',
  label = 'eigenvalue of S',
}: SpectrumData): AxisSpec {
  const all = [
    ...Array.from(eigenvalues),
    ...gammas.map(({ value }) => value),
    ...Array.from(nullModel?.eigenvalues ?? []),
    ...Array.from(nullModel?.high ?? []),
  ];
  const high = Math.max(...all, 0) || 1;
  if (scale === 'linear') return { label, scale, domain: [high * 1.06, 0] };
  const shown = [...all, ...Array.from(nullModel?.low ?? [])].filter((v) => v > FLOOR * high);
  const least = shown.length === 0 ? high : Math.min(...shown);
  return { label, scale, domain: [high * 1.5, least / 1.8] };
}

function gammaName({ value, block, label }: SpectrumLevel): string {
  const letter = block === undefined ? '' : `${blockStyle(block).letter} `;
  return label ?? `${letter}γ = ${formatNumber(value, 3)}`;
}

function lineRole(block?: number): string {
  return block === undefined ? 'ps-rule' : blockStyle(block).line;
}

/** An open triangle that points down, for eigenvalues below the axis. */
function belowStyle(r: number): DotStyle {
  return { symbol: 'triangle-down', role: 'ps-open', r: 0.8 * r, outline: 1.1, dy: -r };
}

function legendOf(data: SpectrumData): LegendItem[] {
  const { eigenvalues, blockOf, blockNames, gammas = [], nullModel, scale } = data;
  const [, floor] = levelAxis(data).domain;
  const items =
    blockOf === undefined
      ? [{ label: 'eigenvalues', width: 12, sample: dot(0, 0, blockSymbol(0, 4.5)) }]
      : blockLegend(blockOf, blockNames);
  if (gammas.length > 0) items.push(lineItem('gamma of a block', { width: 1.3, dash: '6 3' }));
  if (nullModel !== undefined) {
    items.push(lineItem(nullModel.label, { width: 1.3 }));
    if (nullModel.low !== undefined && nullModel.high !== undefined) {
      const sample = fill({ role: 'ps-muted', opacity: 0.25 });
      items.push({ label: `range of ${nullModel.label}`, width: 22, sample });
    }
  }
  if (scale === 'log' && Array.from(eigenvalues).some((value) => value < floor)) {
    items.push({
      label: 'zero, or below the axis',
      width: 12,
      sample: dot(0, -0.7, belowStyle(4.5)),
    });
  }
  return items;
}

function nullMarks({ label, eigenvalues, low, high }: NullSpectrum, floor: number): Mark[] {
  const points = (values: ArrayLike<number>): Point[] =>
    Array.from(values, (value, i) => [i + 1, Math.max(value, floor)]);
  return [
    ...(low === undefined || high === undefined ? [] : [band(points(high), points(low))]),
    line(points(eigenvalues), { width: 1.4, about: label }),
  ];
}
