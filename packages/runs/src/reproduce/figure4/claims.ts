import { PHASE_TOLERANCE, phaseBoundaries } from '@polysem/core/theory';
import type { PhaseDiagram, TrainedDiagram } from '../../phase-run.ts';
import { atMost, brief, equal, inSection, type Claim, type Unplaced } from '../claim.ts';
import { lastBelow } from '../last-below.ts';
import { paperSections } from '../paper-sections.ts';
import { certificateClaims } from './certificates.ts';
import { isDecided, uniformKurtosis } from '../uniform-kurtosis.ts';
import { criticalClaims, insetClaims } from './critical-claims.ts';
import type { Figure4 } from './figure4.ts';

const SOURCE = 'Figure 4';

/**
 * Claims about Figure 4. All measured numbers come from this run.
 *
 * @param figure from `figure4`.
 * @returns the claims.
 *
 * @remarks No example: its argument, {@link figure4}, trains for a minute.
 */
export function figure4Claims(figure: Figure4): Claim[] {
  return [
    ...inSection(paperSections.quadratic, certificateClaims(figure.exact)),
    ...inSection(paperSections.phases, [
      ...agreement(figure),
      ...boundaryClaims(figure),
      ...criticalClaims(figure),
      ...insetClaims(figure),
    ]),
  ];
}

function agreement({ exact, sampled }: Figure4): Unplaced[] {
  const [a, b] = [differences(exact), differences(sampled)];
  const gaps = trainedOf(exact).gap;
  const apart = Math.max(...a.map(Math.abs));
  const gap = Math.max(...gaps);
  const below = Math.max(0, ...gaps.map((one) => -one));
  const rms = Math.sqrt(b.reduce((sum, d) => sum + d * d, 0) / b.length);
  return [
    atMost(
      {
        id: 'figure4-exact-capacity',
        claim: `Figure 4: training on the exact loss ends within ${brief(apart)} of the predicted capacity in all ${a.length} cells`,
        source: SOURCE,
      },
      apart,
      0.01,
    ),
    atMost(
      {
        id: 'figure4-exact-gap',
        claim: `Figure 4: in all cells training reaches the certified optimum (largest relative gap of the loss: ${brief(gap)})`,
        source: SOURCE,
        origin: 'polysem',
      },
      gap,
      1e-4,
    ),
    atMost(
      {
        id: 'figure4-exact-below',
        claim: `Figure 4: no network is better than the certified optimum (largest relative amount below it: ${brief(below)})`,
        source: SOURCE,
        origin: 'polysem',
      },
      below,
      1e-10,
    ),
    atMost(
      {
        id: 'figure4-sampled-capacity',
        claim: `Figure 4: training on sampled inputs, for densities of at least 0.01, ends near the prediction too (root mean square difference of C: ${brief(rms)})`,
        source: SOURCE,
      },
      rms,
      0.03,
    ),
  ];
}

/** Trained minus predicted capacity in the cells that decide it: all, unless V = 1 is a column. */
function differences(diagram: PhaseDiagram): Float64Array {
  const trained = trainedOf(diagram);
  const { importance, density } = diagram;
  const columns = importance.length;
  return diagram.capacity
    .map((c, cell) => trained.capacity[cell] - c)
    .filter((_, cell) =>
      isDecided(importance[cell % columns], density[Math.floor(cell / columns)]),
    );
}

function trainedOf({ trained }: PhaseDiagram): TrainedDiagram {
  if (trained === null)
    throw new RangeError('figure4Claims: the diagram was predicted only, not trained');
  return trained;
}

function boundaryClaims({ exact }: Figure4): Unplaced[] {
  const { features, dims } = exact.spec;
  const at = (p: number) => phaseBoundaries({ features, dims, kurtosis: uniformKurtosis(p) });
  const low = lastBelow([1e-4, 0.6], (p) => at(p).ignoredUpTo <= 0.01);
  const right = at(1e-12).fullFrom;
  const { falls, cells, dense } = partialByDensity(exact);
  return [
    equal(
      {
        id: 'figure4-left',
        claim: `Figure 4: the ignored region reaches the left edge, V = 0.01, at density ${low.toPrecision(3)}`,
        source: SOURCE,
      },
      0.0054,
      low,
      5e-5,
    ),
    equal(
      {
        id: 'figure4-right',
        claim: `Figure 4: as features become rare, the boundary of full representation approaches V = ${right.toPrecision(3)}`,
        source: SOURCE,
      },
      2.5,
      right,
      1e-9,
    ),
    equal(
      {
        id: 'figure4-monotone',
        claim: `Figure 4: the sparser the features, the more cells share (trained): ${falls} exceptions in ${exact.density.length - 1} steps from row to row`,
        source: 'section 3.5',
      },
      0,
      falls,
    ),
    equal(
      {
        id: 'figure4-monosemantic',
        claim: `Figure 4: below kurtosis 3 nothing is shared: ${cells} of ${dense} trained cells there have 0.001 < C < 0.999`,
        source: 'section 3.4',
      },
      0,
      cells,
    ),
  ];
}

/** Rows with fewer partial trained cells than the denser row before; partial cells, and all cells, below k = 3. */
function partialByDensity(diagram: PhaseDiagram): {
  falls: number;
  cells: number;
  dense: number;
} {
  const { density, importance } = diagram;
  const { capacity } = trainedOf(diagram);
  const columns = importance.length;
  const counts = Array.from(density, (_, row) => {
    const cells = capacity.slice(row * columns, (row + 1) * columns);
    const { converged } = PHASE_TOLERANCE;
    return cells.filter((c) => c > converged && c < 1 - converged).length;
  });
  const isDense = Array.from(density, (p) => uniformKurtosis(p) < 3);
  return {
    falls: counts.filter((count, row) => row > 0 && count < counts[row - 1]).length,
    cells: counts.reduce((sum, count, row) => sum + (isDense[row] ? count : 0), 0),
    dense: isDense.filter(Boolean).length * columns,
  };
}
