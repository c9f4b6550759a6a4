import {
  meanLinesFigure,
  phaseDiagramPanelsFigure,
  type MeanPanel,
  type MeanSeries,
  type PhaseDiagramPanel,
  type Provenance,
} from '@polysem/figures';
import type { ResultColumn } from '@polysem/runs/sweep';
import type { ReportFigure } from '../page/page.ts';
import { counted } from '../text/counted.ts';
import { valueText, type ShownAxis } from './axes.ts';
import { domainOf, gridAxis, placesInOrder } from './map-axes.ts';
import type { Layout } from './layout.ts';
import { scalarsOf, type Scalar, type SweepPoint } from './points.ts';
import { meanOf, type Mean } from './statistics.ts';

/** Everything that the figures of a sweep show. */
export interface PictureData {
  readonly columns: readonly ResultColumn[];
  readonly points: readonly SweepPoint[];
  readonly layout: Layout;
  /** Number of seeds per point. */
  readonly seeds: number;
  readonly provenance: Provenance;
}

/** Values above 0 whose largest is this many times the smallest get a log axis. */
const LOG_RATIO = 100;
/** Most single values that lines show as faint points. */
const MOST_SINGLES = 5000;
/** Most features of a map of features. */
const MOST_FEATURES = 400;

/**
 * The figures of a sweep, in the order of its measurements. A number gets lines of means with their standard errors, or a
 * map of its mean and, with several seeds, one of its standard deviation. A list of numbers over a single axis gets a map
 * of its elements; over several axes, its mean over the elements counts as a number.
 *
 * @param data points and layout.
 * @returns the figures; measurements without a finite number have none.
 */
export function sweepPictures(data: PictureData): ReportFigure[] {
  const { columns, layout } = data;
  return scalarsOf(columns).flatMap((scalar) => {
    const isList = columns.some(({ name, type }) => name === scalar.name && type === 'numbers');
    const isAlone = layout.kind === 'lines' && layout.series === null;
    const elements = isList && isAlone ? elementMap(scalar.name, data) : null;
    if (elements !== null) return [elements];
    const means = meansOf(scalar, data);
    if ([...means.values()].every(({ each }) => each.length === 0)) return [];
    return layout.kind === 'map' ? maps(scalar, means, data) : [lines(scalar, means, data)];
  });
}

/** The mean over seeds of each point that the figures show, by the key of its places. */
function meansOf(scalar: Scalar, { points, layout }: PictureData): Map<string, Mean> {
  const means = new Map<string, Mean>();
  for (const point of points) {
    if (layout.held.some(({ place }) => point.places[place] !== 0)) continue;
    means.set(
      keyOf(layout, (place) => point.places[place]),
      meanOf(scalar.of(point)),
    );
  }
  return means;
}

/** The places of a point on the axes that vary within a figure. */
function keyOf({ x, y, series, panels }: Layout, placeOn: (place: number) => number): string {
  return [x, y, series, panels?.axis]
    .map((axis) => (axis === null || axis === undefined ? 0 : placeOn(axis.place)))
    .join();
}

/** Panels of a layout; one without a title if it has none. */
function panelsOf({ panels }: Layout): { readonly at: number; readonly title: string }[] {
  if (panels === null) return [{ at: 0, title: '' }];
  const { axis, shown } = panels;
  return shown.map(({ at, value }) => ({ at, title: `${axis.name} = ${valueText(value)}` }));
}

function lines(scalar: Scalar, means: ReadonlyMap<string, Mean>, data: PictureData): ReportFigure {
  const { layout, provenance } = data;
  const { x, series } = layout;
  const shown = [...means.values()].flatMap(({ each }) => each);
  const hasSingles = shown.length <= MOST_SINGLES;
  const order = x.isNumeric
    ? x.values.map((_, at) => at).toSorted((a, b) => Number(x.values[a]) - Number(x.values[b]))
    : x.values.map((_, at) => at);
  const pointsAt = (line: number, panel: number): MeanSeries['points'] =>
    order.flatMap((at) => {
      const found = means.get([at, 0, line, panel].join());
      if (found === undefined || found.each.length === 0) return [];
      const { mean, error, each } = found;
      const place = x.isNumeric ? Number(x.values[at]) : at;
      return [{ x: place, mean, error, each: hasSingles ? each : [] }];
    });
  const panels = panelsOf(layout).map(({ at, title }): MeanPanel => ({
    title,
    series: (series?.values ?? ['']).map((value, line) => ({
      name: series === null ? '' : `${series.name} = ${valueText(value)}`,
      points: pointsAt(line, at),
    })),
  }));
  const svg = meanLinesFigure(
    {
      x: {
        label: x.label,
        scale: x.scale,
        isWhole: x.isWhole,
        ...(!x.isNumeric && { names: x.values.map(valueText) }),
      },
      y: { label: scalar.label, scale: isWide(shown) ? 'log' : 'linear' },
      panels,
    },
    { provenance },
  );
  const by = series === null ? '' : `, one ${x.isNumeric ? 'line' : 'symbol'} per ${series.name}`;
  const caption = captionOf(scalar, `over ${x.name}${by}`, means, data);
  const singles = hasSingles ? '' : ' The single seeds are too many to draw.';
  return { svg, name: scalar.name, caption: `${caption}${singles}` };
}

