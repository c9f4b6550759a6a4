import { version } from '@polysem/core';
import {
  marginalBenefitInsets,
  phaseDiagramPanels,
  type MarginalInset,
  type PhaseDiagramData,
} from '@polysem/figures';
import {
  figure4,
  figure4Claims,
  type Figure4,
  type InsetResult,
  type PhaseDiagram,
} from '@polysem/runs';
import type { ReportPart } from './section.ts';

/** Figure 4: prediction beside training, and the six insets. */
export async function figure4Part(
  seed: number,
  progress: (label: string, done: number) => void,
  folder: string,
): Promise<ReportPart> {
  const figure = await figure4(seed, progress, folder);
  return {
    section: {
      id: 'figure-4',
      heading: 'Figure 4: the phase diagram, predicted and trained',
      paragraphs: [
        'Six features in three dimensions; the importance V of one of them is varied, and the density of all: inputs are uniform, active with probability p, scaled to variance 1, so that their kurtosis is 9 / (5 p). Left of the partial region the feature is ignored, right of it it has a dimension of its own. Above density 0.6, where the kurtosis is below 3, there is no partial region: returns on capacity increase, and features have all or nothing.',
        `Every cell is predicted by the solver, and trained from random weights by L-BFGS: first on the exact expected loss, then, down to density 0.01, on one sample of inputs a row. Restarts end when the certified optimum is reached within ${figure.exact.spec.trained?.stopAtGap} (exact loss; ${restartsText(figure.exact)}); below kurtosis 3 subsets of features are local optima, where a start may end. On sampled inputs the best of six starts is taken, judged by the exact loss.`,
      ],
      figures: [
        {
          name: 'figure4-exact',
          svg: panels(figure, figure.exact, 'exact loss', seed),
          caption:
            'Capacity of the varied feature: predicted, trained on the exact loss, and their difference. Lines: the closed-form boundaries. A to F: the insets below.',
        },
        {
          name: 'figure4-sampled',
          svg: panels(figure, figure.sampled, 'sampled inputs', seed),
          caption:
            'The same, trained on sampled inputs, for densities of at least 0.01. The difference is not noise alone: the network fits its sample, which draws capacities a little towards each other, by an amount that falls with the square root of the sample.',
        },
        {
          name: 'figure4-insets',
          svg: insetFigure(figure.insets, seed, 'Insets A to F: 6 features in 3 dimensions'),
          caption:
            'Marginal benefits at the six points, computed from the model, with the price (dashed) and the optimum (dots). At A and B, below kurtosis 3, some of the equal others are full and the rest ignored. At C all curves are flat and equal: every allocation is optimal.',
        },
        {
          name: 'figure4-insets-2-in-1',
          svg: insetFigure(
            figure.publishedInsets,
            seed,
            'The same points with 2 features in 1 dimension',
          ),
          caption:
            'The dots of the published insets fit this case, not 6 in 3: at F the other feature is ignored here, while 6 features in 3 dimensions leave each of the others C = 0.4.',
        },
      ],
    },
    claims: figure4Claims(figure, seed),
    results: figure,
  };
}

function restartsText({ trained }: PhaseDiagram): string {
  const restarts = trained?.restarts ?? new Float64Array(0);
  const more = restarts.filter((count) => count > 1).length;
  return `${more} of ${restarts.length} cells needed more than one, none more than ${Math.max(...restarts)}`;
}

function panels(figure: Figure4, diagram: PhaseDiagram, loss: string, seed: number): string {
  const trained = diagram.trained?.capacity ?? new Float64Array(0);
  const common = {
    x: { label: 'importance V', scale: 'log', values: diagram.importance },
    y: { label: 'density p', scale: 'log', values: diagram.density },
    lines: figure.boundaries.map((line) => ({
      label: line.label,
      points: line.points.filter(([, p]) => p >= diagram.spec.density.to),
    })),
    markers: figure.insets.map(({ letter, importance, density }) => ({
      letter,
      x: importance,
      y: density,
    })),
  } satisfies Partial<PhaseDiagramData>;
  const capacity = { map: 'viridis', label: 'capacity C', domain: [0, 1] } as const;
  return phaseDiagramPanels(
    [
      { title: 'Predicted', ...common, values: diagram.capacity, colour: capacity },
      { title: `Trained, ${loss}`, ...common, values: trained, colour: capacity },
      {
        title: 'Trained - predicted',
        ...common,
        values: trained.map((c, cell) => c - diagram.capacity[cell]),
        colour: { map: 'diverging', label: 'difference of C' },
      },
    ],
    {
      title: 'Capacity of one feature, 6 features in 3 dimensions',
      provenance: { polysem: version, seed, configuration: diagram.spec },
    },
  );
}

function insetFigure(list: readonly InsetResult[], seed: number, title: string): string {
  return marginalBenefitInsets(list.map(insetPanel), {
    title,
    provenance: {
      polysem: version,
      seed,
      configuration: list.map(({ letter, density, importance, features, dims }) => ({
        letter,
        density,
        importance,
        features,
        dims,
      })),
    },
  });
}

/** One curve a group; groups of the same importance share their curve and differ in the dot. */
function insetPanel({
  letter,
  density,
  importance,
  at,
  price,
  groups,
}: InsetResult): MarginalInset {
  const split = groups.length > 2;
  return {
    letter,
    title: `p = ${density}, V = ${importance}`,
    capacities: at,
    price,
    curves: groups.map((group) => ({
      label: group.varied ? `V = ${importance}` : split ? `${group.count} others` : 'others',
      importance: group.importance,
      benefit: group.curve,
      optimum: { capacity: group.capacity, benefit: group.benefit, phase: group.phase },
    })),
  };
}
