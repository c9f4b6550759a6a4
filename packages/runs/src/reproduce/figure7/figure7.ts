import { phaseAreas, roughness, type GridDiagram, type Roughness } from '@polysem/core';
import { join } from 'node:path';
import { runGrid, type Sweeper } from '../../grid-run.ts';
import { agreement, summariseAgreement, type Agreement } from './agreement.ts';
import {
  baseConvention,
  conventionSpec,
  panelSpec,
  plausibleConventions,
  type Convention,
  type Figure7Size,
} from './conventions.ts';
import { figure7Panels, type Figure7Panel } from './published.ts';

/** A panel of Figure 7, computed, beside what was published. */
export interface Figure7PanelResult extends Figure7Panel {
  readonly diagram: GridDiagram;
  readonly roughness: Roughness;
  readonly areas: ReturnType<typeof phaseAreas>;
  /** The base convention first, then the other plausible ones. */
  readonly conventions: readonly {
    readonly convention: Convention;
    readonly agreement: readonly Agreement[];
    readonly summary: ReturnType<typeof summariseAgreement>;
  }[];
}

/** The nine panels. */
export interface Figure7 {
  readonly panels: readonly Figure7PanelResult[];
}

/** Computes the nine panels and the table of conventions; an interrupted run goes on where it stopped, if `folder` is given. */
export async function figure7(
  size: Figure7Size,
  seed: number,
  sweeper: Sweeper,
  options: {
    readonly folder?: string;
    readonly onProgress?: (label: string, done: number) => void;
  } = {},
): Promise<Figure7> {
  const { folder, onProgress } = options;
  const panels: Figure7PanelResult[] = [];
  for (const [place, panel] of figure7Panels.entries()) {
    const name = `${panel.task} ${panel.activation} ${panel.features} in ${panel.dims}`;
    const hooks = (part: string) => ({
      ...(folder !== undefined && {
        journal: join(folder, `.polysem-journal-figure7-${place}-${part}`),
      }),
      onProgress: (done: number) =>
        onProgress?.(`figure 7, panel ${place + 1} of ${figure7Panels.length}: ${name}`, done),
    });
    // One panel after the other: each takes all threads.
    // oxlint-disable-next-line no-await-in-loop
    const diagram = await runGrid(panelSpec(panel, size, seed), sweeper, hooks('grid'));
    const conventions: Figure7PanelResult['conventions'][number][] = [];
    const tried =
      size.tableColumns === 0 ? [baseConvention[panel.task]] : plausibleConventions(panel);
    for (const [k, convention] of tried.entries()) {
      const columns = size.tableColumns === 0 ? size.cells : size.tableColumns;
      const spec = conventionSpec(panel, convention, columns, seed);
      // oxlint-disable-next-line no-await-in-loop
      const rows = agreement(panel, await runGrid(spec, sweeper, hooks(`convention-${k}`)));
      conventions.push({ convention, agreement: rows, summary: summariseAgreement(rows) });
    }
    panels.push({
      ...panel,
      diagram,
      roughness: roughness(diagram.capacity, size.cells, size.cells),
      areas: phaseAreas(diagram.capacity),
      conventions,
    });
  }
  return { panels };
}
