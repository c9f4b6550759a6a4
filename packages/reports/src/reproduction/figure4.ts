import { version } from '@polysem/core/version';
import {
  marginalBenefitPanelsFigure,
  phaseDiagramPanelsFigure,
  type MarginalBenefitPanel,
  type PhaseDiagramData,
} from '@polysem/figures';
import {
  figure4,
  figure4Claims,
  type Figure4,
  type InsetResult,
  type JournalFolder,
} from '@polysem/runs/reproduce';
import { openRowRunner, type PhaseDiagram } from '@polysem/runs';
import { phaseLink } from './lab-links.ts';
import type { LabLink, ReportFigure } from '../page/page.ts';
import { measuredText } from './claim-text.ts';
import type { ReportPart } from './section.ts';

/**
 * Reproduces Figure 4: predicted and trained phase diagrams, and the six insets.
 *
 * @param cells cells along each axis; 64 in the report.
 * @param seed decides all random numbers.
 * @param onProgress called with a label and the fraction done, 0 to 1.
 * @param journals where journals are kept, so that an interrupted run resumes.
 * @returns section, claims and results.
 *
 * @remarks No example: it trains for a minute and keeps journals in a folder.
 */
export async function figure4Part(
  cells: number,
  seed: number,
  onProgress: (label: string, done: number) => void,
  journals: JournalFolder,
): Promise<ReportPart> {
  const runner = await openRowRunner();
  try {
    return partOf(await figure4(cells, seed, runner, { journals, onProgress }), seed);
  } finally {
    await runner.close();
  }
}

/** The network that the link of the diagram opens: inset E, where every feature shares. */
const SHARING = { importance: 0.5, density: 0.1 };

function partOf(figure: Figure4, seed: number): ReportPart {
  const claims = figure4Claims(figure);
  const measured = (id: string): string => {
    const found = claims.find((one) => one.id === id);
    return found === undefined ? '' : measuredText(found);
  };
  const cells = figure.exact.capacity.length;
  return {
    found: {
      lead: 'Training finds the predicted optimum.',
      text: `In all ${cells} cells of Figure 4, networks trained on the exact loss end within ${measured('figure4-exact-capacity')} of the predicted capacity; on sampled inputs the root mean square difference is ${measured('figure4-sampled-capacity')}. Features share dimensions only where inputs have a kurtosis above 3, which for sparse uniform inputs means a density below ${measured('critical-density')}.`,
    },
    sections: [
      {
        id: 'figure-4',
        heading: 'Figure 4: the phase diagram, predicted and trained',
        short: 'Figure 4: the phase diagram',
        paragraphs: [
          'Six features in three dimensions. The importance V of one feature varies from left to right, and the density p of all features, the probability that one is active, from bottom to top. Left of the solid line the feature is ignored, right of the dashed line it has a dimension of its own, and between the lines it shares. Above density 0.6 nothing is shared: there the kurtosis of the inputs, 9 / (5 p), is below 3, returns on capacity increase, and each feature gets a whole dimension or nothing.',
          `Every cell is predicted by the solver and trained from random weights by L-BFGS. With the exact loss, restarts stop once the relative gap to the certified optimum is at most ${figure.exact.spec.trained?.stopAtGap}: ${restartsText(figure.exact)}. With sampled inputs we keep the best of six restarts.`,
        ],
        figures: figures(figure, seed),
      },
    ],
    tables: [],
    claims,
    results: figure,
  };
}

function figures(figure: Figure4, seed: number): ReportFigure[] {
  const diagram = phaseLink('Figure 4', figure.exact.spec, SHARING);
  return [
    {
      name: 'figure4-exact',
      svg: panels(figure, figure.exact, 'exact loss', seed),
      caption:
        'Capacity of the varied feature: predicted, trained on the exact loss, and the difference, on a scale of its own. Lines are the boundaries in closed form; letters A to F mark the insets below.',
      limits:
        'whether ordinary training would end here. Each network was trained to convergence on the exact loss, and below kurtosis 3, where every choice of three features is a local optimum, one start can be too few.',
      lab: [diagram],
    },
    {
      name: 'figure4-sampled',
      svg: panels(figure, figure.sampled, 'sampled inputs', seed),
      caption:
        'The same, trained on one sample of inputs per row. The difference is not only noise: a network overfits its sample, which moves capacities slightly towards each other, by an amount proportional to one over the square root of the sample size.',
      limits: 'densities below 0.01, which would need larger samples.',
      lab: [diagram],
      labNote: 'the diagram there is trained on the exact loss',
    },
    {
      name: 'figure4-insets',
      svg: insetFigure(figure.insets, seed, 'Insets A to F: 6 features in 3 dimensions'),
      caption:
        'Marginal benefits at the six points, with the price (dashed) and the optimum (dots). At A and B, where the kurtosis is below 3, some of the equally important features are full and the rest ignored. At C all curves are flat and equal, so every allocation is optimal.',
      limits:
        'the other optima at A, B and C. Each dot belongs to one of several equally good allocations.',
      lab: insetLinks(figure.insets, figure.exact.spec),
    },
    {
      name: 'figure4-insets-2-in-1',
      svg: insetFigure(
        figure.publishedInsets,
        seed,
        'The same points with 2 features in 1 dimension',
      ),
      caption:
        'The dots of the published insets fit this case. At F the other feature is ignored here and in print, whereas with 6 features in 3 dimensions each of the others has C = 0.4.',
      limits: 'whether the authors computed this case; the paper does not say.',
      lab: insetLinks(figure.publishedInsets, figure.exact.spec),
    },
  ];
}

function restartsText({ trained }: PhaseDiagram): string {
  const restarts = trained?.restarts ?? new Float64Array(0);
  const more = restarts.filter((count) => count > 1).length;
  return `${more} of ${restarts.length} cells needed more than one, and none more than ${Math.max(...restarts)}`;
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
  return phaseDiagramPanelsFigure(
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

/** Links to the networks of the insets, in the diagram of their size. */
function insetLinks(list: readonly InsetResult[], spec: PhaseDiagram['spec']): LabLink[] {
  return list.map(({ letter, features, dims, importance, density }) =>
    phaseLink(letter, { ...spec, features, dims }, { importance, density }),
  );
}

function insetFigure(list: readonly InsetResult[], seed: number, title: string): string {
  return marginalBenefitPanelsFigure(list.map(insetPanel), {
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

/** One curve per group. Groups of equal importance have the same curve and different dots. */
function insetPanel({
  letter,
  density,
  importance,
  at,
  price,
  groups,
}: InsetResult): MarginalBenefitPanel {
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
