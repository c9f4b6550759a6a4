import { ellipsis, textWidth } from '../svg/text.ts';
import type { Scale } from './axis.ts';

const LONGEST_LABEL = 72;
const STEPS = [1, 2, 5];

/** A label of a category axis, with the number of its category, from 0. */
export interface CategoryLabel {
  readonly index: number;
  readonly line: string;
}

/**
 * The labels of evenly spaced categories that fit without touching: all of them, or every second,
 * fifth, tenth and so on, starting with the first.
 *
 * @param lines the label of each category
 * @param pitch pixels from one category to the next
 * @param size font size in pixels
 * @param along 'y' if labels stand above each other
 */
export function thinnedLabels(
  lines: readonly string[],
  pitch: number,
  size: number,
  along: 'x' | 'y' = 'x',
): CategoryLabel[] {
  const labels = lines.map((line, index) => ({ index, line: ellipsis(line, LONGEST_LABEL, size) }));
  const widest = widestLabel(lines, size);
  const needed = along === 'x' ? widest + 6 : size + 2;
  for (let power = 1; ; power *= 10) {
    for (const step of STEPS) {
      if (step * power * pitch < needed && step * power < lines.length) continue;
      return labels.filter(({ index }) => index % (step * power) === 0);
    }
  }
}

/** Width in pixels of the widest label after `thinnedLabels` has shortened it. */
export function widestLabel(lines: readonly string[], size: number): number {
  return Math.min(LONGEST_LABEL, Math.max(0, ...lines.map((line) => textWidth(line, size))));
}

/** The given names, or '0', '1' and so on. */
export function namesOrNumbers(count: number, names?: readonly string[]): string[] {
  return Array.from({ length: count }, (_, i) => names?.[i] ?? String(i));
}

/**
 * A scale over categories, counted from 0.
 *
 * @param count number of categories
 * @param range the pixels of its two ends
 * @returns a scale that maps i to the middle of category i
 * @example
 * ```js
 * import { categoryScale } from 'polysem/figures/plot';
 * categoryScale(4, [0, 100]).position(1); // 37.5
 * ```
 */
export function categoryScale(count: number, range: readonly [number, number]): Scale {
  const pitch = (range[1] - range[0]) / count;
  return { range, ticks: [], position: (i) => range[0] + (i + 0.5) * pitch };
}
