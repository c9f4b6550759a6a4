import type { GridPoint } from '@polysem/engine/phase';
import { overlap, type Box } from '../plot/box.ts';
import { drawMarks, pixelPlot, type Mark } from '../plot/plot.ts';
import { formatNumber } from '../svg/format.ts';
import { element, fragment, type Markup, type Point } from '../svg/svg.ts';
import { textLine, textWidth } from '../svg/text.ts';
import type { LegendItem } from './legend.ts';
import { haloedLine } from './line.ts';

/** The contour lines of one level over a grid of cells. */
export interface Contour {
  readonly level: number;
  /** In fractional rows and columns, from `contourLines`. */
  readonly lines: readonly (readonly GridPoint[])[];
  /** Draw a thicker line, for levels that bound a named phase. Default false. */
  readonly isNamed?: boolean;
}

const NAME_SIZE = 9.5;
/** Pixels between two candidate places of a label. */
const STEP = 6;

/** A contour in pixels. */
interface PlacedContour {
  readonly level: number;
  readonly isNamed: boolean;
  readonly lines: readonly (readonly Point[])[];
}

/**
 * Draws contour lines over a grid with their levels written on them if there is room. Named levels are
 * thicker and labelled first.
 *
 * @param contours the levels
 * @param grid number of rows and columns of the grid
 * @param avoid boxes in pixels that labels must not cover
 * @throws RangeError if a level or a point is not finite.
 */
export function contourMap(
  contours: readonly Contour[],
  grid: { readonly rows: number; readonly columns: number },
  avoid: readonly Box[] = [],
): Mark {
  return (plot) => {
    const { area } = plot;
    const placed = contours
      .map((contour) => inPixels(contour, grid, area))
      .toSorted((a, b) => Number(b.isNamed) - Number(a.isNamed));
    // Thin lines first: the named ones lie over them.
    const lines = placed
      .toReversed()
      .flatMap(({ lines: all, isNamed }) => all.map((points) => contourLine(points, isNamed)));
    return fragment(
      drawMarks(pixelPlot(area), lines),
      ...labelsOf(placed, area, avoid).map(levelName),
    );
  };
}

function inPixels(
  { level, lines, isNamed = false }: Contour,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  area: Box,
): PlacedContour {
  const [width, height] = [area.width / columns, area.height / rows];
  const place = ([row, column]: GridPoint): Point => {
    if (!Number.isFinite(level + row + column)) {
      throw new RangeError(
        `contour ${level}: level and points must be finite, got (${row}, ${column})`,
      );
    }
    return [area.x + (column + 0.5) * width, area.y + (row + 0.5) * height];
  };
  return { level, isNamed, lines: lines.map((points) => points.map(place)) };
}

/** One contour line: black on white, which is readable on every colour, so it does not follow the theme. */
function contourLine(points: readonly Point[], isNamed: boolean): Mark {
  const width = isNamed ? 1.7 : 0.7;
  const halo = isNamed ? 1.7 : 0.9;
  return haloedLine(points, { stroke: '#111', width, halo, haloStroke: '#fff', haloOpacity: 0.75 });
}

/** Legend entries of the named and the other levels, each with the levels that occur. */
export function contourLegend(
  maps: readonly (readonly [quantity: string, contours: readonly Contour[]])[],
): LegendItem[] {
  const items = new Map<string, { quantity: string; isNamed: boolean; levels: Set<number> }>();
  for (const [quantity, contours] of maps) {
    for (const { level, lines, isNamed = false } of contours) {
      if (lines.length === 0) continue;
      const key = `${Number(!isNamed)}${quantity}`;
      const item = items.get(key) ?? { quantity, isNamed, levels: new Set() };
      items.set(key, item);
      item.levels.add(level);
    }
  }
  const across: readonly Point[] = [
    [-1, 0],
    [1, 0],
  ];
  return [...items]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { quantity, isNamed, levels }]) => ({
      label: `${quantity} = ${listOf([...levels].toSorted((a, b) => a - b))}`,
      width: 26,
      sample: contourLine(across, isNamed),
    }));
}

/** '0.1, 0.47, 0.9', or '0.1 … 0.9' for many. */
function listOf(levels: readonly number[]): string {
  const shown = levels.map((level) => formatNumber(level));
  return shown.length > 5 ? `${shown[0]} … ${shown[shown.length - 1]}` : shown.join(', ');
}

/** The label of a contour with its box. */
interface LevelName {
  readonly content: string;
  readonly isNamed: boolean;
  readonly box: Box;
}

function labelsOf(placed: readonly PlacedContour[], area: Box, avoid: readonly Box[]): LevelName[] {
  const samples = placed.map(({ lines }) => lines.map((points) => pointsAlong(points, STEP)));
  const taken = [...avoid];
  return placed.flatMap(({ level, isNamed }, k) => {
    const content = formatNumber(level);
    const width = textWidth(content, NAME_SIZE, isNamed) + 5;
    const others = samples.filter((_, other) => other !== k).flat(2);
    return samples[k].flatMap((points): LevelName[] => {
      const box = placeOn(points, width, area, taken, others);
      if (box === undefined) return [];
      taken.push(box);
      return [{ content, isNamed, box }];
    });
  });
}

function levelName({ content, isNamed, box }: LevelName): Markup {
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const look = {
    fill: '#111',
    stroke: '#fff',
    'stroke-width': 2.6,
    'stroke-linejoin': 'round',
    'paint-order': 'stroke',
  };
  const style = { size: NAME_SIZE, anchor: 'middle', bold: isNamed, role: '' } as const;
  return element('g', look, textLine(x, y + 3.4, content, style));
}

/** Points at equal distances along a line. */
function pointsAlong(points: readonly Point[], step: number): Point[] {
  const found: Point[] = [];
  let left = step / 2;
  for (let i = 1; i < points.length; i++) {
    const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
    const length = Math.hypot(x1 - x0, y1 - y0);
    for (; left <= length; left += step) {
      found.push([x0 + ((x1 - x0) * left) / length, y0 + ((y1 - y0) * left) / length]);
    }
    left -= length;
  }
  return found;
}

/** The place on a line where a label covers the fewest points of other lines; undefined if it fits nowhere. */
function placeOn(
  points: readonly Point[],
  width: number,
  area: Box,
  taken: readonly Box[],
  others: readonly Point[],
): Box | undefined {
  // A label longer than half its line would hide it.
  if (points.length * STEP < 2 * width) return undefined;
  const height = NAME_SIZE + 3;
  let best: { box: Box; cost: number } | undefined;
  points.forEach(([x, y], i) => {
    const box = { x: x - width / 2, y: y - height / 2, width, height };
    if (!isInside(box, area) || taken.some((other) => overlap(box, other))) return;
    const covered = others.filter(([px, py]) => contains(box, px, py)).length;
    const cost = covered + Math.abs(i / points.length - 0.5);
    if (best === undefined || cost < best.cost) best = { box, cost };
  });
  return best?.box;
}

/** True if a box lies inside an area, at least a pixel from its edge. */
function isInside(box: Box, area: Box): boolean {
  return (
    box.x >= area.x + 1 &&
    box.y >= area.y + 1 &&
    box.x + box.width <= area.x + area.width - 1 &&
    box.y + box.height <= area.y + area.height - 1
  );
}

function contains({ x, y, width, height }: Box, px: number, py: number): boolean {
  return px >= x && px <= x + width && py >= y && py <= y + height;
}
