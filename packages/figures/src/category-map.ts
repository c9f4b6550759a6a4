import { hatching, type Box } from './layout.ts';
import { element, fragment, type Markup } from './svg.ts';

/**
 * A grid of categories as areas of one colour each, which follow the theme as a picture of pixels
 * could not. Cells of no category let a hatching show through.
 *
 * @param roleAt the class of the style sheet that fills a cell; undefined for no category
 */
export function categoryMap(
  rows: number,
  columns: number,
  roleAt: (row: number, column: number) => string | undefined,
  box: Box,
): Markup {
  const [width, height] = [box.width / columns, box.height / rows];
  const paths = new Map<string, string>();
  let blank = false;
  for (let row = 0; row < rows; row++) {
    for (let from = 0; from < columns;) {
      const role = roleAt(row, from);
      let to = from + 1;
      while (to < columns && roleAt(row, to) === role) to++;
      if (role === undefined) blank = true;
      else {
        const corner = `M${pixel(box.x + from * width)} ${pixel(box.y + row * height)}`;
        const run = `${corner}h${pixel((to - from) * width)}v${pixel(height)}h${pixel((from - to) * width)}z`;
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

function pixel(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
