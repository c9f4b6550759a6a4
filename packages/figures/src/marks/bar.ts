import type { Mark } from '../plot/plot.ts';
import { element, fragment, tooltip } from '../svg/svg.ts';
import { hatching, missingValue } from './hatch.ts';

/** The look of a bar. */
export interface BarStyle {
  /** Class of the style sheet that fills it. */
  readonly role: string;
  /** Pixels. */
  readonly width: number;
  /** Stripes, so colour alone does not carry meaning. Default false. */
  readonly isStriped?: boolean;
  /** Draw without antialiasing, so bars that touch show no seam. Default false. */
  readonly isCrisp?: boolean;
  /** Tooltip. */
  readonly about?: string;
}

/** Bars narrower than this have no stripes. */
const LEAST_STRIPED = 7;

/**
 * A bar from 0 to a value; a hatched one over the whole height of the plot for NaN.
 *
 * @param at its middle, in the units of the x axis
 * @param value its end, in the units of the y axis
 * @param style its look
 */
export function bar(at: number, value: number, style: BarStyle): Mark {
  const { role, width, isStriped = false, isCrisp = false, about } = style;
  return (plot) => {
    const { area, x, y } = plot;
    const left = x.position(at) - width / 2;
    if (Number.isNaN(value)) {
      return missingValue()({ ...plot, area: { ...area, x: left, width } });
    }
    const [top, floor] = [y.position(value), y.position(0)];
    const box = { x: left, y: Math.min(top, floor), width, height: Math.abs(floor - top) };
    const look = { class: role, ...box, 'shape-rendering': isCrisp ? 'crispEdges' : undefined };
    return fragment(
      element('rect', look, tooltip(about)),
      isStriped && width >= LEAST_STRIPED && box.height > 1 ? hatching(box, 'ps-stripe', 6) : [],
    );
  };
}
