import type { Box } from '../plot/box.ts';
import { drawMarks, pixelPlot, type Mark } from '../plot/plot.ts';
import { seenFrom, type Seen, type View } from '../plot/view.ts';
import { element, fragment, type Markup, type Point } from '../svg/svg.ts';
import { textWidth } from '../svg/text.ts';
import { arrow, type ArrowStyle } from './arrow.ts';
import { dot } from './dot.ts';
import { label } from './label.ts';
import { line } from './line.ts';
import { tipNames } from './tip-names.ts';

/** An arrow from the origin in three dimensions. */
export interface SceneArrow extends Pick<ArrowStyle, 'role' | 'fill' | 'about'> {
  readonly name: string;
  readonly vector: ArrayLike<number>;
}

/** A view of three dimensions. */
export interface SceneOptions {
  readonly view: View;
  /** Labels of the three axes. Default: no axes. */
  readonly axes?: readonly string[];
  /** Pairs of arrows whose tips are joined by a thin line. */
  readonly edges?: readonly (readonly [number, number])[];
  /** Draw a thin line from each tip to the plane of dimensions 1 and 2. Default false. */
  readonly feet?: boolean;
  /** Width of the shafts in pixels. Default 3. */
  readonly width?: number;
  /** Font size of the names; 0 for no names. Default 11.5. */
  readonly nameSize?: number;
}

/** A projection of three dimensions to pixels. */
interface Space {
  readonly see: (point: ArrayLike<number>) => Seen;
  readonly pixel: (point: ArrayLike<number>) => Point;
  /** From 0 (far) to 1 (near). */
  readonly nearness: (seen: Seen) => number;
  readonly centre: Point;
  /** Pixels of length 1. */
  readonly unit: number;
  /** Length of the longest arrow, at least 1. */
  readonly longest: number;
}

/**
 * Arrows from the origin of three dimensions, with the outline of the unit sphere and its equator,
 * dashed behind. Far arrows are thinner and paler, and near arrows cover them.
 */
export function scene(
  arrows: readonly SceneArrow[],
  { view, axes = [], edges = [], feet = false, width = 3, nameSize = 11.5 }: SceneOptions,
): Mark {
  return ({ area }) => {
    const space = spaceOf(arrows, area, view);
    const { see, pixel, nearness, centre } = space;
    const tips = arrows.map(({ vector }) => see(vector));
    const ends = axes.map((name, axis): AxisEnd => {
      return { name, axis, at: pixel(onAxis(axis, 1.22 * space.longest)) };
    });
    const joined = edges.map(([i, j]) => {
      const t = (nearness(tips[i]) + nearness(tips[j])) / 2;
      const points = [pixel(arrows[i].vector), pixel(arrows[j].vector)];
      return line(points, { role: 'ps-line', width: 1, opacity: 0.25 + 0.65 * t });
    });
    const drawn = arrows
      .map((each, i) => ({ ...each, near: tips[i].near, t: nearness(tips[i]) }))
      .toSorted((a, b) => a.near - b.near)
      .map(({ vector, role, fill, about, t }) =>
        arrow({
          from: centre,
          to: pixel(vector),
          role,
          fill,
          ...(about === undefined ? {} : { about }),
          width: width * (0.6 + 0.7 * t),
          // A colour that shows a number must not be mixed with that of the paper.
          opacity: fill === undefined ? 0.5 + 0.5 * t : 1,
        }),
      );
    const names = arrows.map(({ name, vector }) => ({ name, from: centre, to: pixel(vector) }));
    return fragment(
      sphere(space),
      drawMarks(
        pixelPlot(area),
        ends.flatMap((end) => axisOf(end, space)),
        feet ? arrows.flatMap(({ vector }) => footOf(vector, space)) : [],
        joined,
        drawn,
        nameSize > 0 ? tipNames(names, nameSize, ends.map(boxOf)) : [],
      ),
    );
  };
}

function spaceOf(arrows: readonly SceneArrow[], area: Box, view: View): Space {
  const longest = Math.max(1, ...arrows.map(({ vector }) => Math.hypot(...Array.from(vector))));
  const see = seenFrom(view, longest);
  const unit = Math.min(area.width, area.height) / 2 / (longest * 1.3);
  const [cx, cy] = [area.x + area.width / 2, area.y + area.height / 2];
  return {
    see,
    pixel: (point) => {
      const { right, up } = see(point);
      return [cx + right * unit, cy - up * unit];
    },
    nearness: ({ near }) => Math.min(1, Math.max(0, 0.5 + near / longest / 2)),
    centre: [cx, cy],
    unit,
    longest,
  };
}

const CIRCLE = Array.from({ length: 73 }, (_, i) => (i / 72) * 2 * Math.PI);

/** The outline of the unit sphere and its equator. */
function sphere({ see, pixel, centre: [cx, cy], unit, longest }: Space): Markup {
  // The eye sees a little less than half of the sphere.
  const radius = unit / Math.sqrt(1 - 1 / (5 * longest) ** 2);
  const equator = CIRCLE.map((t) => [Math.cos(t), Math.sin(t), 0]);
  const half = (isNear: boolean): Point[] =>
    equator.map((point) => (see(point).near >= 0 === isNear ? pixel(point) : [Number.NaN, 0]));
  const look = { role: 'ps-line', width: 0.8 };
  return fragment(
    element('circle', { class: 'ps-line', 'stroke-dasharray': '3 3', cx, cy, r: radius }),
    drawMarks(
      pixelPlot({ x: 0, y: 0, width: 0, height: 0 }),
      line(half(true), { ...look, opacity: 0.8 }),
      line(half(false), { ...look, dash: '2 3', opacity: 0.6 }),
    ),
  );
}

/** The end of an axis, at which its name stands. */
interface AxisEnd {
  readonly name: string;
  readonly axis: number;
  readonly at: Point;
}

const AXIS_SIZE = 11;

function onAxis(axis: number, length: number): number[] {
  return [0, 1, 2].map((d) => (d === axis ? length : 0));
}

/** An axis: its positive half solid, its negative half dashed. */
function axisOf({ name, axis, at: [x, y] }: AxisEnd, { pixel, longest }: Space): Mark[] {
  const half = (length: number): Point[] => [pixel([0, 0, 0]), pixel(onAxis(axis, length))];
  const look = { role: 'ps-line', width: 0.9 };
  return [
    line(half(1.14 * longest), look),
    line(half(-longest), { ...look, dash: '2 4' }),
    label(x, y, name, { dy: 4, anchor: 'middle', size: AXIS_SIZE, role: 'ps-muted' }),
  ];
}

function boxOf({ name, at: [x, y] }: AxisEnd): Box {
  const width = textWidth(name, AXIS_SIZE);
  return { x: x - width / 2, y: y - 8, width, height: 16 };
}

/** A line from a tip down or up to the plane of dimensions 1 and 2. */
function footOf(vector: ArrayLike<number>, { pixel }: Space): Mark[] {
  const below = pixel([vector[0], vector[1], 0]);
  return [
    line([pixel(vector), below], { role: 'ps-line', width: 0.8, dash: '1.5 2.5' }),
    dot(...below, { role: 'ps-muted', r: 1.6 }),
  ];
}
