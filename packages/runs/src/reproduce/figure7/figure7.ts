import { journalOf, type JournalFolder } from '../journals.ts';
import { planGrid, type GridDiagram, type GridSpec } from '@polysem/engine/phase';
import { runGrid } from '../../grid-run.ts';
import type { RowRunner } from '../../run-rows.ts';
import { assemblePanels } from './assemble-panels.ts';
import { isWhole, type Figure7Size } from './conventions.ts';
import { figure7Grids } from './grids.ts';
import { explainMisses, type Miss } from './misses.ts';
import type { Figure7PanelResult } from './panel-result.ts';

/** The nine panels, and experiments that explain where they differ from the published ones. */
export interface Figure7 {
  readonly panels: readonly Figure7PanelResult[];
  readonly misses: readonly Miss[];
}

/**
 * Computes the nine panels and the table of conventions.
 *
 * @param size cells per panel, and columns of the table of conventions.
 * @param seed decides all random numbers.
 * @param runner computes the rows; the caller closes it.
 * @param options `journals`: where journals are kept, so that an interrupted run resumes; without it nothing is kept.
 *   `onProgress`: called with a label and the fraction done, 0 to 1.
 * @returns the panels in the order of the paper, and the crossings that differ from the published ones.
 *
 * @remarks No example: it trains for minutes.
 */
export async function figure7(
  size: Figure7Size,
  seed: number,
  runner: RowRunner,
  options: {
    readonly journals?: JournalFolder;
    readonly onProgress?: (label: string, done: number) => void;
  } = {},
): Promise<Figure7> {
  const { journals, onProgress } = options;
  const grids = figure7Grids(size, seed);
  const allCells = grids.reduce((sum, { spec }) => sum + cellsOf(spec), 0);
  let cellsBefore = 0;
  const diagrams: GridDiagram[] = [];
  for (const { panel, convention, name, spec } of grids) {
    const title = `figure 7, ${panel.task} ${panel.activation} ${panel.features} in ${panel.dims}`;
    const label = convention === null ? title : `${title}, conventions`;
    // Sequential, because each grid uses all threads.
    // oxlint-disable-next-line no-await-in-loop
    const diagram = await runGrid(planGrid(spec), runner, {
      ...journalOf(journals, 'figure7', name),
      onProgress: (done) => onProgress?.(label, (cellsBefore + done * cellsOf(spec)) / allCells),
    });
    cellsBefore += cellsOf(spec);
    diagrams.push(diagram);
  }
  const panels = assemblePanels(grids, diagrams);
  const misses = isWhole(size) ? await explainMisses(panels, seed, runner.kernel) : [];
  return { panels, misses };
}

function cellsOf({ x, y }: GridSpec): number {
  return x.values.length * y.values.length;
}
