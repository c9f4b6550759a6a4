import { allocateQuadratic, PHASE_TOLERANCE } from '@polysem/core/theory';
import { densityForKurtosis } from '@polysem/core/features';
import { atMost, brief, equal, yes, type Unplaced } from '../claim.ts';
import type { Figure4 } from './figure4.ts';
import { DENSE } from './trained-points.ts';

/** Claims about the critical point, where training ends in many allocations of the same loss, and about kurtosis below 3. */
export function criticalClaims({ exact, points: { critical, dense } }: Figure4): Unplaced[] {
  const { features, dims } = exact.spec;
  const importance = Array.from({ length: features }, () => 1);
  const optimum = allocateQuadratic({ importance, kurtosis: 3, dims });
  const capacities = critical.map(({ capacity }) => capacity[0]);
  const spread = Math.max(...capacities) - Math.min(...capacities);
  const gap = Math.max(...critical.map((one) => Math.abs(one.gap)));
  const density = densityForKurtosis({ shape: 'uniform' }, 3);
  const whole = dense.filter(({ capacity }) => {
    const count = (phase: string): number => capacity.filter((c) => phaseOf(c) === phase).length;
    return count('full') === dims && count('partial') === 0;
  }).length;
  const source = 'section 3.4';
  return [
    equal(
      {
        id: 'critical-density',
        claim: `Figure 4: the critical point is at density ${density.toFixed(3)}, where sparse uniform inputs have kurtosis 3`,
        source: 'Figure 4; section 3.5',
      },
      0.6,
      density,
      1e-12,
    ),
    yes(
      {
        id: 'critical-degenerate',
        claim: 'At k = 3 and V = 1 every allocation is optimal: the solver says so',
        source,
      },
      optimum.degenerate,
    ),
    atMost(
      {
        id: 'critical-loss',
        claim: `${critical.length} networks trained at k = 3 and V = 1 all reach the optimal loss (largest relative gap: ${brief(gap)})`,
        source,
      },
      gap,
      1e-9,
    ),
    yes(
      {
        id: 'critical-spread',
        claim: `Networks trained at k = 3 and V = 1 end in different allocations: capacities of the first feature range over ${brief(spread)}`,
        source,
      },
      spread > 0.1,
    ),
    equal(
      {
        id: 'critical-dense',
        claim: `At density ${DENSE}, where the kurtosis is below 3, ${whole} of ${dense.length} trained networks give three features a dimension each and ignore the other three`,
        source,
      },
      dense.length,
      whole,
    ),
  ];
}

/** Phases of the varied feature at the insets: A and D are left of the partial region, E inside, B and F right of it. */
const PUBLISHED = { A: 'ignored', B: 'full', D: 'ignored', E: 'partial', F: 'full' } as const;

/** Claims about the insets, which show the optimum at six points of the diagram. */
export function insetClaims({ insets, publishedInsets, points }: Figure4): Unplaced[] {
  const [f, small] = [insets, publishedInsets].map((list) => list[list.length - 1].groups[1]);
  const letters = Object.keys(PUBLISHED) as (keyof typeof PUBLISHED)[];
  const agree = letters.filter((letter) => {
    const place = insets.findIndex((inset) => inset.letter === letter);
    return phaseOf(points.insets[place].capacity[0]) === PUBLISHED[letter];
  }).length;
  const source = 'Figure 4, inset F; docs/theory.md section 6';
  return [
    equal(
      {
        id: 'inset-phases',
        claim: `Figure 4: networks trained at insets A, B, D, E and F ignore the varied feature at A and D, share at E and give it a dimension at B and F: ${agree} of ${letters.length} do`,
        source: 'Figure 4, insets',
      },
      letters.length,
      agree,
    ),
    equal(
      {
        id: 'inset-f',
        claim: `Figure 4, inset F: with 6 features in 3 dimensions each of the other features has capacity ${brief(f.capacity)}, not 0 as printed`,
        source,
        origin: 'polysem',
      },
      0.4,
      f.capacity,
      1e-12,
    ),
    equal(
      {
        id: 'inset-f-published',
        claim: `Figure 4, inset F: with 2 features in 1 dimension the other feature has capacity ${brief(small.capacity)}, as printed`,
        source,
        origin: 'polysem',
      },
      0,
      small.capacity,
    ),
  ];
}

function phaseOf(c: number): 'ignored' | 'partial' | 'full' {
  const { converged } = PHASE_TOLERANCE;
  if (c < converged) return 'ignored';
  return c > 1 - converged ? 'full' : 'partial';
}
