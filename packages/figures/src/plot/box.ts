import { element, type Markup } from '../svg/svg.ts';

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** True if two rectangles share more than an edge. */
export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** A box without a strip at its top. */
export function withoutTop(box: Box, strip: number): Box {
  return { ...box, y: box.y + strip, height: box.height - strip };
}

/**
 * Clips content to a box. Coordinates stay those of the whole figure. A nested viewport clips without an id, so several
 * figures can stand in one page.
 */
export function clipped({ x, y, width, height }: Box, ...content: readonly Markup[]): Markup {
  const viewBox = [x, y, width, height].map((v) => v.toFixed(2)).join(' ');
  return element('svg', { x, y, width, height, viewBox, overflow: 'hidden' }, ...content);
}

/**
 * The error of a figure whose size leaves no room for its content.
 *
 * @param size width and height in pixels
 * @returns the error, to be thrown
 * @example
 * ```js
 * import { noRoom } from 'polysem/figures/plot';
 * noRoom({ width: 50, height: 20 }) instanceof RangeError; // true
 * ```
 */
export function noRoom({ width, height }: Omit<Box, 'x' | 'y'>): RangeError {
  return new RangeError(
    `figure: ${width} x ${height} pixels leave no room for the plot; give a larger width or height`,
  );
}
