import { fullGeometry, quickGeometry, type GeometrySize } from './geometry-size.ts';

/** Size of the reproduction of the whole paper. */
export interface ReproductionSize {
  /** Random matrices, networks and problems on which equations are tested. */
  readonly draws: number;
  /** Cells along each axis of Figure 4, and of each panel of Figure 7. */
  readonly figure4Cells: number;
  readonly figure7Cells: number;
  /** Importances per row at which crossings of Figure 7 are compared with the published ones. */
  readonly crossingColumns: number;
  /** Compare every plausible convention of Figure 7, explain what disagrees, and separate kurtosis from density. */
  readonly isWhole: boolean;
  readonly geometry: GeometrySize;
}

/** Every figure, Figure 7 coarsely: under two minutes on two cores. */
export const quickReproduction: ReproductionSize = {
  draws: 100,
  figure4Cells: 64,
  figure7Cells: 20,
  crossingColumns: 33,
  isWhole: false,
  geometry: quickGeometry,
};

/** Everything at full size: about five minutes on two cores. */
export const fullReproduction: ReproductionSize = {
  draws: 500,
  figure4Cells: 64,
  figure7Cells: 64,
  crossingColumns: 33,
  isWhole: true,
  geometry: fullGeometry,
};
