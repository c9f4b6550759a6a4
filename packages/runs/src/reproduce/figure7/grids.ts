import { figure7Panels, type Figure7Panel, type GridSpec } from '@polysem/engine/phase';
import {
  baseConvention,
  conventionSpec,
  panelSpec,
  plausibleConventions,
  type Convention,
  isWhole,
  type Figure7Size,
} from './conventions.ts';

/** One grid of the reproduction of Figure 7. */
export interface Figure7Grid {
  readonly panel: Figure7Panel;
  /** Convention whose crossings are compared with the published ones; null for the panel itself. */
  readonly convention: Convention | null;
  /** Name of the grid among those of the figure: `<panel>-grid` or `<panel>-convention-<place>`. */
  readonly name: string;
  readonly spec: GridSpec;
}

/**
 * Lists all grids of Figure 7: for each panel the panel itself, then its conventions, the base one first.
 *
 * @param size cells per panel, and columns of the table of conventions.
 * @param seed decides all random numbers.
 * @returns the grids, those of a panel together.
 *
 * @example
 * ```js
 * import { figure7Grids } from 'polysem/reproduce';
 * figure7Grids({ cells: 8, tableColumns: 0 }, 0).length; // 18
 * ```
 */
export function figure7Grids(size: Figure7Size, seed: number): Figure7Grid[] {
  const columns = size.tableColumns > 0 ? size.tableColumns : size.cells;
  const grids: Figure7Grid[] = [];
  for (const [place, panel] of figure7Panels.entries()) {
    const spec = panelSpec(panel, size, seed);
    grids.push({ panel, convention: null, name: `${place}-grid`, spec });
    const tried = isWhole(size) ? plausibleConventions(panel) : [baseConvention[panel.task]];
    for (const [k, convention] of tried.entries()) {
      const name = `${place}-convention-${k}`;
      const rows = conventionSpec(panel, convention, columns, seed);
      grids.push({ panel, convention, name, spec: rows });
    }
  }
  return grids;
}
