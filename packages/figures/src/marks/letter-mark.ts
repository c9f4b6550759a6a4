import type { Mark } from '../plot/plot.ts';
import { element, fragment, type Point } from '../svg/svg.ts';
import { textLine } from '../svg/text.ts';

/**
 * One or two letters in a white disc, which is readable on every colour, so it does not follow the theme.
 *
 * @param letter longer texts are cut to two characters
 * @param at in the units of the axes
 * @param r radius in pixels
 */
export function letterMark(letter: string, at: Point, r: number): Mark {
  return ({ x, y }) => {
    const [cx, cy] = [x.position(at[0]), y.position(at[1])];
    const style = { size: r * 1.3, anchor: 'middle', bold: true, role: '' } as const;
    const shown = [...letter].slice(0, 2).join('');
    return fragment(
      element('circle', { cx, cy, r, fill: '#fff', stroke: '#111', 'stroke-width': 1.3 }),
      element('g', { fill: '#111' }, textLine(cx, cy + r * 0.47, shown, style)),
    );
  };
}
