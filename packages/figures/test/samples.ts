import { contourLines, phaseNameOf } from '@polysem/core';
import {
  capacityBarsFigure,
  embeddingArrowsFigure,
  gramHeatMapFigure,
  marginalBenefitFigure,
  marginalBenefitInsets,
  phaseDiagramFigure,
  phaseDiagramPanels,
  trainingCostFigure,
  type CostPanel,
  type FigureOptions,
  type MarginalBenefitData,
  type PhaseDiagramData,
  type Provenance,
} from '../src/index.ts';

export const PROVENANCE: Provenance = { polysem: '0.1.0', seed: 7, configuration: { dims: 3 } };

/** 5 x 3 cells, importance by density. */
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

/** Two densities by two numbers of threads, at four sizes. */
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

/** Every figure, with one text in every place where a caller's text can stand. */
export const FIGURES: Record<string, (name: string, options: FigureOptions) => string> = {
  phaseDiagram: (name, options) => phaseDiagramFigure(diagram(name), options),
  phaseDiagramPanels: (name, options) =>
    phaseDiagramPanels([{ ...diagram(name), title: name }], options),
  namedPhases: (name, options) => phaseDiagramFigure(namedDiagram(name), options),
  namedPhasesPanels: (name, options) =>
    phaseDiagramPanels(
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
  marginalBenefitInsets: (name, options) =>
    marginalBenefitInsets([{ ...benefits(name), letter: name, title: name }], options),
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
  trainingCost: (name, options) =>
    trainingCostFigure([costs(name), costs(), costs(), costs()], options),
};
