import { drawArrow, nameTips, type Arrow } from './arrow.ts';
import type { Box } from './layout.ts';
import { element, fragment, polyline, type Markup } from './svg.ts';
import { label, textWidth } from './text.ts';
import { seenFrom, type Seen, type View } from './view.ts';

/** An arrow from the origin of three dimensions. */
export interface SceneArrow extends Pick<Arrow, 'role' | 'fill' | 'about'> {
  readonly name: string;
  readonly vector: ArrayLike<number>;
}

export interface SceneOptions {
  readonly view: View;
  /** Labels of the three axes; without them there are no axes. */
  readonly axes?: readonly string[];
  /** Pairs of arrows whose tips a thin line joins. */
  readonly edges?: readonly (readonly [number, number])[];
  /** Whether a thin line leads from each tip to the plane of dimensions 1 and 2. */
  readonly feet?: boolean;
  /** Pixels of the shafts. Default 3. */
  readonly width?: number;
  /** Font size of the names; 0 for none. */
  readonly nameSize?: number;
}

type Pixel = [x: number, y: number];

const CIRCLE = Array.from({ length: 73 }, (_, i) => (i / 72) * 2 * Math.PI);

/**
 * Arrows from the origin of three dimensions, with the outline of the unit sphere and its equator,
 * solid where it is near and dashed behind. Far arrows are thinner, paler, and covered by near ones.
 */
export function drawScene(
  arrows: readonly SceneArrow[],
  area: Box,
  { view, axes = [], edges = [], feet = false, width = 3, nameSize = 11.5 }: SceneOptions,
): Markup {
  const longest = Math.max(1, ...arrows.map(({ vector }) => Math.hypot(...Array.from(vector))));
  const see = seenFrom(view, longest);
  const side = Math.min(area.width, area.height);
  const unit = side / 2 / (longest * 1.3);
  const [cx, cy] = [area.x + area.width / 2, area.y + area.height / 2];
  const at = ({ right, up }: Seen): Pixel => [cx + right * unit, cy - up * unit];
  const pixel = (point: readonly number[]): Pixel => at(see(point));
  const nearness = ({ near }: Seen): number => Math.min(1, Math.max(0, 0.5 + near / longest / 2));

  const tips = arrows.map((arrow) => ({ arrow, seen: see(arrow.vector) }));
  const drawn = tips
    .toSorted((a, b) => a.seen.near - b.seen.near)
    .map(({ arrow: { role, fill, about }, seen }) => {
      const t = nearness(seen);
      // A colour that stands for a number must not be mixed with the paper's.
      const look = { role, fill, about, opacity: fill === undefined ? 0.5 + 0.5 * t : 1 };
      return drawArrow({ from: [cx, cy], to: at(seen), ...look, width: width * (0.6 + 0.7 * t) });
    });
  const names = tips.map(
    ({ arrow: { name }, seen }) => ({ name, from: [cx, cy], to: at(seen) }) as const,
  );
  const ends = axes.map((name, axis): AxisEnd => {
    const [x, y] = pixel(onAxis(axis, 1.22 * longest));
    return { name, axis, x, y };
  });
  const occupied = ends.map(({ name, x, y }) => {
    const taken = textWidth(name, AXIS_SIZE);
    return { x: x - taken / 2, y: y - 8, width: taken, height: 16 };
  });
  return fragment(
    sphere(see, pixel, cx, cy, unit, longest),
    drawAxes(ends, pixel, longest),
    ...(feet ? arrows.map(({ vector }) => foot(vector, pixel)) : []),
    ...edges.map(([i, j]) => {
      const t = (nearness(tips[i].seen) + nearness(tips[j].seen)) / 2;
      const d = polyline([at(tips[i].seen), at(tips[j].seen)]);
      return element('path', { class: 'ps-line', 'stroke-width': 1, opacity: 0.25 + 0.65 * t, d });
    }),
    ...drawn,
    nameSize > 0 ? nameTips(names, area, nameSize, occupied) : [],
  );
}

function sphere(
  see: (point: readonly number[]) => Seen,
  pixel: (point: readonly number[]) => Pixel,
  cx: number,
  cy: number,
  unit: number,
  longest: number,
): Markup {
  // Of a sphere of radius 1 the eye, five of the longest away, sees a little less than half.
  const radius = unit / Math.sqrt(1 - 1 / (5 * longest) ** 2);
  const equator = CIRCLE.map((t) => [Math.cos(t), Math.sin(t), 0]);
  const half = (isNear: boolean): string =>
    polyline(
      equator.map((point) => (see(point).near >= 0 === isNear ? pixel(point) : [Number.NaN, 0])),
    );
  return fragment(
    element('circle', { class: 'ps-line', 'stroke-dasharray': '3 3', cx, cy, r: radius }),
    element('path', { class: 'ps-line', 'stroke-width': 0.8, opacity: 0.8, d: half(true) }),
    element('path', {
      class: 'ps-line',
      'stroke-width': 0.8,
      'stroke-dasharray': '2 3',
      opacity: 0.6,
      d: half(false),
    }),
  );
}

interface AxisEnd {
  readonly name: string;
  readonly axis: number;
  /** Where the name stands, in pixels. */
  readonly x: number;
  readonly y: number;
}

const AXIS_SIZE = 11;

function onAxis(axis: number, length: number): number[] {
  return [0, 1, 2].map((d) => (d === axis ? length : 0));
}

/** The positive half of each axis solid, the negative dashed. */
function drawAxes(
  ends: readonly AxisEnd[],
  pixel: (point: readonly number[]) => Pixel,
  longest: number,
): Markup {
  return fragment(
    ...ends.map(({ name, axis, x, y }) => {
      const half = (length: number, dash?: string): Markup =>
        element('path', {
          class: 'ps-line',
          'stroke-width': 0.9,
          'stroke-dasharray': dash,
          d: polyline([pixel([0, 0, 0]), pixel(onAxis(axis, length))]),
        });
      return fragment(
        half(1.14 * longest),
        half(-longest, '2 4'),
        label(x, y + 4, name, { anchor: 'middle', size: AXIS_SIZE, role: 'ps-muted' }),
      );
    }),
  );
}

/** From a tip down or up to the plane of dimensions 1 and 2. */
function foot(vector: ArrayLike<number>, pixel: (point: readonly number[]) => Pixel): Markup {
  const below = pixel([vector[0], vector[1], 0]);
  return fragment(
    element('path', {
      class: 'ps-line',
      'stroke-width': 0.8,
      'stroke-dasharray': '1.5 2.5',
      d: polyline([pixel(Array.from(vector)), below]),
    }),
    element('circle', { class: 'ps-muted', cx: below[0], cy: below[1], r: 1.6 }),
  );
}
