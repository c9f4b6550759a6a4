import { element, polyline, type Attributes, type Markup, type Point } from '../svg/svg.ts';

/** Shapes of points, distinguishable without colour. The last two are crossed lines. */
export type SymbolName =
  | 'circle'
  | 'square'
  | 'triangle'
  | 'diamond'
  | 'triangle-down'
  | 'cross'
  | 'plus';

/** Corners around the origin for a radius of 1, chosen so that all shapes look equally large. */
const CORNERS: Readonly<
  Record<Exclude<SymbolName, 'circle' | 'cross' | 'plus'>, readonly Point[]>
> = {
  square: [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  triangle: [
    [0, -1.3],
    [1.15, 0.75],
    [-1.15, 0.75],
  ],
  diamond: [
    [0, -1.3],
    [1.3, 0],
    [0, 1.3],
    [-1.3, 0],
  ],
  'triangle-down': [
    [0, 1.3],
    [1.15, -0.75],
    [-1.15, -0.75],
  ],
};

const ARMS: Readonly<Record<'cross' | 'plus', readonly Point[]>> = {
  cross: [
    [1, 1],
    [1, -1],
  ],
  plus: [
    [1.3, 0],
    [0, 1.3],
  ],
};

/** Draws a symbol around a pixel. */
export function drawSymbol(
  name: SymbolName,
  [x, y]: Point,
  r: number,
  attributes: Attributes,
  ...about: readonly Markup[]
): Markup {
  if (name === 'circle') return element('circle', { ...attributes, cx: x, cy: y, r }, ...about);
  const place = (points: readonly Point[]): string =>
    polyline(points.map(([a, b]): Point => [x + a * r, y + b * r]));
  const d =
    name === 'cross' || name === 'plus'
      ? ARMS[name]
          .map(([a, b]) =>
            place([
              [-a, -b],
              [a, b],
            ]),
          )
          .join('')
      : `${place(CORNERS[name])}z`;
  return element('path', { ...attributes, d }, ...about);
}
