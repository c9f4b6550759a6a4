import { atMost, brief, equal, type Unplaced } from '../claim.ts';
import type { AllocationFacts } from './allocation-facts.ts';

const EXACT = 1e-12;

/** Claims of section 2 about the optimal allocation. */
// Long because it lists the claims, one after the other.
export function allocationClaims(facts: AllocationFacts): Unplaced[] {
  const { problems, steps, diminishing, increasing, mixed } = facts;
  return [
    atMost(
      {
        id: 'allocation-price',
        claim: `With diminishing returns all partly represented features have the same marginal benefit, the price (${problems} random problems, largest relative spread: ${brief(diminishing.spread)})`,
        source: 'section 2, equations 6-8',
      },
      diminishing.spread,
      1e-9,
    ),
    equal(
      {
        id: 'allocation-order',
        claim: `Ignored features would gain less than the price from their first bit of capacity, and full ones lose more with their last: ${diminishing.misplaced} exceptions in ${problems} problems`,
        source: 'section 2, equations 6-8',
      },
      0,
      diminishing.misplaced,
    ),
    atMost(
      {
        id: 'allocation-search',
        claim: `No allocation in steps of 1/${steps} of a dimension, searched exhaustively, is better than that of the solver (largest relative improvement: ${brief(diminishing.below)})`,
        source: 'section 2, equations 6-8',
      },
      diminishing.below,
      EXACT,
    ),
    atMost(
      {
        id: 'allocation-search-close',
        claim: `The best allocation in such steps is as close to that of the solver as the step size allows (its excess loss is at most ${brief(100 * diminishing.explained)} % of the bound)`,
        source: 'section 2, equations 6-8',
        origin: 'polysem',
      },
      diminishing.explained,
      1,
    ),
    atMost(
      {
        id: 'allocation-slope',
        claim: `The price is what one more dimension would save: it equals the slope of the optimal loss in the number of dimensions within ${brief(diminishing.slope)}`,
        source: 'section 2',
        origin: 'polysem',
      },
      diminishing.slope,
      1e-3,
    ),
    equal(
      {
        id: 'allocation-monotone',
        claim: `At equal kurtosis a more important feature never gets less capacity: ${diminishing.inverted} exceptions in ${problems} problems`,
        source: 'section 3.3',
      },
      0,
      diminishing.inverted,
    ),
    equal(
      {
        id: 'allocation-whole',
        claim: `With increasing returns no feature is partly represented: ${increasing.partial} exceptions in ${problems} problems`,
        source: 'section 2',
      },
      0,
      increasing.partial,
    ),
    atMost(
      {
        id: 'allocation-subsets',
        claim: `With increasing returns the optimum is the best of all subsets of D features, tried one by one (largest relative difference: ${brief(increasing.apart)})`,
        source: 'section 2',
      },
      increasing.apart,
      EXACT,
    ),
    atMost(
      {
        id: 'allocation-mixed',
        claim: `With both kinds of features, a case that the paper leaves out, the exhaustive search finds nothing better either (largest relative improvement: ${brief(mixed.below)})`,
        source: 'docs/theory.md section 2',
        origin: 'polysem',
      },
      mixed.below,
      EXACT,
    ),
    equal(
      {
        id: 'allocation-mixed-one',
        claim: `With both kinds of features, at most one with increasing returns is partly represented: ${mixed.several} exceptions in ${problems} problems`,
        source: 'docs/theory.md section 2',
        origin: 'polysem',
      },
      0,
      mixed.several,
    ),
  ];
}
