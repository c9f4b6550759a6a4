import { atMost, equal, type Claim } from '../claim.ts';
import type { TheoremOne } from './theorem-one.ts';
import type { TheoremTwo } from './theorem-two.ts';

/** Some hundred rotations, each with a few roundings: errors beyond this are none of rounding. */
const EXACT = 1e-12;

/** Theorem 1, on random capacities. */
export function theoremOneClaims({ draws, capacityError, rowError }: TheoremOne): Claim[] {
  const source = 'Theorem 1';
  return [
    atMost(
      {
        id: 'theorem1-capacities',
        claim: `Blocks built for ${draws} random sets of capacities with an integer sum: largest error of a capacity`,
        source,
      },
      capacityError,
      EXACT,
    ),
    atMost({ id: 'theorem1-rows', claim: 'and of R R^T = I, any entry', source }, rowError, EXACT),
  ];
}

/** Theorem 2 and sections 4.2 and 4.4, on random efficient matrices. */
export function theoremTwoClaims(two: TheoremTwo): Claim[] {
  const { draws } = two;
  return [
    atMost(
      {
        id: 'theorem2-form',
        claim: `${draws} random efficient matrices, turned, permuted and flipped: largest |W - Q B P| / |W|`,
        source: 'Theorem 2',
      },
      two.reconstructionError,
      EXACT,
    ),
    equal(
      {
        id: 'theorem2-blocks',
        claim: 'in how many the blocks found are those that were hidden',
        source: 'Theorem 2',
      },
      draws,
      two.recovered,
      0,
    ),
    atMost(
      {
        id: 'theorem2-integers',
        claim: 'Capacities of each block sum to its dimension, largest error',
        source: 'section 4.3',
      },
      two.integerError,
      EXACT,
    ),
    atMost(
      {
        id: 'block-norms',
        claim: 'In a block C_i = n_i / gamma, largest relative error',
        source: 'section 4.4',
      },
      two.normError,
      EXACT,
    ),
    equal(
      {
        id: 'efficient-eigenvectors',
        claim: `Of these and as many noisy ones, those where "efficient" and "every w_i is an eigenvector of S" differ`,
        source: 'section 4.2; docs/theory.md section 4',
      },
      0,
      two.contradictions,
      0,
    ),
    equal(
      {
        id: 'noisy-inefficient',
        claim: 'Matrices with 1 to 10 % of noise that are efficient',
        source: 'section 4.2',
      },
      0,
      two.efficientByChance,
      0,
    ),
  ];
}
