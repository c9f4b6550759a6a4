import { TICK_SIZE, type Axis, type AxisSpec } from './axis.ts';
import { withUnit } from './format.ts';
import { decimal, element, fragment, type Markup } from './svg.ts';
import { label, textWidth, wrapText } from './text.ts';

/** Font size of axis titles, and the distance of their lines, in pixels. */
export const TITLE_SIZE = 12;
export const TITLE_LEADING = 15;
const TITLE_LINES = 3;

/** The lines of an axis' title over a length in pixels. */
export function axisTitleLines(spec: AxisSpec, length: number): string[] {
  const content = withUnit(spec.label, spec.unit);
  return wrapText(content, length, TITLE_SIZE, { maxLines: TITLE_LINES });
}

/** Height in pixels that a drawn x axis takes below the plot. */
export function xAxisHeight(titleLines: number): number {
  return 20 + (titleLines > 0 ? 5 + titleLines * TITLE_LEADING : 0);
}

/** Width in pixels that a drawn y axis takes beside the plot. */
export function yAxisWidth(axis: Axis, titleLines: number): number {
  const widest = Math.max(0, ...axis.ticks.map((tick) => textWidth(tick.label, TICK_SIZE)));
  return 9 + widest + (titleLines > 0 ? 6 + titleLines * TITLE_LEADING : 0);
}

/** Draws an x axis below the line y, its title lines below the tick labels. */
export function drawXAxis(axis: Axis, y: number, titleLines: readonly string[]): Markup {
  const [left, right] = axis.range;
  return fragment(
    element('path', {
      class: 'ps-line',
      d: axis.ticks
        .map((tick) => `M${decimal(axis.position(tick.value))} ${decimal(y)}v${tick.label ? 5 : 3}`)
        .join(''),
    }),
    axis.ticks
      .filter((tick) => tick.label !== '')
      .map((tick) =>
        label(axis.position(tick.value), y + 17, tick.label, { size: TICK_SIZE, anchor: 'middle' }),
      ),
    titleLines.map((line, i) =>
      label((left + right) / 2, y + 36 + i * TITLE_LEADING, line, {
        size: TITLE_SIZE,
        anchor: 'middle',
      }),
    ),
  );
}

/**
 * Draws a y axis beside the line x, its title read upwards.
 *
 * @param side 'left' or 'right' of the line
 * @param width what the axis takes, as yAxisWidth gave it; the title stands at its outer end
 */
export function drawYAxis(
  axis: Axis,
  x: number,
  titleLines: readonly string[],
  width: number,
  side: 'left' | 'right' = 'left',
): Markup {
  const out = side === 'left' ? -1 : 1;
  const middle = (axis.range[0] + axis.range[1]) / 2;
  const first =
    side === 'left' ? x - width + 11 : x + width - 4 - (titleLines.length - 1) * TITLE_LEADING;
  return fragment(
    element('path', {
      class: 'ps-line',
      d: axis.ticks
        .map(
          (tick) =>
            `M${decimal(x)} ${decimal(axis.position(tick.value))}h${out * (tick.label ? 5 : 3)}`,
        )
        .join(''),
    }),
    axis.ticks
      .filter((tick) => tick.label !== '')
      .map((tick) =>
        label(x + out * 8, axis.position(tick.value) + 4, tick.label, {
          size: TICK_SIZE,
          anchor: side === 'left' ? 'end' : 'start',
        }),
      ),
    titleLines.map((line, i) =>
      label(first + i * TITLE_LEADING, middle, line, {
        size: TITLE_SIZE,
        anchor: 'middle',
        rotate: -90,
      }),
    ),
  );
}
