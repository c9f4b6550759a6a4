import { contourLines, phaseNameOf } from '@polysem/engine/phase';
import type { Embedding } from '@polysem/core/embedding';
import {
  auditFigure,
  capacityBarsFigure,
  comparisonFigure,
  distributionFigure,
  dynamicsFigure,
  embeddingArrowsFigure,
  gramHeatMapFigure,
  lossFigure,
  marginalBenefitFigure,
  marginalBenefitPanelsFigure,
  phaseDiagramFigure,
  phaseDiagramPanelsFigure,
  scalingFigure,
  shapeGalleryFigure,
  spectrumFigure,
  trainingCostFigure,
  type ComparisonData,
  type CostPanel,
  type DistributionData,
  type DynamicsData,
  type FigureOptions,
  type GalleryBlock,
  type MarginalBenefitData,
  type PhaseDiagramData,
  type Provenance,
  type ScalingData,
  type SpectrumData,
} from '../src/index.ts';

export const PROVENANCE: Provenance = { polysem: '0.1.0', seed: 7, configuration: { dims: 3 } };

/** A diagram of 5 x 3 cells. */
export function diagram(name: string = 'C'): PhaseDiagramData {
  return {
    x: { label: `${name} V`, scale: 'log', values: [0.01, 0.1, 1, 10, 100] },
    y: { label: `${name} p`, scale: 'log', values: [1, 0.1, 0.01] },
    values: Float64Array.from({ length: 15 }, (_, i) => i / 14),
    colour: { map: 'viridis', label: name },
    lines: [
      {
        label: `${name} boundary`,
        points: [
          [0.01, 1],
          [100, 0.01],
        ],
      },
    ],
    markers: [{ letter: name, x: 1, y: 0.1 }],
  };
}

/** The same cells by named phase, with contour lines. */
export function namedDiagram(name: string = 'C'): PhaseDiagramData {
  const values = diagram(name).values;
  return {
    ...diagram(name),
    phases: Array.from(values, phaseNameOf),
    contours: [0.1, 0.47, 0.5, 0.9].map((level) => ({
      level,
      lines: contourLines(values, 3, 5, level),
      isNamed: level !== 0.5,
    })),
  };
}

/** Three curves, one in each phase. */
export function benefits(name: string = 'v'): MarginalBenefitData {
  const capacities = [0, 0.5, 1];
  return {
    capacities,
    price: 10,
    labelHeading: name,
    curves: (['ignored', 'partial', 'full'] as const).map((phase, i) => ({
      label: `${name}${i}`,
      importance: 10 ** i,
      benefit: capacities.map((c) => 10 ** (i + 1 - c)),
      optimum: { capacity: i / 2, benefit: [9, 10 ** 1.5, 100][i], phase },
    })),
  };
}

/** Two densities with two numbers of threads each, at four sizes. */
export function costs(name: string = 'N'): CostPanel {
  const sizes = [20, 80, 320, 1280];
  return {
    title: name,
    kept: name,
    label: name,
    unit: name,
    curves: [1, 0.05].flatMap((density) =>
      [1, 2].map((threads) => ({
        density,
        threads,
        sizes,
        microseconds: sizes.map((size) => (size * (1 + 9 * density)) / threads),
      })),
    ),
  };
}

/** An embedding with a few vectors. */
export function embeddingOf(...vectors: readonly (readonly number[])[]): Embedding {
  return {
    dims: vectors[0].length,
    features: vectors.length,
    data: Float64Array.from(vectors.flat()),
  };
}

/** Two eigenspaces, a zero, and a null model. */
export function spectrum(name: string = 'b'): SpectrumData {
  return {
    eigenvalues: [2, 2, 1, 0],
    blockOf: [0, 0, 1, null],
    blockNames: [name, 'c'],
    gammas: [
      { value: 2, block: 0 },
      { value: 1, label: name },
    ],
    nullModel: {
      label: name,
      eigenvalues: [2, 1.5, 1, 0.5],
      low: [1, 1, 0.5, 0],
      high: [3, 2, 2, 1],
    },
    label: name,
  };
}

/** Shapes of one, two, three and four dimensions. */
export function gallery(name: string = 'pair'): GalleryBlock[] {
  return [
    { shape: name, embedding: embeddingOf([1], [-1]), labels: [name, 'b'], capacity: 1 },
    { shape: 'square', embedding: embeddingOf([1, 0], [-1, 0], [0, 1], [0, -1]), confidence: 0.9 },
    { shape: 'three', embedding: embeddingOf([1, 0, 0], [0, 1, 0], [0, 0, 1]), count: 2 },
    { shape: 'four', embedding: embeddingOf([1, 0, 0, 0], [0, 0, 0, 1]) },
  ];
}

/** Four features over five checkpoints: a pair forms, then one of its features becomes full. */
export function dynamics(name: string = 'pair'): DynamicsData {
  return {
    steps: [0, 10, 100, 1000, 10_000],
    loss: [1, 0.5, 0.2, 0.1, 0.05],
    capacity: [
      [0.1, 0.1, 0.1, 0.1],
      [0.3, 0.3, 0.1, 0.5],
      [0.5, 0.5, 0.1, 1],
      [0.7, 0.3, 0, 1],
      [1, 0, 0, 1],
    ],
    blockOf: [
      [null, null, null, null],
      [0, 0, null, null],
      [0, 0, null, 1],
      [0, 0, null, 1],
      [2, null, null, 1],
    ],
    blockNames: [name, 'c', 'd'],
    labels: [name, 'q', 'r', 's'],
    events: [
      { step: 10, label: name },
      { step: 100, label: 'B formed' },
      { step: 10_000, label: 'A split' },
    ],
  };
}

