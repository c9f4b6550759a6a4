import { summarise } from '@polysem/core/capacity';
import { version } from '@polysem/core/version';
import { isOfPanel, publishedCrossings } from '@polysem/engine/phase';
import { formatNumber, phaseDiagramPanelsFigure, type PhaseDiagramPanel } from '@polysem/figures';
import {
  describeConvention,
  figure7,
  figure7Claims,
  unjudgedFigure7,
  type Figure7,
  type Figure7Size,
  type Figure7PanelResult,
  type Miss,
  type JournalFolder,
} from '@polysem/runs/reproduce';
import { openRowRunner } from '@polysem/runs';
import { activationLabel } from '@polysem/engine/activations';
import { capacityMap, phaseMap } from '../phase/grid-panels.ts';
import type { LedParagraph, ReportFigure } from '../page/page.ts';
import { gridLinks } from './lab-links.ts';
import type { ReportPart } from './section.ts';

/**
 * Reproduces Figure 7: nine architectures, compared with values read from the published figure.
 *
 * @param size cells per panel, and how thoroughly conventions are compared.
 * @param seed decides all random numbers.
 * @param onProgress called with a label and the fraction done, 0 to 1.
 * @param journals where journals are kept, so that an interrupted run resumes.
 * @returns sections, claims and results.
 *
 * @remarks No example: it trains for minutes and keeps journals in a folder.
 */
export async function figure7Part(
  size: Figure7Size,
  seed: number,
  onProgress: (label: string, done: number) => void,
  journals: JournalFolder,
): Promise<ReportPart> {
  const runner = await openRowRunner();
  try {
    const result = await figure7(size, seed, runner, { journals, onProgress });
    const { panels, misses } = result;
    const groups = [panels.slice(0, 3), panels.slice(3, 6), panels.slice(6)];
    const unjudged = unjudgedFigure7(result);
    return {
      found: findings(result, size),
      sections: [
        {
          id: 'figure-7',
          heading: 'Figure 7: architecture decides how much is shared',
          short: 'Figure 7: nine architectures',
          paragraphs: [
            'Six features. The importance V of one feature and the density of all vary as in Figure 4, for nine models: three that compute a sum of their features (quadratic, ReLU, GeLU) in three dimensions, and three autoencoders each in three and in five. Every cell is trained by L-BFGS on a stratified expectation of the loss, from random weights and from the optima of neighbouring cells; the network with the lowest held-out loss is kept. Circles i and f mark where the published panels cross C = 0.1 and 0.9, read from their pixels.',
            `The paper gives no details of training, nor the inputs of these panels, nor how importance enters the loss. We use the conventions of the papers that introduced each model${size.isCoarse === true ? '' : '; the tables compare the published crossings with every plausible alternative'}.`,
            ...(unjudged.length === 0
              ? []
              : [
                  `This page has ${size.cells} x ${size.cells} cells per panel; polysem reproduce all --full computes 64 x 64. Crossings are compared in rows of their own, with ${panels[0].comparedColumns} importances each. This size decides the shape of the panels, not their fine detail; it does not decide ${unjudged.join(', nor ')}.`,
                ]),
          ],
          figures: groups.flatMap((group) => groupFigures(group, seed)),
        },
      ],
      tables: [
        smoothnessTable(panels),
        agreementTable(panels),
        ...(misses.length === 0 ? [] : [missesTable(misses)]),
      ],
      claims: figure7Claims(result),
      unjudged,
      results: panels.map((panel) => panelResults(panel, runner.kernel)),
    };
  } finally {
    await runner.close();
  }
}

