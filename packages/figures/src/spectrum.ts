import type { AxisSpec } from './axis.ts';
import { blockLegend, blockMarker, blockStyle } from './block-style.ts';
import { placeNames } from './end-names.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { formatNumber } from './format.ts';
import { layoutPlot, plotFrame, type Box, type Plot } from './layout.ts';
import { drawLegend, type LegendItem } from './legend.ts';
import {
  checkSpectrum,
  type NullSpectrum,
  type SpectrumData,
  type SpectrumLevel,
} from './spectrum-data.ts';
import { element, fragment, polyline, text, type Markup } from './svg.ts';
import { ellipsis, label, textWidth } from './text.ts';

/** On a log scale eigenvalues below this part of the largest are drawn on the floor. */
const FLOOR = 1e-8;
const LEVEL_NAME = 10.5;

/**
 * The spectrum of an embedding: eigenvalues by rank, marked by block or eigenspace, with gammas as
 * levels, and what a null model would give as a line and its range.
 *
 * @throws RangeError if there is no eigenvalue, they do not descend, are negative beyond rounding or
 * not finite, or a series has another length.
 */
export function spectrumFigure(data: SpectrumData, options: FigureOptions): string {
  checkSpectrum(data);
  const count = data.eigenvalues.length;
  const { nullModel, blockOf } = data;
  const beside = nullModel === undefined ? '' : ` beside ${nullModel.label}`;
  return figureDocument(options, {
    width: 640,
    height: 420,
    description: `${count} eigenvalues in descending order${blockOf ? ', by block' : ''}${beside}`,
    draw: (box) => drawSpectrum(data, box),
  });
}

function drawSpectrum(data: SpectrumData, box: Box): Markup {
  const { eigenvalues, gammas = [], nullModel, scale = 'linear' } = data;
  const n = eigenvalues.length;
  const axis = levelAxis(data);
  const [, floor] = axis.domain;
  const legend = drawLegend(legendOf(data, floor), box.x, box.y, box.width);
  const inner = { ...box, y: box.y + legend.height, height: box.height - legend.height };
  const names = gammas.map(gammaName);
  const widest = Math.max(0, ...names.map((name) => textWidth(name, LEVEL_NAME)));
  const rank: AxisSpec = { label: 'rank', scale: 'linear', domain: [0.5, n + 0.5], isWhole: true };
  const right = gammas.length === 0 ? 22 : Math.min(120, widest) + 20;
  const plot = layoutPlot(inner, rank, axis, { right });
  const { area, x, y } = plot;
  const level = (value: number): number => y.position(Math.max(value, floor));
  const size = Math.min(4.5, Math.max(1.5, (area.width / n) * 0.42));
  const marks = Array.from(eigenvalues, (value, i) => {
    const at = [x.position(i + 1), level(value)] as const;
    const about = element('title', {}, text(`eigenvalue ${i + 1}: ${formatNumber(value)}`));
    const block = data.blockOf === undefined ? 0 : data.blockOf[i];
    const isBelow = scale === 'log' && value < floor;
    return element(
      'g',
      {},
      isBelow ? below(at[0], at[1], size) : blockMarker(block, ...at, size),
      about,
    );
  });
  const grid = y.ticks
    .filter((tick) => tick.label !== '')
    .map(({ value }) => across('ps-grid', area, y.position(value)));
  const shown = gammas.map(({ value }) => (value >= floor ? level(value) : undefined));
  return fragment(
    legend.markup,
    ...grid,
    nullModel === undefined ? [] : drawNull(nullModel, plot, level),
    ...gammas.map(({ block }, i) => {
      const at = shown[i];
      return at === undefined ? fragment() : across(lineRole(block), area, at, '6 3');
    }),
    plotFrame(area),
    ...marks,
    plot.axes,
    ...placeNames(shown, area).map(({ index, at, wanted }) =>
      fragment(
        element('path', {
          class: 'ps-line',
          'stroke-width': 0.8,
          d: polyline([
            [area.x + area.width + 1, wanted],
            [area.x + area.width + 9, at],
          ]),
        }),
        label(area.x + area.width + 12, at + 4, ellipsis(names[index], right - 14, LEVEL_NAME), {
          size: LEVEL_NAME,
        }),
      ),
    ),
  );
}

