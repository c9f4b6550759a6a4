/**
 * Results to SVG, in light and dark.
 *
 * @module
 */
export {
  auditFigure,
  type AuditFigureData,
  type AuditTrend,
  type TrendPoint,
} from './figures/audit.ts';
export { capacityBarsFigure, type CapacityBarsData } from './figures/capacity-bars.ts';
export { capacityPairsFigure, type CapacityPairsData } from './figures/capacity-pairs.ts';
export { comparisonFigure, type ComparedRow, type ComparisonData } from './figures/comparison.ts';
export {
  distributionFigure,
  type DistributionData,
  type DistributionRange,
  type DistributionSeries,
} from './figures/distribution.ts';
export {
  dynamicsFigure,
  type DynamicsData,
  type DynamicsEvent,
} from './figures/dynamics/dynamics.ts';
export { embeddingArrowsFigure, type EmbeddingArrowsData } from './figures/embedding-arrows.ts';
export {
  gramHeatMapFigure,
  type GramBlock,
  type GramHeatMapData,
} from './figures/gram-heat-map.ts';
export { lossFigure, type LossCurve, type LossData } from './figures/loss.ts';
export {
  marginalBenefitFigure,
  type MarginalBenefitData,
  type MarginalCurve,
} from './figures/marginal-benefit.ts';
export {
  marginalBenefitPanelsFigure,
  type MarginalBenefitPanel,
} from './figures/marginal-benefit-panels.ts';
export {
  meanLinesFigure,
  type MeanLinesData,
  type MeanPanel,
  type MeanPoint,
  type MeanSeries,
} from './figures/mean-lines.ts';
export {
  phaseDiagramFigure,
  type OverlayLine,
  type OverlayMarker,
  type PhaseDiagramData,
} from './figures/phase-diagram.ts';
export {
  phaseDiagramPanelsFigure,
  type PhaseDiagramPanel,
} from './figures/phase-diagram-panels.ts';
export { scalingFigure, type ScalingData, type ScalingSeries } from './figures/scaling.ts';
export { shapeGalleryFigure, type GalleryBlock } from './figures/shape-gallery.ts';
export {
  spectrumFigure,
  type NullSpectrum,
  type SpectrumData,
  type SpectrumLevel,
} from './figures/spectrum.ts';
export { trainingCostFigure, type CostCurve, type CostPanel } from './figures/training-cost.ts';
export type { Contour } from './marks/contours.ts';
export type { GridAxis } from './plot/axis.ts';
export type { FigureOptions } from './plot/document.ts';
export { provenanceLine, provenanceOf, type Provenance } from './plot/provenance.ts';
export type { View } from './plot/view.ts';
export { formatNumber } from './svg/format.ts';
export { blockName } from './theme/block-style.ts';
export type { ColourMap, ColourSpec } from './theme/colour.ts';
export { phaseOfCapacity, type Phase } from './theme/phase.ts';
export type { Theme } from './theme/theme.ts';
