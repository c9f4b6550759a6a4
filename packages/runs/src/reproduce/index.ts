/**
 * The figures and claims of arXiv:2210.01892, recomputed.
 *
 * @module
 */
export type { Claim } from './claim.ts';
export { equationClaims, equations, type Equations } from './equations/equations.ts';
export { paperSections, type PaperSection } from './paper-sections.ts';
export { removeReproductionJournals, type JournalFolder } from './journals.ts';
export { figure2, figure2Claims, type Figure2 } from './figure2.ts';
export { figure4, type Figure4 } from './figure4/figure4.ts';
export type { Inset, InsetResult } from './figure4/insets.ts';
export { figure4Claims } from './figure4/claims.ts';
export {
  equalImportanceClaims,
  exampleClaims,
  exampleNetwork,
  type ExampleNetwork,
} from './example-network.ts';
export { assemblePanels } from './figure7/assemble-panels.ts';
export { figure7Claims, unjudgedFigure7 } from './figure7/claims.ts';
export {
  type Convention,
  describeConvention,
  type Figure7Size,
  panelSpec,
} from './figure7/conventions.ts';
export { figure7, type Figure7 } from './figure7/figure7.ts';
export { figure7Grids, type Figure7Grid } from './figure7/grids.ts';
export type { Figure7PanelResult } from './figure7/panel-result.ts';
export { type Miss } from './figure7/misses.ts';
export {
  kurtosisAndDensity,
  kurtosisAndDensityClaims,
  type KurtosisAndDensity,
  type SharingWidth,
} from './kurtosis-and-density.ts';
export { geometry, geometryClaims, type Geometry } from './geometry/geometry.ts';
export {
  fullReproduction,
  type GeometrySize,
  quickReproduction,
  type ReproductionSize,
} from './sizes/index.ts';
export type { ArchitectureRow } from './geometry/architectures.ts';
export type { Mean, Structure } from './geometry/block-census.ts';
export type { Figure5 } from './geometry/figure5.ts';
export type { MeasuredArrangement } from './geometry/figure6.ts';
export type { NeuronMixing } from './geometry/neuron-mixing.ts';
export type { OneEigenspace } from './geometry/one-eigenspace.ts';
export type { TrainingDynamics } from './geometry/training-dynamics.ts';
