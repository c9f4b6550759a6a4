import { allocateQuadratic, variedCapacity } from '@polysem/core/theory';
import { efficientEmbedding } from '@polysem/core/geometry';
import { measureCapacity } from '@polysem/core/capacity';
import { quadraticExactLoss, standardMoments } from '@polysem/engine/models';
import type { PhaseDiagram } from '../../phase-run.ts';
import { atMost, brief, type Unplaced } from '../claim.ts';
import { quadraticModel } from '../quadratic-model.ts';
import { uniformKurtosis } from '../uniform-kurtosis.ts';

/** Claims that the closed form, the solver and a constructed matrix agree with each other in every cell. */
export function certificateClaims(diagram: PhaseDiagram): Unplaced[] {
  const { closed, attained, shared } = largestErrors(diagram);
  const cells = diagram.capacity.length;
  return [
    atMost(
      {
        id: 'figure4-closed-form',
        claim: `Figure 4: the paper's closed form for the varied feature and our solver agree within ${brief(closed)} in all ${cells} cells`,
        source: 'section 3.3, equations 15-18',
      },
      closed,
      1e-9,
    ),
    atMost(
      {
        id: 'figure4-attained',
        claim: `Figure 4: a matrix that attains the predicted loss can be constructed for every cell (largest relative error: ${brief(attained)})`,
        source: 'Theorems 1 and 2',
      },
      attained,
      1e-9,
    ),
    atMost(
      {
        id: 'figure4-attained-capacity',
        claim: `Figure 4: the capacities measured in these matrices are the predicted ones (largest difference: ${brief(shared)})`,
        source: 'Theorems 1 and 2',
      },
      shared,
      1e-8,
    ),
  ];
}

/**
 * Largest errors over all cells: of the closed form for the capacity of the varied feature, and of loss and capacities of a
 * matrix constructed for the cell.
 */
function largestErrors({ spec, density, importance, capacity }: PhaseDiagram): {
  readonly closed: number;
  readonly attained: number;
  readonly shared: number;
} {
  const { features, dims } = spec;
  let closed = 0;
  let attained = 0;
  let shared = 0;
  density.forEach((p, row) => {
    const kurtosis = uniformKurtosis(p);
    importance.forEach((v, column) => {
      const predicted = capacity[row * importance.length + column];
      closed = Math.max(
        closed,
        Math.abs((variedCapacity({ features, dims, kurtosis }, v) ?? predicted) - predicted),
      );
      const values = [v, ...Array.from({ length: features - 1 }, () => 1)];
      const a = allocateQuadratic({ importance: values, kurtosis, dims });
      const w = efficientEmbedding(a.capacity, a.squaredNorm, dims);
      const loss = quadraticExactLoss(quadraticModel(dims, values), standardMoments(kurtosis));
      const value = loss.evaluate(Float64Array.from(w.data), new Float64Array(loss.size));
      attained = Math.max(attained, Math.abs(value - a.loss) / a.loss);
      const measured = measureCapacity(w).capacity;
      shared = Math.max(shared, ...a.capacity.map((c, i) => Math.abs(c - measured[i])));
    });
  });
  return { closed, attained, shared };
}
