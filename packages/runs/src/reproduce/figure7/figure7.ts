import { journalOf, type JournalFolder } from '../journals.ts';
import {
  type Figure7Panel,
  figure7Panels,
  phaseAreas,
  planGrid,
  roughness,
  type GridDiagram,
  type GridSpec,
} from '@polysem/engine/phase';
import { runGrid } from '../../grid-run.ts';
import type { RowRunner } from '../../run-rows.ts';
import { agreement, summariseAgreement } from './agreement.ts';
import {
  baseConvention,
  conventionSpec,
  panelSpec,
  plausibleConventions,
  type Convention,
  type Figure7Size,
} from './conventions.ts';
import { explainMisses, type Miss } from './misses.ts';
import type { Figure7PanelResult } from './panel-result.ts';

/** The nine panels, and experiments that explain where they differ from the published ones. */
export interface Figure7 {
  readonly panels: readonly Figure7PanelResult[];
  readonly misses: readonly Miss[];
}

/** Capacities that differ by more than this count as different optima. */
const DEGENERATE = 0.05;

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
  const panels: Figure7PanelResult[] = [];
  const triedOf = (panel: Figure7Panel): Convention[] =>
    size.tableColumns === 0 ? [baseConvention[panel.task]] : plausibleConventions(panel);
  const columns = size.tableColumns === 0 ? size.cells : size.tableColumns;
  const work = figure7Panels.map((panel) => ({
    panel,
    grid: panelSpec(panel, size, seed),
    conventions: triedOf(panel).map((convention) => ({
      convention,
      spec: conventionSpec(panel, convention, columns, seed),
    })),
  }));
  const all = work.flatMap(({ grid, conventions }) => [
    grid,
    ...conventions.map(({ spec }) => spec),
  ]);
  const allCells = all.reduce((sum, spec) => sum + cellsOf(spec), 0);
  let cellsBefore = 0;
  const run = async (spec: GridSpec, label: string, file: string): Promise<GridDiagram> => {
    const diagram = await runGrid(planGrid(spec), runner, {
      ...journalOf(journals, 'figure7', file),
      onProgress: (done) => onProgress?.(label, (cellsBefore + done * cellsOf(spec)) / allCells),
    });
    cellsBefore += cellsOf(spec);
    return diagram;
  };
  for (const [place, { panel, grid, conventions: tried }] of work.entries()) {
    const name = `figure 7, ${panel.task} ${panel.activation} ${panel.features} in ${panel.dims}`;
    // Sequential, because each grid uses all threads.
    // oxlint-disable-next-line no-await-in-loop
    const diagram = await run(grid, name, `${place}-grid`);
    const conventions: Figure7PanelResult['conventions'][number][] = [];
    for (const [k, { convention, spec }] of tried.entries()) {
      // oxlint-disable-next-line no-await-in-loop
      const row = await run(spec, `${name}, conventions`, `${place}-convention-${k}`);
      const rows = agreement(panel, row);
      conventions.push({ convention, agreement: rows, summary: summariseAgreement(rows) });
    }
    panels.push({
      ...panel,
      diagram,
      roughness: roughness(diagram.capacity, size.cells, size.cells),
      areas: phaseAreas(diagram.capacity),
      degenerate:
        diagram.degeneracy.filter((difference) => difference > DEGENERATE).length /
        diagram.degeneracy.length,
      conventions,
    });
  }
  const misses = size.tableColumns === 0 ? [] : await explainMisses(panels, seed, runner.kernel);
  return { panels, misses };
}

function cellsOf({ x, y }: GridSpec): number {
  return x.values.length * y.values.length;
}
