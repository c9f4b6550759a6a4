import { panelSpec } from '@polysem/runs/reproduce';

const PANEL = { task: 'compression', activation: 'relu', features: 6, dims: 3 };
const IMPORTANCES = [0.03, 0.3, 3, 30];
/** Cell in which the peer's long training must reach the optimum: its row, as a fraction of the rows, and its column. */
const CHECKED = { share: 1 / 3, column: 2 };

/** The panel of Figure 7 for compression with ReLU, 6 features in 3 dimensions, with `cells` cells along each axis. */
export function wholePanel(cells) {
  return panelSpec(PANEL, { cells, tableColumns: 0 }, 0);
}

/** Four importances of the panel, at all densities. */
export function strip(cells) {
  return { ...wholePanel(cells), x: { parameter: 'importance', values: IMPORTANCES } };
}

/** The strip with larger settings and another seed, to find the lowest losses. */
export function thorough(spec) {
  const { training } = spec;
  const more = { rows: 4 * training.rows, iterations: 2 * training.iterations };
  Object.assign(more, { restarts: 3 * training.restarts, moreRestarts: 3 * training.restarts });
  return { ...spec, training: { ...training, ...more }, seed: 1 };
}

/** One cell of the strip as its own grid, with its index in the strip. */
export function checkedCell(spec) {
  const row = Math.round(CHECKED.share * (spec.y.values.length - 1));
  const { column } = CHECKED;
  const x = { ...spec.x, values: [spec.x.values[column]] };
  const y = { ...spec.y, values: [spec.y.values[row]] };
  return { place: row * spec.x.values.length + column, spec: { ...spec, x, y } };
}
