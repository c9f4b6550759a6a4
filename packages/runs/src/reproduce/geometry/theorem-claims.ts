import { atMost, equal, type Claim } from '../claim.ts';
import type { TheoremOne } from './theorem-one.ts';
import type { TheoremTwo } from './theorem-two.ts';

/** Tolerance for rounding: a few hundred rotations with a few roundings each. */
const EXACT = 1e-12;

/** Claims of Theorem 1, for random capacities. */
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
    atMost(
      {
        id: 'theorem1-rows',
        claim: 'The same blocks: largest error of an entry of R R^T = I',
        source,
      },
      rowError,
      EXACT,
    ),
  ];
}

/** Claims of Theorem 2 and of sections 4.2 and 4.4, for random efficient matrices. */
// Long because it lists six claims, one after the other.
export function theoremTwoClaims(two: TheoremTwo): Claim[] {
  const { draws } = two;
  return [
    atMost(
      {
        id: 'theorem2-form',
        claim: `${draws} random efficient matrices, rotated, permuted, with random signs: largest |W - Q B P| / |W|`,
        source: 'Theorem 2',
      },
      two.reconstructionError,
      EXACT,
    ),
    equal(
      {
        id: 'theorem2-blocks',
        claim: 'The same matrices: those in which exactly the hidden blocks are found',
        source: 'Theorem 2',
      },
      draws,
      two.recovered,
      0,
    ),
    atMost(
      {
        id: 'theorem2-integers',
        claim: 'Capacities of each block sum to its dimension: largest error',
        source: 'section 4.3',
      },
      two.integerError,
      EXACT,
    ),
    atMost(
      {
        id: 'block-norms',
        claim: 'Within a block C_i = n_i / gamma: largest relative error',
        source: 'section 4.4',
      },
      two.normError,
      EXACT,
    ),
    equal(
      {
        id: 'efficient-eigenvectors',
        claim: `Efficient matrices are those in which every w_i is an eigenvector of S: exceptions among these matrices and as many noisy ones`,
        source: 'section 4.2; docs/theory.md section 4',
      },
      0,
      two.contradictions,
      0,
    ),
    equal(
      {
        id: 'noisy-inefficient',
        claim: 'Matrices with 1 to 10 % noise that are efficient',
        source: 'section 4.2',
      },
      0,
      two.efficientByChance,
      0,
    ),
  ];
}
