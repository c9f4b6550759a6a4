import type { GridPoint } from '@polysem/engine/phase';
import { formatNumber } from './format.ts';
import { overlap, type Box } from './layout.ts';
import type { LegendItem } from './legend.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';
import { label, textWidth } from './text.ts';

/** The contour lines of one level over a grid of cells. */
export interface Contour {
  readonly level: number;
  /** In fractional rows and columns, as `contourLines` of the core gives them. */
  readonly lines: readonly (readonly GridPoint[])[];
  /** Whether it bounds what has a name, and stands out from the other levels. Default false. */
  readonly isNamed?: boolean;
}

export type Point = readonly [x: number, y: number];

const NAME_SIZE = 9.5;
/** Pixels between two places at which a label may stand. */
const STEP = 6;

/**
 * Contour lines over a grid, thin, with their levels written onto them where there is room; named
 * levels are thicker and labelled first.
 *
 * @param taken what labels must not cover
 * @throws RangeError if a level or a point is not finite.
 */
export function drawContours(
  contours: readonly Contour[],
  rows: number,
  columns: number,
  area: Box,
  taken: readonly Box[],
): Markup {
  const [width, height] = [area.width / columns, area.height / rows];
  const drawn = contours
    .map(({ level, lines, isNamed = false }) => ({
      level,
      isNamed,
      lines: lines.map((line) =>
        line.map(([row, column]): Point => {
          if (!Number.isFinite(level + row + column)) {
            throw new RangeError(
              `contour ${level}: a point must be finite, got (${row}, ${column})`,
            );
          }
          return [area.x + (column + 0.5) * width, area.y + (row + 0.5) * height];
        }),
      ),
    }))
    .toSorted((a, b) => Number(b.isNamed) - Number(a.isNamed));
  const samples = drawn.map(({ lines }) => lines.map((line) => along(line, STEP)));
  const boxes = [...taken];
  const names = drawn.flatMap(({ level, isNamed }, k) =>
    samples[k].flatMap((line) => {
      const content = formatNumber(level);
      const others = samples.filter((_, other) => other !== k).flat(2);
      const place = placeOn(line, textWidth(content, NAME_SIZE, isNamed) + 5, area, boxes, others);
      if (place === undefined) return [];
      boxes.push(place);
      const middle = place.x + place.width / 2;
      return [levelName(middle, place.y + place.height / 2, content, isNamed)];
    }),
  );
  return fragment(
    // Thin ones first, so that the named ones lie over them.
    ...drawn
      .toReversed()
      .flatMap(({ lines, isNamed }) => lines.map((line) => contourLine(line, isNamed))),
    ...names,
  );
}

/** Legend entries of the named levels and of the others, each with the levels that occur. */
export function contourLegend(
  maps: readonly (readonly [what: string, contours: readonly Contour[]])[],
): LegendItem[] {
  const items = new Map<string, { what: string; isNamed: boolean; levels: Set<number> }>();
  for (const [what, contours] of maps) {
    for (const { level, lines, isNamed = false } of contours) {
      if (lines.length === 0) continue;
      const key = `${Number(!isNamed)}${what}`;
      const item = items.get(key) ?? { what, isNamed, levels: new Set() };
      items.set(key, item);
      item.levels.add(level);
    }
  }
  return [...items]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { what, isNamed, levels }]) => ({
      label: `${what} = ${listOf([...levels].toSorted((a, b) => a - b))}`,
      width: 26,
      sample: (x, y) =>
        contourLine(
          [
            [x - 13, y],
            [x + 13, y],
          ],
          isNamed,
        ),
    }));
}

/** '0.1, 0.47, 0.9', or '0.1 … 0.9' for many. */
function listOf(levels: readonly number[]): string {
  const shown = levels.map((level) => formatNumber(level));
  return shown.length > 5 ? `${shown[0]} … ${shown[shown.length - 1]}` : shown.join(', ');
}

/** One contour line. White below black: readable on every colour, so it needs no theme. */
export function contourLine(points: readonly Point[], isNamed: boolean): Markup {
  const d = polyline(points);
  if (d === '') return fragment();
  const common = { d, fill: 'none', 'stroke-linejoin': 'round' };
  return fragment(
    element('path', {
      ...common,
      stroke: '#fff',
      'stroke-width': isNamed ? 3.4 : 1.6,
      'stroke-opacity': 0.75,
    }),
    element('path', { ...common, stroke: '#111', 'stroke-width': isNamed ? 1.7 : 0.7 }),
  );
}

function levelName(x: number, y: number, content: string, isNamed: boolean): Markup {
  return element(
    'g',
    {
      fill: '#111',
      stroke: '#fff',
      'stroke-width': 2.6,
      'stroke-linejoin': 'round',
      'paint-order': 'stroke',
    },
    label(x, y + 3.4, content, { size: NAME_SIZE, anchor: 'middle', bold: isNamed, role: '' }),
  );
}

/** Points at equal distances along a line. */
function along(line: readonly Point[], step: number): Point[] {
  const points: Point[] = [];
  let left = step / 2;
  for (let i = 1; i < line.length; i++) {
    const [[x0, y0], [x1, y1]] = [line[i - 1], line[i]];
    const length = Math.hypot(x1 - x0, y1 - y0);
    for (; left <= length; left += step) {
      points.push([x0 + ((x1 - x0) * left) / length, y0 + ((y1 - y0) * left) / length]);
    }
    left -= length;
  }
  return points;
}

/** Where on a line a label covers least of the other lines; undefined where it does not fit. */
function placeOn(
  line: readonly Point[],
  width: number,
  area: Box,
  taken: readonly Box[],
  others: readonly Point[],
): Box | undefined {
  // A label longer than half its line would hide it.
  if (line.length * STEP < 2 * width) return undefined;
  const height = NAME_SIZE + 3;
  let best: { room: Box; cost: number } | undefined;
  line.forEach(([x, y], i) => {
    const room = { x: x - width / 2, y: y - height / 2, width, height };
    const isInside =
      room.x >= area.x + 1 &&
      room.y >= area.y + 1 &&
      room.x + width <= area.x + area.width - 1 &&
      room.y + height <= area.y + area.height - 1;
    if (!isInside || taken.some((other) => overlap(room, other))) return;
    const covered = others.filter(([px, py]) => contains(room, px, py)).length;
    const cost = covered + Math.abs(i / line.length - 0.5);
    if (best === undefined || cost < best.cost) best = { room, cost };
  });
  return best?.room;
}

function contains({ x, y, width, height }: Box, px: number, py: number): boolean {
  return px >= x && px <= x + width && py >= y && py <= y + height;
}
