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
