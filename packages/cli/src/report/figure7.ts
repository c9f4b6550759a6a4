import { contourLines, version } from '@polysem/core';
import { formatNumber, phaseDiagramPanels, type PhaseDiagramPanel } from '@polysem/figures';
import {
  describeConvention,
  figure7,
  figure7Claims,
  isOfPanel,
  openSweeper,
  publishedCrossings,
  type Figure7PanelResult,
} from '@polysem/runs';
import type { ReportPart } from './section.ts';

/** Figure 7: nine architectures, side by side with what was read off the published figure. */
export async function figure7Part(
  cells: number,
  seed: number,
  onProgress: (label: string, done: number) => void,
  folder: string,
): Promise<ReportPart> {
  const sweeper = await openSweeper();
  try {
    const size = { cells, tableColumns: Math.min(33, cells) };
    const { panels } = await figure7(size, seed, sweeper, { folder, onProgress });
    const groups = [panels.slice(0, 3), panels.slice(3, 6), panels.slice(6)];
    return {
      section: {
        id: 'figure-7',
        heading: 'Figure 7: architecture decides how much is shared',
        paragraphs: [
          'Six features; the importance V of one is varied, and the density of all. Every cell is trained by L-BFGS on a stratified expectation of the loss from random weights, cells hand their optima on to their neighbours, and the best by inputs that training did not see is kept. Circles i and f: where the published panels pass C = 0.1 and 0.9, read off their pixels.',
          'The paper does not give the inputs of its empirical panels, nor how importance enters. The table holds the published crossings against every plausible convention; the first line of each panel is the one that is drawn.',
        ],
        figures: groups.map((group) => ({
          name: `figure7-${group[0].task}-${group[0].features}-in-${group[0].dims}`,
          svg: phaseDiagramPanels(group.map(panelOf), {
            title: titleOf(group[0]),
            provenance: {
              polysem: version,
              seed,
              configuration: group.map(({ diagram }) => diagram.spec),
            },
          }),
          caption: `Capacity of the varied feature, ${titleOf(group[0])}. Roughness along the density axis, away from boundaries: ${group
            .map((one) => `${one.activation} ${formatNumber(one.roughness.rms)}`)
            .join(', ')}.`,
        })),
        tables: [agreementTable(panels)],
      },
      claims: figure7Claims({ panels }),
      results: panels.map(({ diagram, task, activation, ...measured }) => ({
        task,
        activation,
        roughness: measured.roughness,
        areas: measured.areas,
        conventions: measured.conventions,
        spec: diagram.spec,
        kernel: sweeper.kernel,
        capacity: diagram.capacity,
        standardError: diagram.standardError,
        loss: diagram.loss,
        optima: diagram.optima,
        restarts: diagram.restarts,
        predicted: diagram.predicted,
      })),
    };
  } finally {
    await sweeper.close();
  }
}

function titleOf({ task, features, dims }: Figure7PanelResult): string {
  return `${task} models, ${features} features in ${dims} dimensions`;
}

function panelOf(panel: Figure7PanelResult): PhaseDiagramPanel {
  const { diagram, activation } = panel;
  const [x, y] = [diagram.spec.x.values, diagram.spec.y.values];
  const lines = (level: number, name: string) =>
    contourLines(diagram.capacity, y.length, x.length, level).map((line) => ({
      label: name,
      points: line.map(([row, column]) => [at(x, column), at(y, row)] as const),
    }));
  const marks = publishedCrossings.filter((one) => isOfPanel(one, panel));
  return {
    title: activation,
    x: { label: 'importance V', scale: 'log', values: x },
    y: { label: 'density p', scale: 'log', values: y },
    values: diagram.capacity,
    colour: { map: 'viridis', label: 'capacity C', domain: [0, 1] },
    lines: [
      ...lines(0.1, 'C = 0.1 and 0.9'),
      ...lines(0.9, 'C = 0.1 and 0.9'),
      ...lines(0.47, 'C = 0.47 and 0.53'),
      ...lines(0.53, 'C = 0.47 and 0.53'),
    ],
    markers: marks.flatMap(({ density, ignoredUpTo, fullFrom }) => [
      { letter: 'i', x: ignoredUpTo.value, y: density },
      { letter: 'f', x: fullFrom.value, y: density },
    ]),
  };
}

/** The value at a fractional place of an axis in equal ratios. */
function at(values: readonly number[], place: number): number {
  const low = Math.min(values.length - 2, Math.floor(place));
  return values[low] * (values[low + 1] / values[low]) ** (place - low);
}

function agreementTable(panels: readonly Figure7PanelResult[]) {
  return {
    caption:
      'Agreement with the published panels, by convention: crossings of 0.1 and 0.9 within 0.15 decades, of those where the published panel is not noisy, and their mean distance in decades.',
    columns: ['panel', 'convention', 'agree', 'mean distance', 'V at 0.1 / 0.9, by density'],
    rows: panels.flatMap((panel) =>
      panel.conventions.map(({ convention, agreement, summary }) => [
        `${panel.task} ${panel.activation} ${panel.features} in ${panel.dims}`,
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
