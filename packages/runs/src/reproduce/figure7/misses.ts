import { firstRise, gridCell, lastRise, type Crossing, type GridSpec } from '@polysem/engine/phase';
import { trainingDefaults } from '@polysem/engine/training';
import type { KernelName } from '@polysem/engine/kernels';
import { runTraining } from '../../training-run.ts';
import { AGREES_WITHIN } from './agreement.ts';
import { baseConvention, conventionSpec } from './conventions.ts';
import type { Figure7PanelResult } from './panel-result.ts';

/** A crossing that disagrees with the published one, and where ordinary training puts it. */
export interface Miss {
  readonly panel: Figure7PanelResult;
  readonly density: number;
  readonly level: number;
  readonly published: number;
  /** Crossing of the best optima found. */
  readonly optimum: Crossing;
  /**
   * Crossings of models trained by Adam on batches, the best of `USUAL.restarts` by held-out loss: the first V at which the
   * capacity reaches the level, and the V from which it stays above. Between the two the outcome depends on the seed.
   */
  readonly trainedFirst: Crossing;
  readonly trainedLast: Crossing;
}

/** Ordinary training settings for such models. Most panels were first reproduced with them. */
const USUAL = { steps: 3000, batch: 512, learningRate: 1e-2, restarts: 6 };

const COLUMNS = 33;

/**
 * Repeats each row in which the base convention misses a published crossing, with every model trained by Adam on fresh
 * batches, as the published panels presumably were, instead of optimised on a stratified expectation. Skips noisy densities.
 *
 * @param panels the computed panels; only the base convention is examined.
 * @param seed decides all random numbers.
 * @param kernel the kernel that trains.
 * @returns one entry per missed crossing.
 *
 * @remarks No example: its argument is the result of {@link figure7}, which trains for minutes.
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
      // Sequential, because each row uses all threads.
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
