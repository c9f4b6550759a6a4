import { makeAxis, type AxisSpec } from './axis.ts';
import { cssColour, mapColour, type ColourScale } from './colour.ts';
import { axisTitleLines, drawXAxis, drawYAxis, xAxisHeight, yAxisWidth } from './draw-axis.ts';
import { plotFrame, type Box } from './layout.ts';
import { raster } from './raster.ts';
import { element, fragment, type Markup } from './svg.ts';

const THICKNESS = 13;
const STEPS = 128;

function axisOf(scale: ColourScale, flip: boolean): AxisSpec {
  const [from, to] = scale.domain;
  return {
    label: scale.label,
    scale: 'linear',
    domain: flip ? [to, from] : [from, to],
    ...(scale.unit === undefined ? {} : { unit: scale.unit }),
  };
}

/** Width in pixels of an upright colour bar of a height, its axis and title included. */
export function colourBarWidth(scale: ColourScale, height: number): number {
  const spec = axisOf(scale, true);
  return (
    THICKNESS + yAxisWidth(makeAxis(spec, [0, height], 'y'), axisTitleLines(spec, height).length)
  );
}

/** An upright colour bar whose left edge is at x, high values at the top. */
export function drawColourBar(scale: ColourScale, x: number, y: number, height: number): Markup {
  const spec = axisOf(scale, true);
  const axis = makeAxis(spec, [y, y + height], 'y');
  const title = axisTitleLines(spec, height);
  const box = { x, y, width: THICKNESS, height };
  return fragment(
    raster(levels(scale, true), STEPS, 1, scale, box),
    scale.above ? overflow(scale, 1, [x, y], [x + THICKNESS, y], [x + THICKNESS / 2, y - 7]) : [],
    scale.below
      ? overflow(
          scale,
          0,
          [x, y + height],
          [x + THICKNESS, y + height],
          [x + THICKNESS / 2, y + height + 7],
        )
      : [],
    plotFrame(box),
    drawYAxis(axis, x + THICKNESS, title, yAxisWidth(axis, title.length), 'right'),
  );
}

/** Height in pixels of a lying colour bar of a width, its axis and title included. */
export function colourBarHeight(scale: ColourScale, width: number): number {
  return THICKNESS + xAxisHeight(axisTitleLines(axisOf(scale, false), width).length);
}

/** A lying colour bar in the given box (its height is `colourBarHeight`), high values right. */
export function drawLyingColourBar(
  scale: ColourScale,
  { x, y, width }: Omit<Box, 'height'>,
): Markup {
  const spec = axisOf(scale, false);
  const axis = makeAxis(spec, [x, x + width], 'x');
  const box = { x, y, width, height: THICKNESS };
  const [right, low, middle] = [x + width, y + THICKNESS, y + THICKNESS / 2];
  return fragment(
    raster(levels(scale, false), 1, STEPS, scale, box),
    scale.above ? overflow(scale, 1, [right, y], [right, low], [right + 7, middle]) : [],
    scale.below ? overflow(scale, 0, [x, y], [x, low], [x - 7, middle]) : [],
    plotFrame(box),
    drawXAxis(axis, low, axisTitleLines(spec, width)),
  );
}

function levels(scale: ColourScale, flip: boolean): Float64Array {
  const [from, to] = scale.domain;
  return Float64Array.from({ length: STEPS }, (_, i) => {
    const t = (i + 0.5) / STEPS;
    return from + (to - from) * (flip ? 1 - t : t);
  });
}

/** The pointed end that says: there are values beyond this one, in the same colour. */
function overflow(scale: ColourScale, t: number, ...corners: readonly number[][]): Markup {
  return element('polygon', {
    points: corners.map((corner) => corner.map((v) => v.toFixed(1)).join(',')).join(' '),
    fill: cssColour(mapColour(scale.map, t)),
    class: 'ps-edge',
    'stroke-width': 0.7,
  });
}
