import { phaseAreas, roughness, type GridDiagram } from '@polysem/engine/phase';
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
  const computed = grids.map((grid, place) => ({ ...grid, diagram: diagrams[place] }));
  return computed
    .filter(({ convention }) => convention === null)
    .map(({ panel, diagram }): Figure7PanelResult => {
      const { x, y } = diagram.spec;
      const conventions = computed.flatMap(({ panel: other, convention, diagram: rows }) => {
        if (other !== panel || convention === null) return [];
        const compared = agreement(panel, rows);
        return [{ convention, agreement: compared, summary: summariseAgreement(compared) }];
      });
      return {
        ...panel,
        diagram,
        roughness: roughness(diagram.capacity, y.values.length, x.values.length),
        areas: phaseAreas(diagram.capacity),
        degenerate:
          diagram.degeneracy.filter((difference) => difference > DEGENERATE).length /
          diagram.degeneracy.length,
        conventions,
      };
    });
}