function levelAxis({
  eigenvalues,
  gammas = [],
  nullModel,
  scale = 'linear',
  label: name,
}: SpectrumData): AxisSpec {
  const all = [
    ...Array.from(eigenvalues),
    ...gammas.map(({ value }) => value),
    ...Array.from(nullModel?.eigenvalues ?? []),
    ...Array.from(nullModel?.high ?? []),
  ];
  const high = Math.max(...all, 0) || 1;
  const common = { label: name ?? 'eigenvalue of S' };
  if (scale === 'linear') return { ...common, scale, domain: [high * 1.06, 0] };
  const shown = [...all, ...Array.from(nullModel?.low ?? [])].filter((v) => v > FLOOR * high);
  const least = shown.length === 0 ? high : Math.min(...shown);
  return { ...common, scale, domain: [high * 1.5, least / 1.8] };
}

function gammaName({ value, block, label: name }: SpectrumLevel): string {
  const letter = block === undefined ? '' : `${blockStyle(block).letter} `;
  return name ?? `${letter}γ = ${formatNumber(value, 3)}`;
}

function lineRole(block?: number): string {
  return block === undefined ? 'ps-rule' : blockStyle(block).line;
}

function sampleOf(role: string, dash?: string): LegendItem['sample'] {
  return (x, y) => across(role, { x: x - 13, y, width: 26, height: 0 }, y, dash);
}

function legendOf(data: SpectrumData, floor: number): LegendItem[] {
  const { eigenvalues, blockOf, blockNames, gammas = [], nullModel, scale } = data;
  const items =
    blockOf === undefined
      ? [
          {
            label: 'eigenvalues',
            width: 12,
            sample: (x: number, y: number) => blockMarker(0, x, y, 4.5),
          },
        ]
      : blockLegend(blockOf, blockNames);
  if (gammas.length > 0) {
    items.push({ label: 'gamma of a block', width: 26, sample: sampleOf('ps-rule', '6 3') });
  }
  if (nullModel !== undefined) {
    items.push({ label: nullModel.label, width: 26, sample: sampleOf('ps-rule') });
    if (nullModel.low !== undefined && nullModel.high !== undefined) {
      items.push({
        label: 'its range',
        width: 22,
        sample: (x, y) =>
          element('rect', {
            class: 'ps-muted',
            opacity: 0.25,
            x: x - 11,
            y: y - 6,
            width: 22,
            height: 12,
          }),
      });
    }
  }
  if (scale === 'log' && Array.from(eigenvalues).some((value) => value < floor)) {
    items.push({
      label: 'zero, or below the axis',
      width: 12,
      sample: (x, y) => below(x, y + 3, 4.5),
    });
  }
  return items;
}

function drawNull(
  { eigenvalues, low, high }: NullSpectrum,
  { x }: Plot,
  level: (value: number) => number,
): Markup {
  const line = (values: ArrayLike<number>): [number, number][] =>
    Array.from(values, (value, i) => [x.position(i + 1), level(value)]);
  const band =
    low === undefined || high === undefined
      ? []
      : [
          element('path', {
            class: 'ps-muted',
            opacity: 0.25,
            d: `${polyline([...line(high), ...line(low).toReversed()])}z`,
          }),
        ];
  return fragment(
    ...band,
    element('path', { class: 'ps-rule', 'stroke-width': 1.4, d: polyline(line(eigenvalues)) }),
  );
}

/** An open triangle on the floor that points down. */
function below(x: number, y: number, r: number): Markup {
  const corners: [number, number][] = [
    [x - r, y - 1.6 * r],
    [x + r, y - 1.6 * r],
    [x, y],
  ];
  return element('path', { class: 'ps-open', 'stroke-width': 1.1, d: `${polyline(corners)}z` });
}

function across(role: string, { x, width }: Box, y: number, dash?: string): Markup {
  return element('path', {
    class: role,
    'stroke-width': 1.3,
    'stroke-dasharray': dash,
    d: polyline([
      [x, y],
      [x + width, y],
    ]),
  });
}
