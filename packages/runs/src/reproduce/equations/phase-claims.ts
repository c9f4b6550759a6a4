import { atMost, brief, equal, moreThan, yes, type Unplaced } from '../claim.ts';
import type { PhaseFacts } from './phase-facts.ts';

/** Claims of sections 3.4 to 3.6 about boundaries, the critical point and marginal curves. */
// Long because it lists the claims, one after the other.
export function phaseClaims(facts: PhaseFacts): Unplaced[] {
  return [
    atMost(
      {
        id: 'phase-boundaries',
        claim: `The boundaries of equations 17 and 18 are those of the solver, located by bisection for ${facts.problems} sizes and kurtoses (largest relative difference: ${brief(facts.boundaries)})`,
        source: 'section 3.4, equations 17 and 18',
      },
      facts.boundaries,
      // The solver counts capacities within 1e-12 of 0 or 1 as 0 or 1, and C rises slowly where k or N is large.
      1e-8,
    ),
    equal(
      {
        id: 'phase-opening',
        claim: `Just above the critical point the partial region opens in proportion to k - 3; its width in V is ${facts.opening.toFixed(4)} (k - 3) for 6 features in 3 dimensions, N / (2 (N - 1)) in theory`,
        source: 'section 3.4',
        origin: 'polysem',
      },
      6 / 10,
      facts.opening,
      1e-3,
    ),
    yes(
      {
        id: 'phase-curvature',
        claim: 'As a function of capacity the loss is concave below kurtosis 3 and convex above',
        source: 'section 3.4',
      },
      facts.curvature,
    ),
    yes(
      {
        id: 'phase-slope',
        claim: 'The marginal benefit rises with capacity below kurtosis 3 and falls above',
        source: 'section 3.6',
      },
      facts.slope,
    ),
    moreThan(
      {
        id: 'phase-convexity',
        claim: `The curve of the marginal benefit itself is convex on both sides of 3: its smallest relative second difference is ${brief(facts.convexity)}`,
        source: 'section 3.6; docs/theory.md section 7',
        origin: 'polysem',
      },
      0,
      facts.convexity,
    ),
    equal(
      {
        id: 'phase-stable',
        claim: `Below kurtosis 3 each of the ${facts.subsets} choices of 3 of 6 features is a local optimum, to which descent returns after a small push (${facts.stable} do)`,
        source: 'section 3.4',
        origin: 'polysem',
      },
      facts.subsets,
      facts.stable,
    ),
  ];
}
