import type { Box } from '../plot/box.ts';
import type { Mark } from '../plot/plot.ts';
import { element, fragment } from '../svg/svg.ts';
import { missingValue } from './hatch.ts';

/** Categories on a grid of cells. */
export interface CategoryGrid {
  readonly rows: number;
  readonly columns: number;
  /** The class of the style sheet that fills a cell; undefined for a cell without a category. */
  readonly roleAt: (row: number, column: number) => string | undefined;
  /** The columns + 1 pixels at which columns begin and end. Default: equally wide columns. */
  readonly edges?: readonly number[];
}

/**
 * Categories as areas of one colour each, over the whole plot. The colours follow the theme, which those of a picture
 * cannot. Cells without a category are hatched.
 */
export function categoryMap({ rows, columns, roleAt, edges }: CategoryGrid): Mark {
  return (plot) => {
    const { area } = plot;
    const bounds = edges ?? evenEdges(columns, area);
    const height = area.height / rows;
    const paths = new Map<string, string>();
    let hasBlank = false;
    for (let row = 0; row < rows; row++) {
      const top = area.y + row * height;
      for (let from = 0; from < columns;) {
        const role = roleAt(row, from);
        let to = from + 1;
        while (to < columns && roleAt(row, to) === role) to++;
        if (role === undefined) hasBlank = true;
        else {
          const length = bounds[to] - bounds[from];
          const run = `M${pixel(bounds[from])} ${pixel(top)}h${pixel(length)}v${pixel(height)}h${pixel(-length)}z`;
          paths.set(role, (paths.get(role) ?? '') + run);
        }
        from = to;
      }
    }
    return fragment(
      hasBlank ? missingValue()(plot) : [],
      // With antialiasing, cells that touch would show seams.
      ...[...paths].map(([role, d]) =>
        element('path', { class: role, 'shape-rendering': 'crispEdges', d }),
      ),
    );
  };
}

function evenEdges(columns: number, { x, width }: Box): number[] {
  return Array.from({ length: columns + 1 }, (_, i) => x + (i / columns) * width);
}

function pixel(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
