import {
  allocateQuadratic,
  PHASE_TOLERANCE,
  phaseBoundaries,
  variedCapacity,
} from '@polysem/core/theory';
import { densityForKurtosis } from '@polysem/core/features';
import { efficientEmbedding } from '@polysem/core/geometry';
import { measureCapacity } from '@polysem/core/capacity';
import { quadraticExactLoss, standardMoments } from '@polysem/engine/models';
import { train, trainingDefaults, type TrainingResult } from '@polysem/engine/training';
import type { PhaseDiagram, TrainedDiagram } from '../phase-run.ts';
import { atMost, equal, type Claim } from './claim.ts';
import { uniformKurtosis, type Figure4 } from './figure4.ts';

const SOURCE = 'arXiv:2210.01892, Figure 4';
const OWN = 'polysem';

/**
 * Claims about Figure 4. All measured numbers come from this run.
 *
 * @param figure from `figure4`.
 * @param seed decides the weights of the networks trained at the critical point.
 * @returns the claims.
 *
 * @remarks No example: its argument, {@link figure4}, trains for a minute.
 */
export function figure4Claims(figure: Figure4, seed: number): Claim[] {
  return [
    ...agreement(figure),
    ...certificates(figure.exact),
    ...boundaryClaims(figure),
    ...criticalClaims(figure, seed),
    ...insetClaims(figure),
  ];
}

function agreement({ exact, sampled }: Figure4): Claim[] {
  const [a, b] = [differences(exact), differences(sampled)];
  const gaps = trainedOf(exact).gap;
  return [
    atMost(
      {
        id: 'figure4-exact-capacity',
        claim: `Trained on the exact loss, all ${a.length} cells: largest |C - C_theory|`,
        source: SOURCE,
      },
      Math.max(...a.map(Math.abs)),
      0.01,
    ),
    atMost(
      {
        id: 'figure4-exact-gap',
        claim: 'The same cells: largest relative gap to the certified optimum',
        source: SOURCE,
      },
      Math.max(...gaps),
      1e-4,
    ),
    atMost(
      {
        id: 'figure4-exact-below',
        claim: 'No cell ends below the certified optimum: largest relative amount below it',
        source: OWN,
      },
      Math.max(0, ...gaps.map((gap) => -gap)),
      1e-10,
    ),
    atMost(
      {
        id: 'figure4-sampled-capacity',
        claim: 'Trained on sampled inputs, cells with density >= 0.01: RMS of C - C_theory',
        source: SOURCE,
      },
      Math.sqrt(b.reduce((sum, d) => sum + d * d, 0) / b.length),
      0.03,
    ),
  ];
}

function differences(diagram: PhaseDiagram): Float64Array {
  const trained = trainedOf(diagram);
  return diagram.capacity.map((c, cell) => trained.capacity[cell] - c);
}

function trainedOf({ trained }: PhaseDiagram): TrainedDiagram {
  if (trained === null)
    throw new RangeError('figure4Claims: the diagram was predicted only, not trained');
  return trained;
}

/** The closed form, the solver and the constructed matrix agree with each other in every cell. */
function certificates(diagram: PhaseDiagram): Claim[] {
  const { closed, attained, shared } = largestErrors(diagram);
  return [
    atMost(
      {
        id: 'figure4-closed-form',
        claim:
          'The closed form for the capacity of the varied feature agrees with the solver: largest difference over all cells',
        source: 'section 3.3, equations 15-18',
      },
      closed,
      1e-9,
    ),
    atMost(
      {
        id: 'figure4-attained',
        claim:
          'A matrix constructed for each cell attains the predicted loss: largest relative error',
        source: 'Theorems 1 and 2',
      },
      attained,
      1e-9,
    ),
    atMost(
      {
        id: 'figure4-attained-capacity',
        claim:
          'The measured capacities of that matrix equal the predicted ones: largest difference',
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
      const loss = quadraticExactLoss(
        quadraticModel(features, dims, values),
        standardMoments(kurtosis),
      );
      const value = loss.evaluate(Float64Array.from(w.data), new Float64Array(loss.size));
      attained = Math.max(attained, Math.abs(value - a.loss) / a.loss);
      const measured = measureCapacity(w).capacity;
      shared = Math.max(shared, ...a.capacity.map((c, i) => Math.abs(c - measured[i])));
    });
  });
  return { closed, attained, shared };
}

function quadraticModel(features: number, dims: number, importance: readonly number[]) {
  return { task: 'computation', activation: 'quadratic', features, dims, importance } as const;
}

