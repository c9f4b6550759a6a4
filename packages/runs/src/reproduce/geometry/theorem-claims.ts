import { atMost, brief, equal, type Unplaced } from '../claim.ts';
import type { TheoremOne } from './theorem-one.ts';
import type { TheoremTwo } from './theorem-two.ts';

/** Tolerance for rounding: a few hundred rotations with a few roundings each. */
const EXACT = 1e-12;

/** Claims of Theorem 1, for random capacities. */
export function theoremOneClaims({ draws, capacityError, rowError }: TheoremOne): Unplaced[] {
  const source = 'Theorem 1';
  return [
    atMost(
      {
        id: 'theorem1-capacities',
        claim: `Theorem 1: a block can be built for any capacities with a whole sum (${draws} random sets, largest error of a capacity: ${brief(capacityError)})`,
        source,
      },
      capacityError,
      EXACT,
    ),
    atMost(
      {
        id: 'theorem1-rows',
        claim: `Theorem 1: the blocks that were built are semi-orthogonal, R R^T = I (largest error of an entry: ${brief(rowError)})`,
        source,
      },
      rowError,
      EXACT,
    ),
  ];
}

/** Claims of Theorem 2 and of sections 4.2 and 4.4, for random efficient matrices. */
// Long because it lists six claims, one after the other.
export function theoremTwoClaims(two: TheoremTwo): Unplaced[] {
  const { draws } = two;
  return [
    atMost(
      {
        id: 'theorem2-form',
        claim: `Theorem 2: ${draws} random efficient matrices, rotated, permuted and with random signs, are all of the form Q B P (largest relative error: ${brief(two.reconstructionError)})`,
        source: 'Theorem 2',
      },
      two.reconstructionError,
      EXACT,
    ),
    equal(
      {
        id: 'theorem2-blocks',
        claim: `Theorem 2: in ${two.recovered} of ${draws} random efficient matrices exactly the blocks that were hidden are found`,
        source: 'Theorem 2',
        origin: 'polysem',
      },
      draws,
      two.recovered,
    ),
    atMost(
      {
        id: 'theorem2-integers',
        claim: `In random efficient matrices the capacities of each block sum to its number of dimensions (largest error: ${brief(two.integerError)})`,
        source: 'section 4.3',
      },
      two.integerError,
      EXACT,
    ),
    atMost(
      {
        id: 'block-norms',
        claim: `Within a block capacities are proportional to squared lengths, n = gamma C, so blocks are sqrt(gamma) R (largest relative error: ${brief(two.normError)})`,
        source: 'section 4.4, equation 24',
      },
      two.normError,
      EXACT,
    ),
    equal(
      {
        id: 'efficient-eigenvectors',
        claim: `A matrix is efficient exactly if every feature is an eigenvector of W W^T: ${two.contradictions} exceptions among ${draws} efficient and ${draws} noisy ones`,
        source: 'section 4.2; docs/theory.md section 4',
        origin: 'polysem',
      },
      0,
      two.contradictions,
    ),
    equal(
      {
        id: 'noisy-inefficient',
        claim: `Efficiency is special: with 1 to 10 % noise, ${two.efficientByChance} of ${draws} matrices are efficient`,
        source: 'section 4.2',
      },
      0,
      two.efficientByChance,
    ),
  ];
}
