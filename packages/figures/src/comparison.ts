import { makeAxis, type Axis, type AxisSpec } from './axis.ts';
import { axisTitleLines, drawXAxis, xAxisHeight } from './draw-axis.ts';
import { figureDocument, type FigureOptions } from './figure.ts';
import { formatNumber } from './format.ts';
import { plotFrame, type Box } from './layout.ts';
import { drawLegend, type LegendItem } from './legend.ts';
import { element, fragment, polyline, text, type Markup } from './svg.ts';
import { ellipsis, label, textWidth } from './text.ts';

/** One figure of one matrix, and what the same figure is elsewhere. */
export interface ComparedRow {
  readonly name: string;
  readonly value: number;
  /** The ends of its confidence interval. */
  readonly interval?: readonly [number, number];
  /** One a reference; NaN where there is none. */
  readonly references: readonly number[];
}

/** One figure of several matrices, each beside its references. */
export interface ComparisonData {
  readonly label: string;
  readonly unit?: string;
  readonly scale?: 'linear' | 'log';
  /** Default: from 0, or on a log scale from the least value, to the largest. */
  readonly domain?: readonly [number, number];
  /** What the measured value is called. */
  readonly measured: string;
  /** What each reference is called. */
  readonly references: readonly string[];
  readonly rows: readonly ComparedRow[];
}

/** Pixels from one row to the next, at least, of all that is above and below them, and right of the plot. */
const ROW = 20;
const LEAST_ROW = 12;
const AROUND = 150;
const RIGHT = 22;
const NAME_SIZE = 11;
const MOST_NAME = 260;

/**
 * A row a matrix: its value as a disc with its interval, and each reference as an open mark of its own shape. Layers of
 * a model read from the top down.
 *
 * @throws RangeError if there is no row, a row has not one value a reference, or no room is left for the rows.
 */
export function comparisonFigure(data: ComparisonData, options: FigureOptions): string {
  const { rows, references } = data;
  if (rows.length === 0) throw new RangeError('comparisonFigure: there is no row');
  for (const row of rows) {
    if (row.references.length === references.length) continue;
    throw new RangeError(
      `comparisonFigure, ${row.name}: ${row.references.length} values for ${references.length} references`,
    );
  }
  return figureDocument(options, {
    width: 720,
    height: AROUND + ROW * rows.length,
    description: `${data.label} of ${rows.map(({ name }) => name).join(', ')}`,
    draw: (box) => drawComparison(data, box),
  });
}

function drawComparison(data: ComparisonData, box: Box): Markup {
  const { rows, references, measured } = data;
  const items: LegendItem[] = [
    { label: measured, width: 14, sample: disc },
    ...references.map((reference, k): LegendItem => {
      return { label: reference, width: 14, sample: (x, y) => openMark(k, x, y) };
    }),
  ];
  const legend = drawLegend(items, box.x, box.y, box.width);
  const widest = Math.max(...rows.map((row) => textWidth(row.name, NAME_SIZE)));
  const names = Math.min(MOST_NAME, widest) + 10;
  const title = axisTitleLines(axisOf(data), box.width - names);
  const area: Box = {
    x: box.x + names,
    y: box.y + legend.height + 4,
    width: box.width - names - RIGHT,
    height: box.height - legend.height - 4 - xAxisHeight(title.length),
  };
  const pitch = area.height / rows.length;
  if (!(area.width >= 40 && pitch >= LEAST_ROW)) {
    throw new RangeError(`figure: ${box.width} x ${box.height} pixels leave no room for the plot`);
  }
  const x = makeAxis(axisOf(data), [area.x, area.x + area.width], 'x');
  return fragment(
    legend.markup,
    ...x.ticks
      .filter((tick) => tick.label !== '')
      .map(({ value }) =>
        line('ps-grid', [x.position(value), area.y], [x.position(value), area.y + area.height]),
      ),
    plotFrame(area),
    drawXAxis(x, area.y + area.height, title),
    ...rows.map((row, r) => drawRow(row, references, x, area, area.y + (r + 0.5) * pitch)),
  );
}

