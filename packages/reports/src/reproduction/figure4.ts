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
import type { LabLink } from '../page/page.ts';
import type { ReportPart } from './section.ts';

/**
 * Reproduces Figure 4: predicted and trained phase diagrams, and the six insets.
 *
 * @param seed decides all random numbers.
 * @param onProgress called with a label and the fraction done, 0 to 1.
 * @param journals where journals are kept, so that an interrupted run resumes.
 * @returns section, claims and results.
 *
 * @remarks No example: it trains for a minute and keeps journals in a folder.
 */
export async function figure4Part(
  seed: number,
  onProgress: (label: string, done: number) => void,
  journals: JournalFolder,
): Promise<ReportPart> {
  const runner = await openRowRunner();
  try {
    return partOf(await figure4(seed, runner, { journals, onProgress }), seed);
  } finally {
    await runner.close();
  }
}

/** The network that the link of the diagram opens: inset E, where every feature shares. */
const SHARING = { importance: 0.5, density: 0.1 };

function partOf(figure: Figure4, seed: number): ReportPart {
  return {
    section: {
      id: 'figure-4',
      heading: 'Figure 4: the phase diagram, predicted and trained',
      paragraphs: [
        'Six features in three dimensions. The importance V of one feature varies, and so does the density p of all. Inputs are uniform, active with probability p, and scaled to variance 1, so their kurtosis is 9 / (5 p). To the left of the partial region the feature is ignored; to the right it has its own dimension. Above density 0.6 the kurtosis is below 3 and there is no partial region: returns on capacity increase, so each feature gets a whole dimension or nothing.',
        `Every cell is predicted by the solver and trained from random weights by L-BFGS: first on the exact expected loss and then, for densities of at least 0.01, on one sample of inputs per row. With the exact loss, restarts stop once the relative gap to the certified optimum is at most ${figure.exact.spec.trained?.stopAtGap} (${restartsText(figure.exact)}). Below kurtosis 3 every subset of features is a local optimum in which a restart can end. With sampled inputs we keep the restart, of six, with the lowest exact loss.`,
      ],
      figures: [
        {
          name: 'figure4-exact',
          svg: panels(figure, figure.exact, 'exact loss', seed),
          lab: [phaseLink('Figure 4', figure.exact.spec, SHARING)],
          caption:
            'Capacity of the varied feature: predicted, trained on the exact loss, and the difference. Lines are closed-form boundaries; letters A to F refer to the insets below.',
        },
        {
          name: 'figure4-sampled',
          svg: panels(figure, figure.sampled, 'sampled inputs', seed),
          caption:
            'The same, trained on sampled inputs, for densities of at least 0.01. The difference is not only noise: the network overfits its sample, which moves capacities slightly towards each other, by an amount proportional to one over the square root of the sample size.',
        },
        {
          name: 'figure4-insets',
          svg: insetFigure(figure.insets, seed, 'Insets A to F: 6 features in 3 dimensions'),
          lab: insetLinks(figure.insets, figure.exact.spec),
          caption:
            'Marginal benefits at the six points, computed from the model, with the price (dashed) and the optimum (dots). At A and B, where the kurtosis is below 3, some of the other, equally important features are full and the rest are ignored. At C all curves are flat and equal, so every allocation is optimal.',
        },
        {
          name: 'figure4-insets-2-in-1',
          svg: insetFigure(
            figure.publishedInsets,
            seed,
            'The same points with 2 features in 1 dimension',
          ),
          lab: insetLinks(figure.publishedInsets, figure.exact.spec),
          caption:
            'The dots of the published insets match this case, not 6 features in 3 dimensions: at F the other feature is ignored here, whereas with 6 features in 3 dimensions each of the others has C = 0.4.',
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
  return `${more} of ${restarts.length} cells needed more than one restart, and none needed more than ${Math.max(...restarts)}`;
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
