import { panelSpec } from '@polysem/runs';

const PANEL = { task: 'compression', activation: 'relu', features: 6, dims: 3 };
const IMPORTANCES = [0.03, 0.3, 3, 30];
/** The cell at which long training of the peer must meet the optimum: row, as a fraction of the rows, and column. */
const CHECKED = { share: 1 / 3, column: 2 };

/** The panel of Figure 7, compression ReLU 6 in 3, of so many cells along each axis. */
export function wholePanel(cells) {
  return panelSpec(PANEL, { cells, tableColumns: 0 }, 0);
}

/** Four importances of it, at all densities. */
export function strip(cells) {
  return { ...wholePanel(cells), x: { parameter: 'importance', values: IMPORTANCES } };
}

/** The same with more of everything and another seed: what the best known losses are found with. */
export function thorough(spec) {
  const { training } = spec;
  const more = { rows: 4 * training.rows, iterations: 2 * training.iterations };
  Object.assign(more, { restarts: 3 * training.restarts, moreRestarts: 3 * training.restarts });
  return { ...spec, training: { ...training, ...more }, seed: 1 };
}

/** One cell of the strip by itself, and its place there. */
export function checkedCell(spec) {
  const row = Math.round(CHECKED.share * (spec.y.values.length - 1));
  const { column } = CHECKED;
  const x = { ...spec.x, values: [spec.x.values[column]] };
  const y = { ...spec.y, values: [spec.y.values[row]] };
  return { place: row * spec.x.values.length + column, spec: { ...spec, x, y } };
}
