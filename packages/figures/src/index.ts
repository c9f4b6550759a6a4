/**
 * Results to SVG, in light and dark.
 *
 * @module
 */
export { auditFigure, type AuditFigureData, type AuditTrend, type TrendPoint } from './audit.ts';
export { boardFigure, type Board, type BoardData } from './board.ts';
export { blockName } from './block-style.ts';
export { capacityBarsFigure, type CapacityBarsData } from './capacity-bars.ts';
export type { ColourMap, ColourSpec } from './colour.ts';
export { comparisonFigure, type ComparedRow, type ComparisonData } from './comparison.ts';
export type { Contour } from './contour-map.ts';
export {
  distributionFigure,
  type DistributionData,
  type DistributionSeries,
} from './distribution.ts';
export { dynamicsFigure } from './dynamics.ts';
export type { DynamicsData, DynamicsEvent } from './dynamics-data.ts';
export { embeddingArrowsFigure, type EmbeddingArrowsData } from './embedding-arrows.ts';
export type { FigureOptions } from './figure.ts';
export { formatNumber } from './format.ts';
export type { GramBlock } from './gram-blocks.ts';
export { gramHeatMapFigure, type GramHeatMapData } from './gram-heat-map.ts';
export {
  marginalBenefitFigure,
  marginalBenefitInsets,
  type MarginalBenefitData,
  type MarginalCurve,
  type MarginalInset,
} from './marginal-benefit.ts';
export type { GridAxis } from './axis.ts';
export { phaseOfCapacity, type Phase } from './phase.ts';
export {
  phaseDiagramFigure,
  type OverlayLine,
  type OverlayMarker,
  type PhaseDiagramData,
} from './phase-diagram.ts';
export { phaseDiagramPanels, type PhaseDiagramPanel } from './phase-diagram-panels.ts';
export { encodePng } from './png.ts';
export { provenanceOf, type Provenance } from './provenance.ts';
export type { Theme } from './theme.ts';
export { scalingFigure, type ScalingData, type ScalingSeries } from './scaling.ts';
export { shapeGalleryFigure, type GalleryBlock } from './shape-gallery.ts';
export { spectrumFigure } from './spectrum.ts';
export type { NullSpectrum, SpectrumData, SpectrumLevel } from './spectrum-data.ts';
export { trainingCostFigure, type CostCurve, type CostPanel } from './training-cost.ts';
export type { View } from './view.ts';
export { dataUri } from './base64.ts';
export { provenanceLine } from './provenance.ts';
export { escapeText } from './svg.ts';
export { type Palette, PALETTES } from './theme.ts';
