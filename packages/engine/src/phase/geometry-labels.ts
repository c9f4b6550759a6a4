import { embedding } from '@polysem/core/embedding';
import { describeBlocks } from '@polysem/core/geometry';
import { gridCell } from './grid-spec.ts';
import type { GridDiagram } from './train-grid.ts';

/**
 * Describes the geometry of each cell's best optimum in words, such as `2 x antipodal pair, single,
 * 1 ignored`; null if every start diverged.
 *
 * @param diagram a trained grid.
 * @param noise tolerance for inner products and shapes, as a fraction of the mean length of
 *   features.
 * @returns one description per cell, row-major.
 *
 * @example
 * ```js
 * import { typescriptKernel } from 'polysem/kernels';
 * import { defaultGridTraining, geometryLabels, planGrid, trainGrid, trainRow } from 'polysem/phase';
 * const x = { parameter: 'importance', values: [0.01, 1, 100] };
 * const y = { parameter: 'density', values: [0.2] };
 * const architecture = { task: 'computation', activation: 'quadratic' };
 * const inputs = { shape: 'uniform', unitVariance: true, density: 0.2 };
 * const sizes = { features: 2, dims: 1, importance: 1, importancePower: 1, seed: 0 };
 * const spec = { architecture, ...inputs, ...sizes, x, y, training: defaultGridTraining };
 * const diagram = await trainGrid(planGrid(spec), async (_pass, tasks) =>
 *   tasks.map((task) => trainRow(typescriptKernel, task)),
 * );
 * geometryLabels(diagram); // ['single, 1 ignored', 'parallel pair 2 in 1', 'single, 1 ignored']
 * ```
 */
export function geometryLabels(diagram: GridDiagram, noise = 0.03): (string | null)[] {
  const columns = diagram.spec.x.values.length;
  return diagram.parameters.map((parameters, at) => {
    if (parameters === null) return null;
    const { features, dims } = gridCell(diagram.spec, Math.floor(at / columns), at % columns).model;
    const w = embedding(dims, features, Float64Array.from(parameters.slice(0, features * dims)));
    return describeBlocks(w, noise);
  });
}
