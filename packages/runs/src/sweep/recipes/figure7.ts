import { figure7Grids } from '../../reproduce/figure7/grids.ts';
import type { Recipe } from './recipe.ts';

/** Sizes of the published reproduction: points along each axis, and importances where crossings are compared. */
const WHOLE = { cells: 64, tableColumns: 33 };

/** An axis, which an anchor names where it is first used. */
function axis(name: string, k: number, text: string): string {
  return k < 2 ? `&${name} { ${text} }` : `*${name}`;
}

/**
 * The document of Figure 7: each of its nine panels, and each at the densities where the published panel was measured.
 *
 * @param cells points along each axis of a panel.
 * @param columns importances where crossings are compared with the published ones.
 * @returns the document in YAML, without the line that names its schema.
 */
export function figure7Document(cells: number, columns: number): string {
  const grids = figure7Grids({ cells, tableColumns: 0 }, 0);
  const specs = grids.map(({ spec }) => spec);
  const list = (of: (spec: (typeof specs)[number], k: number) => string | number): string =>
    `[${specs.map(of).join(', ')}]`;
  const isPanel = (k: number): boolean => grids[k].convention === null;
  const densities = specs[1].y.values.join(', ');
  const x = (k: number): string =>
    isPanel(k)
      ? axis('columns', k, `parameter: importance, log: { from: 0.01, to: 100, count: ${cells} }`)
      : axis(
          'crossings',
          k,
          `parameter: importance, log: { from: 0.01, to: 100, count: ${columns} }`,
        );
  const y = (k: number): string =>
    isPanel(k)
      ? axis('rows', k, `parameter: density, log: { from: 1, to: 0.001, count: ${cells} }`)
      : axis('measured', k, `parameter: density, values: [${densities}]`);
  return `# The nine panels of Figure 7 of Scherlis et al. (2022): how capacity is shared depends on the architecture.
# Each panel has two cells: the whole diagram, and rows at the densities where the published panel was
# measured. The columns of the table are lists with one number per point, row by row.
name: figure7
compute: grid
parameters:
  features: 6
axes:
  - zip:
      - parameter: task
        values: ${list(({ architecture }) => architecture.task)}
      - parameter: activation
        values: ${list(({ architecture }) => architecture.activation)}
      - parameter: dims
        values: ${list(({ dims }) => dims)}
      - parameter: x
        values: [${specs.map((_, k) => x(k)).join(', ')}]
      - parameter: y
        values: [${specs.map((_, k) => y(k)).join(', ')}]
      - parameter: restarts
        values: ${list(({ training }) => training.restarts)}
      - parameter: moreRestarts
        values: ${list(({ training }) => training.moreRestarts)}
      - parameter: steps
        values: ${list(({ training }) => training.iterations)}
measurements: [columns, xValues, yValues, capacity, predicted, loss, standardError, optima, degeneracy, restartsTaken]
`;
}

/** The nine panels of Figure 7 of Scherlis et al. (2022). */
export const figure7: Recipe = {
  name: 'figure7',
  description: 'The nine panels of Figure 7 of Scherlis et al. (2022), one diagram per cell',
  text: figure7Document(WHOLE.cells, WHOLE.tableColumns),
};
