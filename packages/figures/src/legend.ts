import { hatching, plotFrame } from './layout.ts';
import { element, fragment, type Markup } from './svg.ts';
import { ellipsis, label, textWidth } from './text.ts';

/** One entry: a sample and what it stands for. */
export interface LegendItem {
  readonly label: string;
  /** Pixels the sample is wide. */
  readonly width: number;
  /** Draws the sample, 12 pixels high, around (x, y). */
  readonly sample: (x: number, y: number) => Markup;
}

const GAP = 18;
const ROW = 19;

/** The entry of the hatching that stands for a missing value. */
export const NO_VALUE: LegendItem = {
  label: 'no value',
  width: 22,
  sample: (x, y) => {
    const box = { x: x - 11, y: y - 6, width: 22, height: 12 };
    return fragment(
      element('rect', { class: 'ps-blank', ...box }),
      hatching(box, 'ps-hatch', 5),
      plotFrame(box),
    );
  },
};

/** Lays entries out in rows of at most `width` pixels, from the left, below y. */
export function drawLegend(
  items: readonly LegendItem[],
  x: number,
  y: number,
  width: number,
): { markup: Markup; height: number } {
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
    pieces.push(
      item.sample(x + left + item.width / 2, middle),
      label(x + left + item.width + 6, middle + 4, name),
    );
    left += taken + GAP;
  }
  return { markup: fragment(...pieces), height: items.length === 0 ? 0 : (row + 1) * ROW };
}
