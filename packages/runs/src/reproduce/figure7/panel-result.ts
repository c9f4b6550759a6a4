import type { Figure7Panel, GridDiagram, phaseAreas, Roughness } from '@polysem/engine/phase';
import type { Agreement, summariseAgreement } from './agreement.ts';
import type { Convention } from './conventions.ts';

/** A computed panel of Figure 7, compared with the published one. */
export interface Figure7PanelResult extends Figure7Panel {
  readonly diagram: GridDiagram;
  readonly roughness: Roughness;
  readonly areas: ReturnType<typeof phaseAreas>;
  /** Fraction of cells in which some restart has nearly the best loss but a C that differs by more than 0.05. */
  readonly degenerate: number;
  /** Number of importances at which crossings are compared with the published ones. */
  readonly comparedColumns: number;
  /** The base convention first, then the other plausible ones. */
  readonly conventions: readonly {
    readonly convention: Convention;
    readonly agreement: readonly Agreement[];
    readonly summary: ReturnType<typeof summariseAgreement>;
  }[];
}
