import { TICK_SIZE, type Axis, type AxisSpec } from './axis.ts';
import { withUnit } from '../svg/format.ts';
import { decimal, element, fragment, type Markup } from '../svg/svg.ts';
import { textLine, textWidth, wrapText } from '../svg/text.ts';

/** Font size of axis titles and the distance between their lines, in pixels. */
export const TITLE_SIZE = 12;
export const TITLE_LEADING = 15;
const TITLE_LINES = 3;

/** The title of an axis, broken into lines for a length in pixels; a single word is never broken. */
export function axisTitleLines(spec: AxisSpec, length: number): string[] {
  const content = withUnit(spec.label, spec.unit);
  // A short panel may be lower than its title is long.
  const word = /^\S{1,12}$/.test(content) ? textWidth(content, TITLE_SIZE) : 0;
  return wrapText(content, Math.max(length, word), TITLE_SIZE, { maxLines: TITLE_LINES });
}

/** Height in pixels of an x axis below the plot. */
export function xAxisHeight(titleLines: number): number {
  return 20 + (titleLines > 0 ? 5 + titleLines * TITLE_LEADING : 0);
}

/** Width in pixels of a y axis next to the plot. */
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
        textLine(axis.position(tick.value), y + 17, tick.label, {
          size: TICK_SIZE,
          anchor: 'middle',
        }),
      ),
    titleLines.map((line, i) =>
      textLine((left + right) / 2, y + 36 + i * TITLE_LEADING, line, {
        size: TITLE_SIZE,
        anchor: 'middle',
      }),
    ),
  );
}

/**
 * Draws a y axis next to the line x. Its title reads upwards.
 *
 * @param width pixels of the axis, from `yAxisWidth`; the title stands at its outer end
 * @param side the side of the line on which the axis stands
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
        textLine(x + out * 8, axis.position(tick.value) + 4, tick.label, {
          size: TICK_SIZE,
          anchor: side === 'left' ? 'end' : 'start',
        }),
      ),
    titleLines.map((line, i) =>
      textLine(first + i * TITLE_LEADING, middle, line, {
        size: TITLE_SIZE,
        anchor: 'middle',
        rotate: -90,
      }),
    ),
  );
}
