import { clipped, type Box } from '../plot/box.ts';
import type { Mark } from '../plot/plot.ts';
import { element, fragment, type Markup } from '../svg/svg.ts';

/** Below this width in pixels a missing value has no hatching. */
const LEAST_HATCHED = 4;

/** Diagonal lines over a box. */
export function hatching(box: Box, role: string, gap: number = 7): Markup {
  let d = '';
  for (let start = box.x - box.height; start < box.x + box.width; start += gap) {
    d += `M${start.toFixed(1)} ${(box.y + box.height).toFixed(1)}l${box.height.toFixed(1)} ${(-box.height).toFixed(1)}`;
  }
  return clipped(box, element('path', { class: role, 'stroke-width': 1.2, d }));
}

/**
 * A hatched area, which means that there is no value.
 *
 * @param gap pixels between two lines
 */
export function missingValue(gap: number = 7): Mark {
  return ({ area }) =>
    fragment(
      element('rect', { class: 'ps-blank', ...area }),
      area.width > LEAST_HATCHED ? hatching(area, 'ps-hatch', gap) : [],
    );
}