/** Three bins: a measurement and a baseline. */
export function distribution(name: string = 'C'): DistributionData {
  return {
    label: name,
    scale: 'log',
    edges: [0.001, 0.01, 0.1, 1],
    series: [
      { name, shares: [0.2, 0.5, 0.3] },
      { name: 'baseline', shares: [0, 1, 0], isReference: true },
    ],
  };
}

/** Two matrices; the second has no second reference. */
export function comparison(name: string = 'W'): ComparisonData {
  return {
    label: name,
    unit: name,
    domain: [0, 1],
    measured: name,
    references: [name, 'norms'],
    rows: [
      { name, value: 0.5, interval: [0.4, 0.6], references: [0.75, 0.25] },
      { name: 'layer 1', value: 1, references: [0, NaN] },
    ],
  };
}

/** A series that is proportional to the size, and one that grows with its square. */
export function scaling(name: string = 'N'): ScalingData {
  const sizes = [10, 100, 1000];
  return {
    x: { label: name, unit: name },
    y: { label: name },
    series: [
      { name, points: sizes.map((size) => [size, size / 4] as const) },
      { name: 'squared', points: sizes.map((size) => [size, size ** 2] as const) },
    ],
  };
}

/** Every figure, with the same text in every place that takes one. */
export const FIGURES: Record<string, (name: string, options: FigureOptions) => string> = {
  phaseDiagram: (name, options) => phaseDiagramFigure(diagram(name), options),
  phaseDiagramPanelsFigure: (name, options) =>
    phaseDiagramPanelsFigure([{ ...diagram(name), title: name }], options),
  namedPhases: (name, options) => phaseDiagramFigure(namedDiagram(name), options),
  namedPhasesPanels: (name, options) =>
    phaseDiagramPanelsFigure(
      [
        { ...namedDiagram(name), title: name },
        { ...diagram(), title: 'b' },
      ],
      options,
    ),
  capacityBars: (name, options) =>
    capacityBarsFigure(
      {
        capacities: [1, 0.5, 0],
        labels: [name, 'b', 'c'],
        importances: [4, 2, 1],
        measured: { label: name, capacities: [0.9, 0.4, Number.NaN] },
        dims: 2,
      },
      options,
    ),
  marginalBenefit: (name, options) => marginalBenefitFigure(benefits(name), options),
  marginalBenefitPanelsFigure: (name, options) =>
    marginalBenefitPanelsFigure([{ ...benefits(name), letter: name, title: name }], options),
  gramHeatMap: (name, options) =>
    gramHeatMapFigure(
      { gram: [1, -0.5, -0.5, 1], features: 2, labels: [name, 'b'], valueLabel: name },
      options,
    ),
  embeddingArrows: (name, options) =>
    embeddingArrowsFigure(
      {
        embedding: { dims: 2, features: 2, data: Float64Array.from([1, 0, 0, 0.5]) },
        capacities: [1, 0.3],
        labels: [name, 'b'],
      },
      options,
    ),
  audit: (name, options) =>
    auditFigure(
      {
        predicted: [0, 0.5, 1],
        measured: [0.1, 0.4, 0.9],
        trends: [
          {
            label: name,
            values: [0.001, 0, 0.5],
            points: [{ centre: 0.01, median: 0.4, low: 0.1, high: 0.9, predicted: 0.5 }],
          },
        ],
      },
      options,
    ),
  gramBlocks: (name, options) =>
    gramHeatMapFigure(
      {
        gram: [1, 0, -1, 0, 2, 0, -1, 0, 1],
        features: 3,
        blocks: [{ features: [2, 0], label: name }],
        labels: [name, 'b', 'c'],
      },
      options,
    ),
  embeddingBlocks: (name, options) =>
    embeddingArrowsFigure(
      {
        embedding: embeddingOf([1, 0], [-1, 0.1], [0, 0.5]),
        capacities: [0.5, 0.5, 1],
        labels: [name, 'b', 'c'],
        blockOf: [0, 0, null],
        blockNames: [name],
      },
      options,
    ),
  embeddingSpace: (name, options) =>
    embeddingArrowsFigure(
      {
        embedding: embeddingOf([1, 0, 0], [-0.5, 0.8, 0.3], [0, 0, -0.5]),
        capacities: [0.5, 0.5, 1],
        labels: [name, 'b', 'c'],
      },
      options,
    ),
  spectrum: (name, options) => spectrumFigure(spectrum(name), options),
  shapeGallery: (name, options) => shapeGalleryFigure(gallery(name), options),
  dynamics: (name, options) => dynamicsFigure(dynamics(name), options),
  dynamicsLog: (name, options) => dynamicsFigure({ ...dynamics(name), scale: 'log' }, options),
  distribution: (name, options) => distributionFigure(distribution(name), options),
  loss: (name, options) =>
    lossFigure(
      {
        restarts: [
          { steps: [0, 1, 10], loss: [4, 2, 1] },
          { steps: [0, 1, 10], loss: [3, NaN, 2] },
        ],
        optimum: 0.9,
        label: name,
      },
      options,
    ),
  scaling: (name, options) => scalingFigure(scaling(name), options),
  comparison: (name, options) => comparisonFigure(comparison(name), options),
  trainingCost: (name, options) =>
    trainingCostFigure([costs(name), costs(), costs(), costs()], options),
};
