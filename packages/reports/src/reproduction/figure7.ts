import { summarise } from '@polysem/core/capacity';
import { version } from '@polysem/core/version';
import { isOfPanel, publishedCrossings } from '@polysem/engine/phase';
import { formatNumber, phaseDiagramPanelsFigure, type PhaseDiagramPanel } from '@polysem/figures';
import {
  describeConvention,
  figure7,
  figure7Claims,
  type Figure7PanelResult,
  type Miss,
  type JournalFolder,
} from '@polysem/runs/reproduce';
import { openRowRunner } from '@polysem/runs';
import { activationLabel } from '@polysem/engine/activations';
import { capacityMap, phaseMap } from '../phase/grid-panels.ts';
import type { ReportFigure } from '../page/page.ts';
import { gridLinks } from './lab-links.ts';
import type { ReportPart } from './section.ts';

/**
 * Reproduces Figure 7: nine architectures, compared with values read from the published figure.
 *
 * @param cells cells along each axis.
 * @param seed decides all random numbers.
 * @param onProgress called with a label and the fraction done, 0 to 1.
 * @param journals where journals are kept, so that an interrupted run resumes.
 * @returns section, claims and results.
 *
 * @remarks No example: it trains for minutes and keeps journals in a folder.
 */
export async function figure7Part(
  cells: number,
  seed: number,
  onProgress: (label: string, done: number) => void,
  journals: JournalFolder,
): Promise<ReportPart> {
  const runner = await openRowRunner();
  try {
    const size = { cells, tableColumns: Math.min(33, cells) };
    const result = await figure7(size, seed, runner, { journals, onProgress });
    const { panels, misses } = result;
    const groups = [panels.slice(0, 3), panels.slice(3, 6), panels.slice(6)];
    return {
      section: {
        id: 'figure-7',
        heading: 'Figure 7: architecture decides how much is shared',
        paragraphs: [
          'Six features. The importance V of one feature varies, and so does the density of all. Every cell is trained by L-BFGS on a stratified expectation of the loss, from random weights and from the optima of neighbouring cells; the result with the lowest held-out loss is kept. Circles i and f mark where the published panels cross C = 0.1 and 0.9, read from their pixels.',
          'The paper does not state the input distribution of its empirical panels, nor how importance enters the loss. The table compares the published crossings with every plausible convention; the figures use the first convention of each panel.',
        ],
        figures: groups.flatMap((group) => groupFigures(group, seed)),
        tables: [smoothnessTable(panels), agreementTable(panels), missesTable(misses)],
      },
      claims: figure7Claims(result),
      results: panels.map((panel) => panelResults(panel, runner.kernel)),
    };
  } finally {
    await runner.close();
  }
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
      caption: `${titleOf(group[0])}: capacity of the varied feature. Roughness along the density axis, away from boundaries: ${group
        .map((one) => `${activationLabel(one.activation)} ${formatNumber(one.roughness.rms)}`)
        .join(', ')}. Largest standard error of the mean capacity over restarts: ${group
        .map(
          (one) =>
            `${activationLabel(one.activation)} ${formatNumber(Number(Math.max(...one.diagram.standardError).toPrecision(2)))}`,
        )
        .join(', ')}; restarts end in different optima, and the figure shows the best.`,
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
    },
  ];
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
      'Agreement with the published panels, by convention: number of crossings of C = 0.1 and 0.9 within 0.15 decades of the published ones, and mean distance in decades, excluding rows where the published panel is noisy.',
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
      'Crossings more than 0.15 decades from the published ones, under the conventions of the figures, compared with ordinary training (Adam, batches of 512, 3000 steps, best of 6 restarts): the first V at which the capacity reaches the level, and the V from which it stays above. Between the two the outcome depends on the seed, so a published crossing there is within the noise of training.',
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
      'Roughness along the density axis: root mean square second difference of C, without boundaries (steps up to 0.1) and with them. Degenerate cells: some restart within 1 % of the lowest loss has a C that differs by more than 0.05; roughness there is not noise. Standard errors are over all restarts of a cell, including those stopped early; distinct optima are counted among restarts trained to the end.',
    columns: [
      'panel',
      'roughness',
      'with boundaries',
      'degenerate cells',
      'standard error of the mean over restarts',
      'distinct optima, mean',
      'plateau area',
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
