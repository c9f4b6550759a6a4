import { ellipsis, textWidth } from './text.ts';

const LONGEST_LABEL = 72;
const STEPS = [1, 2, 5];

/** A label of a category axis, with the number (from 0) of the category it belongs to. */
export interface CategoryLabel {
  readonly index: number;
  readonly line: string;
}

/**
 * As many labels of evenly spaced categories as stand side by side without touching: all of them,
 * or the first and every second, fifth, tenth, and so on behind it.
 *
 * @param lines the label of each category
 * @param pitch pixels from one category to the next
 * @param size font size in pixels
 * @param along 'y' where labels stand above each other
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

/** Width in pixels of the widest label, as `thinnedLabels` may shorten it. */
export function widestLabel(lines: readonly string[], size: number): number {
  return Math.min(LONGEST_LABEL, Math.max(0, ...lines.map((line) => textWidth(line, size))));
}

/** The names given, or '0', '1', ... where none are, as in arrays and tables. */
export function namesOrNumbers(count: number, names?: readonly string[]): string[] {
  return Array.from({ length: count }, (_, i) => names?.[i] ?? String(i));
}
