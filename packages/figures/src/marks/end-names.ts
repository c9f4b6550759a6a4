import type { Mark } from '../plot/plot.ts';
import { spreadNames } from '../plot/spread-names.ts';
import { element, fragment, polyline } from '../svg/svg.ts';
import { ellipsis, textLine } from '../svg/text.ts';

/** A name right of the plot. */
export interface EndName {
  /** The value of the y axis that it names; undefined for a name that is not drawn. */
  readonly at: number | undefined;
  readonly name: string;
  /** Class of the line that leads to the name. Default 'ps-line'. */
  readonly leader?: string | undefined;
  /** Class of the text. Default 'ps-ink'. */
  readonly role?: string | undefined;
}

/** Layout of names right of the plot, in pixels. */
export interface EndNamesStyle {
  /** Font size. Default 10.5. */
  readonly size?: number;
  /** Between the plot and the leaders. Default 1. */
  readonly gap?: number;
  /** Width of the leaders; 0 for none. Default 8. */
  readonly leader?: number;
  /** Width of the leaders' lines. Default 1. */
  readonly width?: number;
  /** Longest name; longer ones end in an ellipsis. Default 100. */
  readonly longest?: number;
}

/**
 * Names the ends of curves or the middles of rows right of the plot. Names that would touch are moved
 * apart, and left out if there is no room for all.
 *
 * @param names the names with their values of the y axis
 * @param style their layout
 * @returns a mark
 * @example
 * ```js
 * import { endNames } from 'polysem/figures/marks';
 * import { unitPlot } from 'polysem/figures/plot';
 * const plot = unitPlot({ x: 0, y: 0, width: 100, height: 50 });
 * const svg = endNames([{ at: 0, name: 'A' }], { leader: 0 })(plot);
 * svg.includes('>A</text>'); // true
 * ```
 */
export function endNames(names: readonly EndName[], style: EndNamesStyle = {}): Mark {
  const { size = 10.5, gap = 1, leader = 8, width, longest = 100 } = style;
  return ({ area, y }) => {
    const right = area.x + area.width + gap;
    const ends = names.map(({ at }) => {
      const position = at === undefined ? Number.NaN : y.position(at);
      return Number.isFinite(position) ? position : undefined;
    });
    return fragment(
      ...spreadNames(ends, area).map(({ index, at, wanted }) => {
        const { name, leader: line = 'ps-line', role = 'ps-ink' } = names[index];
        const lead = polyline([
          [right, wanted],
          [right + leader, at],
        ]);
        return fragment(
          leader === 0 ? [] : element('path', { class: line, 'stroke-width': width, d: lead }),
          textLine(right + leader + 3, at + 0.36 * size, ellipsis(name, longest, size), {
            size,
            role,
          }),
        );
      }),
    );
  };
}
