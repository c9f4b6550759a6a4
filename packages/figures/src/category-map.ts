import { hatching, type Box } from './layout.ts';
import { element, fragment, type Markup } from './svg.ts';

/**
 * A grid of categories as areas of one colour each, which follow the theme as a picture of pixels
 * could not. Cells of no category let a hatching show through.
 *
 * @param edges the columns + 1 pixels at which columns begin and end. Default: evenly over the box
 * @param roleAt the class of the style sheet that fills a cell; undefined for no category
 */
export function categoryMap(
  rows: number,
  columns: number,
  roleAt: (row: number, column: number) => string | undefined,
  box: Box,
  edges: readonly number[] = evenly(columns, box),
): Markup {
  const height = box.height / rows;
  const paths = new Map<string, string>();
  let blank = false;
  for (let row = 0; row < rows; row++) {
    for (let from = 0; from < columns;) {
      const role = roleAt(row, from);
      let to = from + 1;
      while (to < columns && roleAt(row, to) === role) to++;
      if (role === undefined) blank = true;
      else {
        const [top, length] = [box.y + row * height, edges[to] - edges[from]];
        const run = `M${pixel(edges[from])} ${pixel(top)}h${pixel(length)}v${pixel(height)}h${pixel(-length)}z`;
        paths.set(role, (paths.get(role) ?? '') + run);
      }
      from = to;
    }
  }
  return fragment(
    blank
      ? fragment(element('rect', { class: 'ps-blank', ...box }), hatching(box, 'ps-hatch'))
      : [],
    // Antialiased, cells that touch would show seams.
    ...[...paths].map(([role, d]) =>
      element('path', { class: role, 'shape-rendering': 'crispEdges', d }),
    ),
  );
}

function evenly(columns: number, { x, width }: Box): number[] {
  return Array.from({ length: columns + 1 }, (_, i) => x + (i / columns) * width);
}

function pixel(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