function findings({ panels }: Figure7, { cells }: Figure7Size): LedParagraph {
  const shared = (task: string, dims: number): string => {
    const own = panels.filter((one) => one.task === task && one.dims === dims);
    const areas = own.map(({ areas: { partial, plateau } }) => partial + plateau);
    return `${short((100 * areas.reduce((sum, area) => sum + area, 0)) / own.length)} %`;
  };
  const base = panels.map(({ conventions }) => conventions[0].summary);
  const agree = base.reduce((sum, one) => sum + one.agree, 0);
  const crossings = base.reduce((sum, one) => sum + one.crossings, 0);
  const text = `Over the diagrams of Figure 7 (${cells} x ${cells} cells each), with six features in three dimensions, autoencoders share in ${shared('compression', 3)} of the cells on average and models that compute a sum in ${shared('computation', 3)}. ${agree} of ${crossings} crossings that can be read from the published panels are where we find them, within 0.15 decades of importance.`;
  return { lead: 'Architecture decides how much is shared.', text };
}

/** Capacities and phases of panels with the same task and size, as one figure each. */
function groupFigures(group: readonly Figure7PanelResult[], seed: number): ReportFigure[] {
  const name = `figure7-${group[0].task}-${group[0].features}-in-${group[0].dims}`;
  const options = (title: string) => ({
    title,
    provenance: {
      polysem: version,
      seed,
      configuration: group.map(({ diagram }) => diagram.spec),
    },
  });
  return [
    {
      name,
      svg: phaseDiagramPanelsFigure(group.map(panelOf), options(titleOf(group[0]))),
      lab: group.flatMap((one) => gridLinks(activationLabel(one.activation), one.diagram.spec)),
      caption: `${titleOf(group[0])}: capacity of the varied feature. ${describeGroup(group[0])}`,
      limits: `what a single training run would give. Restarts end in different optima, and each cell shows the best. Detail finer than a cell, ${cellDecades(group[0])} decades of importance, is not shown either.`,
    },
    {
      name: `${name}-phases`,
      svg: phaseDiagramPanelsFigure(
        group.map((one) => ({
          title: activationLabel(one.activation),
          ...phaseMap(one.diagram),
        })),
        options(`Phases: ${titleOf(group[0])}`),
      ),
      lab: group.flatMap((one) =>
        gridLinks(activationLabel(one.activation), one.diagram.spec, 'phases'),
      ),
      caption: `The same cells by phase: ignored (C below 0.1), full (above 0.9), the plateau of antipodal pairs (0.47 to 0.53), partial elsewhere.`,
      limits:
        'shapes. A capacity near 1/2 is usually an antipodal pair, but other arrangements can have it too.',
    },
  ];
}

function describeGroup({ task, dims }: Figure7PanelResult): string {
  if (task === 'computation')
    return 'Models that compute a sum share in a band around V = 1, and capacity changes smoothly across it.';
  return dims === 3
    ? 'Autoencoders share over a region that widens as features become rare; with ReLU and GeLU most of it is a plateau at C = 1/2.'
    : 'With five dimensions for six features, ReLU and GeLU let one pair share: below V = 1 the varied feature has half a dimension, above a whole one. The quadratic model spreads the shortage over all features.';
}

function cellDecades({ diagram }: Figure7PanelResult): string {
  const { values } = diagram.spec.x;
  return formatNumber(Math.log10(values[values.length - 1] / values[0]) / (values.length - 1), 2);
}

/** Numbers of a panel for results.json. */
function panelResults(
  { diagram, task, activation, ...measured }: Figure7PanelResult,
  kernel: string,
): object {
  return {
    task,
    activation,
    roughness: measured.roughness,
    areas: measured.areas,
    degenerate: measured.degenerate,
    conventions: measured.conventions,
    spec: diagram.spec,
    kernel,
    capacity: diagram.capacity,
    standardError: diagram.standardError,
    loss: diagram.loss,
    optima: diagram.optima,
    degeneracy: diagram.degeneracy,
    restarts: diagram.restarts,
    predicted: diagram.predicted,
  };
}

function titleOf({ task, features, dims }: Figure7PanelResult): string {
  return `${task[0].toUpperCase()}${task.slice(1)} models, ${features} features in ${dims} dimensions`;
}