/** Maps of the mean and the standard deviation over two axes. */
function maps(scalar: Scalar, means: ReadonlyMap<string, Mean>, data: PictureData): ReportFigure[] {
  const { layout, seeds } = data;
  const { x, y } = layout;
  if (y === null) return [];
  const over = `over ${x.name} and ${y.name}`;
  const isLog = isWide([...means.values()].flatMap(({ each }) => each));
  const mean = mapOf(
    {
      label: isLog ? `log10 of ${scalar.label}` : scalar.label,
      name: scalar.name,
      of: isLog ? (one) => Math.log10(one.mean) : (one) => one.mean,
    },
    means,
    data,
  );
  const figures = [{ ...mean, caption: captionOf(scalar, over, means, data) }];
  const hasSpread = seeds > 1 && [...means.values()].some(({ deviation }) => deviation !== null);
  if (!hasSpread) return figures;
  const label = `standard deviation of ${scalar.label}`;
  const spread = { label, name: `${scalar.name}-spread`, of: (one: Mean) => one.deviation ?? NaN };
  const caption = `Standard deviation of ${scalar.label} over the seeds, ${over}${panelText(layout)}${heldText(layout)}.`;
  return [...figures, { ...mapOf(spread, means, data), caption }];
}

interface MappedValue {
  readonly label: string;
  readonly name: string;
  readonly of: (mean: Mean) => number;
}

function mapOf(
  { label, name, of }: MappedValue,
  means: ReadonlyMap<string, Mean>,
  { layout, provenance }: PictureData,
): Pick<ReportFigure, 'svg' | 'name'> {
  const [x, y] = [layout.x, layout.y as ShownAxis];
  const [columns, rows] = [placesInOrder(x), placesInOrder(y).toReversed()];
  const grids = panelsOf(layout).map(({ at, title }) => ({
    title,
    values: rows.flatMap((row) =>
      columns.map((column) => {
        const found = means.get([column, row, 0, at].join());
        return found === undefined ? NaN : of(found);
      }),
    ),
  }));
  const colour = {
    map: 'viridis',
    label,
    domain: domainOf(
      name,
      grids.flatMap(({ values }) => values),
    ),
  } as const;
  const panels = grids.map(({ title, values }): PhaseDiagramPanel => ({
    title,
    x: gridAxis(x, columns),
    y: gridAxis(y, rows),
    values,
    colour,
  }));
  return { svg: phaseDiagramPanelsFigure(panels, panelSize(panels.length, provenance)), name };
}

function panelSize(panels: number, provenance: Provenance) {
  return panels === 1 ? { width: 560, height: 480, provenance } : { width: 1040, provenance };
}

/** Names of the elements of lists that do not have one per feature. */
const ELEMENTS: Readonly<Record<string, string>> = { losses: 'restart' };

/** A map of the elements of a list over the one axis of a sweep; null if lists differ in length or are too long. */
function elementMap(name: string, data: PictureData): ReportFigure | null {
  const { layout, points, provenance } = data;
  const { x } = layout;
  const lists = new Map<number, readonly (readonly number[])[]>();
  for (const { places, values } of points)
    lists.set(places[x.place], values[name] as readonly (readonly number[])[]);
  const lengths = new Set([...lists.values()].flatMap((each) => each.map((list) => list.length)));
  const [length = 0] = lengths;
  if (lengths.size !== 1 || length < 2 || length > MOST_FEATURES) return null;
  const columns = placesInOrder(x);
  const rows = Array.from({ length }, (_, i) => i);
  const values = rows.flatMap((row) =>
    columns.map((at) => meanOf((lists.get(at) ?? []).map((list) => list[row])).mean),
  );
  const panel = {
    title: '',
    x: gridAxis(x, columns),
    y: {
      label: ELEMENTS[name] ?? 'feature i',
      scale: 'linear',
      values: rows,
      isWhole: true,
    } as const,
    values,
    colour: { map: 'viridis', label: name, domain: domainOf(name, values) } as const,
  };
  const svg = phaseDiagramPanelsFigure([panel], panelSize(1, provenance));
  const mean = data.seeds > 1 ? `: mean over up to ${counted(data.seeds, 'seed')}` : '';
  return {
    svg,
    name,
    caption: `${name} over ${x.name}, one row per ${ELEMENTS[name] ?? 'feature'}${mean}.`,
  };
}

function isWide(values: readonly number[]): boolean {
  let [low, high] = [Infinity, 0];
  for (const value of values) {
    if (!(value > 0)) return false;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high / low >= LOG_RATIO;
}

function captionOf(
  { label, name }: Scalar,
  over: string,
  means: ReadonlyMap<string, Mean>,
  { layout, seeds }: PictureData,
): string {
  let leftOut = 0;
  for (const one of means.values()) leftOut += one.leftOut;
  const what = label === name ? name : `${label} over its elements,`;
  const repeated = seeds > 1 ? `: mean over up to ${counted(seeds, 'seed')}` : '';
  const missing = leftOut === 0 ? '' : ` Left out: ${counted(leftOut, 'value')} not finite.`;
  return `${what} ${over}${panelText(layout)}${heldText(layout)}${repeated}.${missing}`;
}

function panelText({ panels }: Layout): string {
  if (panels === null) return '';
  const { axis, shown } = panels;
  const all = axis.values.length;
  const some = shown.length < all ? ` (${shown.length} of ${all} values)` : '';
  return `, one panel per ${axis.name}${some}`;
}

function heldText({ held }: Layout): string {
  if (held.length === 0) return '';
  const at = held.map(({ name, values }) => `${name} = ${valueText(values[0])}`);
  return `, at ${at.join(' and ')} (other values are in the table)`;
}
