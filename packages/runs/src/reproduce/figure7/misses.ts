import { firstRise, gridCell, lastRise, type Crossing, type GridSpec } from '@polysem/engine/phase';
import { trainingDefaults } from '@polysem/engine/training';
import type { KernelName } from '@polysem/engine/kernels';
import { runTraining } from '../../training-run.ts';
import { AGREES_WITHIN } from './agreement.ts';
import { baseConvention, conventionSpec } from './conventions.ts';
import type { Figure7PanelResult } from './figure7.ts';

/** A crossing that is further from the published one than it may be, and where training the usual way puts it. */
export interface Miss {
  readonly panel: Figure7PanelResult;
  readonly density: number;
  readonly level: number;
  readonly published: number;
  /** At the best optima found. */
  readonly optimum: Crossing;
  /**
   * Of the best, by a held-out loss, of so many models trained by Adam on batches: where their capacity first reaches the
   * level, and from where on it stays above. Between the two the outcome is a matter of chance.
   */
  readonly trainedFirst: Crossing;
  readonly trainedLast: Crossing;
}

/** How peers train such models: the settings of the first trials, with which most panels were first met. */
const USUAL = { steps: 3000, batch: 512, learningRate: 1e-2, restarts: 6 };

const COLUMNS = 33;

/**
 * Explains each miss of the base convention by an experiment: the same row of cells, each model trained by Adam on fresh
 * batches, as a published panel presumably was, in place of the optimum of a stratified expectation. Noisy densities are
 * left out.
 */
export async function explainMisses(
  panels: readonly Figure7PanelResult[],
  seed: number,
  kernel: KernelName,
): Promise<Miss[]> {
  const misses: Miss[] = [];
  for (const panel of panels) {
    for (const { density, isNoisy, ignoredUpTo, fullFrom } of panel.conventions[0].agreement) {
      if (isNoisy) continue;
      const missed = [
        { level: 0.1, crossing: ignoredUpTo },
        { level: 0.9, crossing: fullFrom },
      ].filter(({ crossing }) => Math.abs(crossing.decades) > AGREES_WITHIN);
      if (missed.length === 0) continue;
      const spec = conventionSpec(panel, baseConvention[panel.task], COLUMNS, seed);
      // One row after the other: each takes all threads.
      // oxlint-disable-next-line no-await-in-loop
      const row = await trainedRow(spec, spec.y.values.indexOf(density), kernel);
      for (const { level, crossing } of missed) {
        misses.push({
          panel,
          density,
          level,
          published: crossing.published.value,
          optimum: crossing.measured,
          trainedFirst: firstRise(row, spec.x.values, level),
          trainedLast: lastRise(row, spec.x.values, level),
        });
      }
    }
  }
  return misses;
}

async function trainedRow(spec: GridSpec, row: number, kernel: KernelName): Promise<number[]> {
  const specs = spec.x.values.map((_, column) => {
    const { model, inputs } = gridCell(spec, row, column);
    const defaults = trainingDefaults(model, 'sampled', 'adam');
    return { model, inputs, ...defaults, ...USUAL, seed: spec.seed, instance: column };
  });
  const results = await runTraining(specs, { kernel });
  return results.map((result) => (result.best === null ? NaN : result.capacity[0]));
}