function drawRow(
  { name, value, interval, references }: ComparedRow,
  called: readonly string[],
  x: Axis,
  area: Box,
  y: number,
): Markup {
  const ends = interval?.map((end) => x.position(end));
  const about = [
    `${name}: ${formatNumber(value)}`,
    ...references.map((reference, k) => `${called[k]} ${formatNumber(reference)}`),
  ].join(', ');
  return element(
    'g',
    {},
    element('title', {}, text(about)),
    label(area.x - 8, y + 4, ellipsis(name, MOST_NAME, NAME_SIZE), {
      size: NAME_SIZE,
      anchor: 'end',
    }),
    line('ps-grid', [area.x, y], [area.x + area.width, y]),
    ...references.map((reference, k) => at(x.position(reference), (px) => openMark(k, px, y))),
    ends === undefined ? fragment() : line('ps-rule', [ends[0], y], [ends[1], y]),
    at(x.position(value), (px) => disc(px, y)),
  );
}

function axisOf({ label: name, unit, scale = 'linear', domain, rows }: ComparisonData): AxisSpec {
  const all = rows
    .flatMap(({ value, interval = [], references }) => [value, ...interval, ...references])
    .filter((value) => Number.isFinite(value) && (scale === 'linear' || value > 0));
  const most = Math.max(...all, scale === 'linear' ? 0 : Number.MIN_VALUE) || 1;
  const least = scale === 'linear' ? Math.min(0, ...all) : Math.min(most, ...all) / 1.3;
  return {
    label: name,
    ...(unit === undefined ? {} : { unit }),
    scale,
    domain: domain ?? [least, most * (scale === 'linear' ? 1.05 : 1.3)],
  };
}

function at(position: number, draw: (x: number) => Markup): Markup {
  return Number.isFinite(position) ? draw(position) : fragment();
}

function line(
  role: string,
  from: readonly [number, number],
  to: readonly [number, number],
): Markup {
  return element('path', {
    class: role,
    'stroke-width': role === 'ps-rule' ? 2 : 1,
    d: polyline([from, to]),
  });
}

function disc(x: number, y: number): Markup {
  return element('circle', { class: 'ps-b0', cx: x, cy: y, r: 4.5 });
}

/** A square, triangles, a diamond, crosses: told apart without colour. */
function openMark(k: number, x: number, y: number): Markup {
  const { strokes, colour } = MARKS[k % MARKS.length];
  const r = 4.6;
  const d = strokes
    .map(({ corners, isClosed }) => {
      const way = polyline(corners.map(([dx, dy]) => [x + r * dx, y + r * dy] as const));
      return isClosed ? `${way}z` : way;
    })
    .join('');
  return element('path', { class: colour, 'stroke-width': 1.5, d });
}

interface Stroke {
  readonly corners: readonly (readonly [number, number])[];
  readonly isClosed: boolean;
}

const closed = (...corners: readonly (readonly [number, number])[]): readonly Stroke[] => [
  { corners, isClosed: true },
];
const crossed = (...ends: readonly (readonly [number, number])[]): readonly Stroke[] =>
  ends.map(([dx, dy]) => ({
    corners: [
      [-dx, -dy],
      [dx, dy],
    ],
    isClosed: false,
  }));

/** Marks around the origin, of radius 1, one a reference. */
const MARKS: readonly { readonly strokes: readonly Stroke[]; readonly colour: string }[] = [
  { strokes: closed([-1, -1], [1, -1], [1, 1], [-1, 1]), colour: 'ps-l1' },
  { strokes: closed([0, -1.2], [1.15, 0.9], [-1.15, 0.9]), colour: 'ps-l2' },
  { strokes: closed([0, -1.35], [1.35, 0], [0, 1.35], [-1.35, 0]), colour: 'ps-l3' },
  { strokes: closed([-1.15, -0.9], [1.15, -0.9], [0, 1.2]), colour: 'ps-l6' },
  { strokes: crossed([1, 1], [1, -1]), colour: 'ps-l5' },
  { strokes: crossed([1.3, 0], [0, 1.3]), colour: 'ps-l4' },
];
