import { phaseAreas, roughness, type Figure7Panel, type GridDiagram } from '@polysem/engine/phase';
import { agreement, summariseAgreement } from './agreement.ts';
import type { Figure7Grid } from './grids.ts';
import type { Figure7PanelResult } from './panel-result.ts';

/** Capacities that differ by more than this count as different optima. */
const DEGENERATE = 0.05;

/**
 * Assembles the panels of Figure 7 from the diagrams of its grids, wherever these were computed.
 *
 * @param grids the grids (`figure7Grids`).
 * @param diagrams one diagram per grid.
 * @returns the panels in the order of the paper.
 *
 * @remarks No example: computing the diagrams takes minutes.
 */
export function assemblePanels(
  grids: readonly Figure7Grid[],
  diagrams: readonly GridDiagram[],
): Figure7PanelResult[] {
  const panels: Figure7PanelResult[] = [];
  for (const [place, { panel, convention }] of grids.entries()) {
    if (convention !== null) continue;
    const diagram = diagrams[place];
    const { x, y } = diagram.spec;
    panels.push({
      ...panel,
      diagram,
      roughness: roughness(diagram.capacity, y.values.length, x.values.length),
      areas: phaseAreas(diagram.capacity),
      degenerate:
        diagram.degeneracy.filter((difference) => difference > DEGENERATE).length /
        diagram.degeneracy.length,
      comparedColumns:
        grids.find((one) => one.panel === panel && one.convention !== null)?.spec.x.values.length ??
        0,
      conventions: comparedConventions(panel, grids, diagrams),
    });
  }
  return panels;
}

/** The crossings of a panel under each of its conventions, compared with the published ones. */
function comparedConventions(
  panel: Figure7Panel,
  grids: readonly Figure7Grid[],
  diagrams: readonly GridDiagram[],
): Figure7PanelResult['conventions'] {
  return grids.flatMap(({ panel: other, convention }, place) => {
    if (other !== panel || convention === null) return [];
    const compared = agreement(panel, diagrams[place]);
    return [{ convention, agreement: compared, summary: summariseAgreement(compared) }];
  });
}
