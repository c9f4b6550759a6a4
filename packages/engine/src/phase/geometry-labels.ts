import { embedding } from '@polysem/core/embedding';
import { describeBlocks } from '@polysem/core/geometry';
import { gridCell } from './grid-spec.ts';
import type { GridDiagram } from './survey.ts';

/**
 * What the features of each cell's best optimum make, in words such as `2 x antipodal pair, single, 1 ignored`; null
 * where every start diverged.
 *
 * @param noise what inner products and shapes are told from, as a fraction of the mean length of features.
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
