import { atMost, brief, counted, moreThan, type Unplaced } from '../claim.ts';
import type { ReadoutFacts } from './readout-facts.ts';

/** Six standard errors of a squared correlation over 50,000 samples: 6 x 2 r (1 - r^2) / sqrt(n), largest at r = 1 / sqrt 3. */
const SAMPLING = 0.021;
const ROUNDING = 1e-9;
/** Relative error of the squares of singular values in `leftSingular`, and so of leverages, at any condition. */
const OF_LEVERAGE = 2 ** -26;
/** Largest rank of a random matrix. */
const MOST_DIMS = 10;

/** Claims of appendices E and G. */
// Long because it lists the claims, one after the other.
export function readoutClaims(facts: ReadoutFacts): Unplaced[] {
  const these = `${facts.draws} random matrices`;
  return [
    atMost(
      {
        id: 'readout-correlation',
        claim: `Capacity is a squared correlation, of a feature with its own output of W^T W: over ${counted(facts.samples)} sampled inputs they differ by at most ${brief(facts.correlation)}`,
        source: 'appendix E',
      },
      facts.correlation,
      SAMPLING,
    ),
    atMost(
      {
        id: 'readout-leverage',
        claim: `The alternative capacity is the R^2 of the best linear read-out, which the paper suspects: least squares on these ${counted(facts.samples)} inputs differs by at most ${brief(facts.readout)}`,
        source: 'appendix E; docs/theory.md section 1',
        origin: 'polysem',
      },
      facts.readout,
      SAMPLING,
    ),
    atMost(
      {
        id: 'leverage-total',
        claim: `Alternative capacities sum to the rank of W in ${these} (largest difference: ${brief(facts.total)})`,
        source: 'appendix G',
      },
      facts.total,
      MOST_DIMS * OF_LEVERAGE,
    ),
    atMost(
      {
        id: 'leverage-above',
        claim: `Capacity never exceeds the alternative capacity in ${these} (largest excess: ${brief(facts.above)})`,
        source: 'docs/theory.md section 1',
        origin: 'polysem',
      },
      facts.above,
      OF_LEVERAGE,
    ),
    atMost(
      {
        id: 'leverage-efficient',
        claim: `In ${facts.draws} random efficient matrices capacity and alternative capacity are the same (largest difference: ${brief(facts.efficient)})`,
        source: 'docs/theory.md section 4',
        origin: 'polysem',
      },
      facts.efficient,
      ROUNDING,
    ),
    atMost(
      {
        id: 'leverage-maps',
        claim: `No invertible map of the space changes the alternative capacity (${facts.draws} maps, largest change: ${brief(facts.leverageChange)})`,
        source: 'docs/theory.md section 1',
        origin: 'polysem',
      },
      facts.leverageChange,
      ROUNDING,
    ),
    moreThan(
      {
        id: 'capacity-maps',
        claim: `Invertible maps do change capacity: each of ${facts.draws} maps changes that of some feature, by at least ${brief(facts.capacityChange)}`,
        source: 'docs/theory.md section 1',
        origin: 'polysem',
      },
      1e-3,
      facts.capacityChange,
    ),
  ];
}