function boundaryClaims({ exact }: Figure4): Claim[] {
  const { features, dims } = exact.spec;
  const at = (p: number) => phaseBoundaries({ features, dims, kurtosis: uniformKurtosis(p) });
  let [low, high] = [1e-4, 0.6];
  for (let i = 0; i < 60; i++) {
    const middle = Math.sqrt(low * high);
    if (at(middle).ignoredUpTo > 0.01) high = middle;
    else low = middle;
  }
  const { falls, cells } = partialByDensity(exact);
  return [
    equal(
      {
        id: 'figure4-left',
        claim: 'The ignored region reaches V = 0.01 near density',
        source: SOURCE,
      },
      0.0054,
      low,
      5e-5,
    ),
    equal(
      {
        id: 'figure4-right',
        claim: 'As the density goes to 0, the boundary of full representation approaches V =',
        source: SOURCE,
      },
      2.5,
      at(1e-12).fullFrom,
      1e-9,
    ),
    equal(
      {
        id: 'figure4-monotone',
        claim:
          'Sparser rows never have fewer partial cells (0.001 < C < 0.999, trained): exceptions among 63 steps from row to row',
        source: 'section 3.5',
      },
      0,
      falls,
      0,
    ),
    equal(
      {
        id: 'figure4-monosemantic',
        claim: 'No cell is partial at kurtosis below 3: trained cells there with 0.001 < C < 0.999',
        source: 'section 3.4',
      },
      0,
      cells,
      0,
    ),
  ];
}

/** Partial cells of the trained diagram: rows that have fewer than the denser row before, and cells below k = 3. */
function partialByDensity(diagram: PhaseDiagram): {
  falls: number;
  cells: number;
} {
  const { density, importance } = diagram;
  const { capacity } = trainedOf(diagram);
  const columns = importance.length;
  const counts = Array.from(density, (_, row) => {
    const cells = capacity.slice(row * columns, (row + 1) * columns);
    const { converged } = PHASE_TOLERANCE;
    return cells.filter((c) => c > converged && c < 1 - converged).length;
  });
  return {
    falls: counts.filter((count, row) => row > 0 && count < counts[row - 1]).length,
    cells: counts.reduce(
      (sum, count, row) => sum + (uniformKurtosis(density[row]) < 3 ? count : 0),
      0,
    ),
  };
}

/** At k = 3 and V = 1 training ends in many different allocations with the same loss. */
function criticalClaims({ exact }: Figure4, seed: number): Claim[] {
  const { features, dims } = exact.spec;
  const ones = Array.from({ length: features }, () => 1);
  const critical = allocateQuadratic({ importance: ones, kurtosis: 3, dims });
  const runs = trainedAtDensity(0.6, quadraticModel(features, dims, ones), seed);
  const capacities = runs.map((run) => run.capacity[0]);
  const spread = Math.max(...capacities) - Math.min(...capacities);
  const source = 'section 3.4';
  return [
    equal(
      {
        id: 'critical-density',
        claim: 'Sparse uniform inputs have kurtosis 3 at density',
        source: SOURCE,
      },
      0.6,
      densityForKurtosis({ shape: 'uniform' }, 3),
      1e-12,
    ),
    equal(
      {
        id: 'critical-degenerate',
        claim:
          'At k = 3 and V = 1 every allocation is optimal (1: the solver reports a degenerate optimum)',
        source,
      },
      1,
      Number(critical.degenerate),
      0,
    ),
    atMost(
      {
        id: 'critical-loss',
        claim: 'Sixteen networks trained there reach the optimal loss: largest relative gap',
        source,
      },
      Math.max(...runs.map((run) => Math.abs(run.gap ?? NaN))),
      1e-9,
    ),
    equal(
      {
        id: 'critical-spread',
        claim: 'Their capacities differ (1: capacities of the first feature span more than 0.1)',
        source,
      },
      1,
      Number(spread > 0.1),
      0,
    ),
  ];
}

/** Trains sixteen networks from different initial weights. */
function trainedAtDensity(
  density: number,
  model: ReturnType<typeof quadraticModel>,
  seed: number,
): TrainingResult[] {
  return Array.from({ length: 16 }, (_, i) =>
    train({
      model,
      inputs: { shape: 'uniform', density, unitVariance: true },
      ...trainingDefaults(model),
      restarts: 1,
      seed: seed + i,
    }),
  );
}

function insetClaims({ insets, publishedInsets }: Figure4): Claim[] {
  const [f, small] = [insets, publishedInsets].map((list) => list[list.length - 1].groups[1]);
  const source = 'Figure 4, inset F; docs/theory.md section 6';
  return [
    equal(
      {
        id: 'inset-f',
        claim:
          'Inset F (density 0.1, V = 27), 6 features in 3 dimensions: capacity of each of the other features',
        source,
      },
      0.4,
      f.capacity,
      1e-12,
    ),
    equal(
      {
        id: 'inset-f-published',
        claim:
          'The published inset F shows 0, which is correct for 2 features in 1 dimension: capacity of the other feature',
        source,
      },
      0,
      small.capacity,
      0,
    ),
  ];
}