function panelOf(panel: Figure7PanelResult): PhaseDiagramPanel {
  const marks = publishedCrossings.filter((one) => isOfPanel(one, panel));
  return {
    title: activationLabel(panel.activation),
    ...capacityMap(panel.diagram),
    markers: marks.flatMap(({ density, ignoredUpTo, fullFrom }) => [
      { letter: 'i', x: ignoredUpTo.value, y: density },
      { letter: 'f', x: fullFrom.value, y: density },
    ]),
  };
}

function agreementTable(panels: readonly Figure7PanelResult[]) {
  return {
    caption:
      'Figure 7: agreement with the published panels, by convention. Number of crossings of C = 0.1 and 0.9 within 0.15 decades of the published ones, and mean distance in decades, excluding rows where the published panel is noisy.',
    columns: ['panel', 'convention', 'agree', 'mean distance', 'V at 0.1 / 0.9, by density'],
    rows: panels.flatMap((panel) =>
      panel.conventions.map(({ convention, agreement, summary }) => [
        `${panel.task} ${activationLabel(panel.activation)} ${panel.features} in ${panel.dims}`,
        describeConvention(panel, convention),
        `${summary.agree} of ${summary.crossings}`,
        formatNumber(Number(summary.meanDecades.toPrecision(2))),
        agreement
          .map(
            ({ density, ignoredUpTo, fullFrom }) =>
              `${density}: ${short(ignoredUpTo.measured.value)} / ${short(fullFrom.measured.value)}`,
          )
          .join('; '),
      ]),
    ),
  };
}

function short(value: number): string {
  return formatNumber(Number(value.toPrecision(2)));
}

function mean(values: Float64Array): number {
  return summarise(values.filter((value) => !Number.isNaN(value))).mean;
}

function missesTable(misses: readonly Miss[]) {
  return {
    caption:
      'Figure 7: crossings more than 0.15 decades from the published ones, under the conventions of the figures, compared with ordinary training (Adam, batches of 512, 3000 steps, best of 6 restarts): the first V at which the capacity reaches the level, and the V from which it stays above. Between the two the outcome depends on the seed, so a published crossing there is within the noise of training.',
    columns: [
      'panel',
      'density',
      'crossing',
      'published',
      'optimum',
      'trained: first',
      'trained: stays above from',
    ],
    rows: misses.map(({ panel, density, level, published, optimum, trainedFirst, trainedLast }) => [
      `${panel.task} ${activationLabel(panel.activation)} ${panel.features} in ${panel.dims}`,
      String(density),
      `C = ${level}`,
      short(published),
      short(optimum.value),
      short(trainedFirst.value),
      short(trainedLast.value),
    ]),
  };
}

function smoothnessTable(panels: readonly Figure7PanelResult[]) {
  return {
    caption:
      'Figure 7: roughness along the density axis, root mean square second difference of C, without boundaries (steps up to 0.1) and with them. Degenerate cells: some restart within 1 % of the lowest loss has a C that differs by more than 0.05; roughness there is not noise. Standard errors are those of the mean capacity over all restarts of a cell, including those stopped early; distinct optima are counted among restarts trained to the end. Plateau: cells with 0.47 < C < 0.53.',
    columns: [
      'panel',
      'roughness',
      'with boundaries',
      'degenerate',
      'standard error',
      'optima',
      'plateau',
    ],
    rows: panels.map(({ diagram, roughness, areas, ...panel }) => [
      `${panel.task} ${activationLabel(panel.activation)} ${panel.features} in ${panel.dims}`,
      short(roughness.rms),
      short(roughness.plain),
      `${short(100 * panel.degenerate)} %`,
      short(mean(diagram.standardError)),
      short(mean(diagram.optima)),
      `${short(100 * areas.plateau)} %`,
    ]),
  };
}
