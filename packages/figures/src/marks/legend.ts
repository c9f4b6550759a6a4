import { withoutTop, type Box } from '../plot/box.ts';
import { drawMarks, unitPlot, type Mark } from '../plot/plot.ts';
import { fragment, type Markup } from '../svg/svg.ts';
import { ellipsis, textLine, textWidth } from '../svg/text.ts';
import { frame } from './frame.ts';
import { missingValue } from './hatch.ts';
import { line, type LineStyle } from './line.ts';

/** One entry: a sample and its meaning. */
export interface LegendItem {
  readonly label: string;
  /** Width of the sample in pixels. */
  readonly width: number;
  /** Marks over a plot from -1 to 1 in x and y, `width` pixels wide and 12 high. */
  readonly sample: Mark | readonly Mark[];
}

const GAP = 18;
const ROW = 19;
const SAMPLE_HEIGHT = 12;

/**
 * The legend entry of a line.
 *
 * @param label its meaning
 * @param style the look of the line
 * @param over more marks over the sample, whose axes run from -1 to 1
 * @returns the entry
 * @example
 * ```js
 * import { lineItem } from 'polysem/figures/marks';
 * lineItem('median', { width: 2 }).width; // 26
 * ```
 */
export function lineItem(
  label: string,
  style: LineStyle = {},
  ...over: readonly Mark[]
): LegendItem {
  const across = [
    [-1, 0],
    [1, 0],
  ] as const;
  return { label, width: 26, sample: [line(across, style), ...over] };
}

/** The entry of the hatching of missing values. */
export const NO_VALUE: LegendItem = {
  label: 'no value',
  width: 22,
  sample: [missingValue(5), frame()],
};

/** A legend with its height in pixels. */
export interface DrawnLegend {
  readonly markup: Markup;
  readonly height: number;
}

/** Draws entries from the left in rows of at most `width` pixels, below (x, y). */
export function drawLegend(
  items: readonly LegendItem[],
  { x, y, width }: Omit<Box, 'height'>,
): DrawnLegend {
  const pieces: Markup[] = [];
  let left = 0;
  let row = 0;
  for (const item of items) {
    const name = ellipsis(item.label, width - item.width - 6, 11);
    const taken = item.width + 6 + textWidth(name, 11);
    if (left > 0 && left + taken > width) {
      left = 0;
      row++;
    }
    const middle = y + row * ROW + ROW / 2;
    const area = {
      x: x + left,
      y: middle - SAMPLE_HEIGHT / 2,
      width: item.width,
      height: SAMPLE_HEIGHT,
    };
    pieces.push(
      drawMarks(unitPlot(area), item.sample),
      textLine(x + left + item.width + 6, middle + 4, name),
    );
    left += taken + GAP;
  }
  return { markup: fragment(...pieces), height: items.length === 0 ? 0 : (row + 1) * ROW };
}

/**
 * Draws a legend at the top of a box and the content below it.
 *
 * @param items the entries, in rows from the left
 * @param box the room for both
 * @param draw draws the content into the rest of the box
 * @param gap pixels between them. Default 0
 * @returns markup
 * @example
 * ```js
 * import { lineItem, underLegend } from 'polysem/figures/marks';
 * import { fragment } from 'polysem/figures/svg';
 * const box = { x: 0, y: 0, width: 300, height: 100 };
 * let left = 0;
 * underLegend([lineItem('median')], box, (rest) => ((left = rest.height), fragment())).length > 0; // true
 * left; // 81
 * ```
 */
export function underLegend(
  items: readonly LegendItem[],
  box: Box,
  draw: (rest: Box) => Markup,
  gap: number = 0,
): Markup {
  const legend = drawLegend(items, box);
  return fragment(legend.markup, draw(withoutTop(box, legend.height + gap)));
}
