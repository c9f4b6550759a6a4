import type { Box } from './box.ts';

/** A grid of equal panels. */
export interface PanelGrid {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The grid of some panels: as many columns as fit.
 *
 * @param count number of panels
 * @param width pixels for all columns
 * @param least minimum width of a panel in pixels
 * @param most maximum number of columns. Default: all panels in one row
 */
export function panelGrid(
  count: number,
  width: number,
  least: number,
  most: number = count,
): PanelGrid {
  const columns = Math.max(1, Math.min(most, count, Math.floor(width / least)));
  return { columns, rows: Math.ceil(count / columns) };
}

/** The box of panel i, counted by rows from the top left. */
export function panelBox({ columns, rows }: PanelGrid, i: number, box: Box): Box {
  const [width, height] = [box.width / columns, box.height / rows];
  return {
    x: box.x + (i % columns) * width,
    y: box.y + Math.floor(i / columns) * height,
    width,
    height,
  };
}
