import { power } from '@polysem/numerics/elementary';
import {
  constructEfficient,
  efficientForm,
  findBlocks,
  fromEfficientForm,
  spectralMeasures,
  type EfficientConstruction,
} from '@polysem/core/geometry';
import {
  generator,
  integerBelow,
  childGenerator,
  uniformBetween,
  type Generator,
} from '@polysem/numerics/random';
import { measureCapacity } from '@polysem/core/capacity';
import type { Embedding } from '@polysem/core/embedding';

/** Result of hiding random efficient matrices and recovering W = Q B P. */
export interface TheoremTwo {
  readonly draws: number;
  /** Largest |W - Q B P| / |W|. */
  readonly reconstructionError: number;
  /** Largest |sum of capacities - dimensions| of a block that was found. */
  readonly integerError: number;
  /** Largest relative difference of a capacity from n_i / gamma. */
  readonly normError: number;
  /** Draws in which exactly the planted blocks are found. */
  readonly recovered: number;
  /**
   * Matrices in which exactly one of "all w_i are eigenvectors of S" and "sum C = rank" holds (section 4.2 says that they
   * are equivalent), among these matrices and as many with 1 to 10 % noise.
   */
  readonly contradictions: number;
  /** Number of noisy matrices that are efficient. Expected: 0. */
  readonly efficientByChance: number;
}

/** Inefficiencies and squared sines below this count as rounding error. */
const ROUNDING = 1e-10;

/** Tests Theorem 2 of arXiv:2210.01892 on random efficient matrices of 1 to 5 blocks, rotated, permuted, with random signs. */
export function theoremTwo(draws: number, seed: number): TheoremTwo {
  const worst = { reconstructionError: 0, integerError: 0, normError: 0 };
  let [recovered, contradictions, efficientByChance] = [0, 0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const g = childGenerator(childGenerator(generator(seed), 2), draw);
    const planted = randomEfficient(g, 0);
    const errors = decompose(planted.embedding);
    for (const key of ['reconstructionError', 'integerError', 'normError'] as const) {
      worst[key] = Math.max(worst[key], errors[key]);
    }
    if (sameBlocks(errors.blocks, planted.blocks)) recovered++;
    const noisy = randomEfficient(g, uniformBetween(g, 0.01, 0.1)).embedding;
    for (const w of [planted.embedding, noisy]) {
      if (isEfficient(w) !== hasEigenvectors(w)) contradictions++;
    }
    if (isEfficient(noisy)) efficientByChance++;
  }
  return { draws, ...worst, recovered, contradictions, efficientByChance };
}

/** Errors of writing a matrix as W = Q B P, and of what Theorem 2 and section 4.4 state about its blocks. */
export interface Decomposition {
  readonly reconstructionError: number;
  readonly integerError: number;
  readonly normError: number;
  readonly blocks: readonly (readonly number[])[];
}

/**
 * Writes a matrix as Q B P and measures |W - Q B P|, and the errors of sum C_i = dimensions and of C_i = n_i / gamma.
 *
 * @param noise relative noise of the matrix, see `findBlocks`.
 */
function decompose(w: Embedding, noise = 0): Decomposition {
  const structure = findBlocks(w, { noise });
  const form = efficientForm(w, structure);
  const { capacity, squaredNorm } = measureCapacity(w);
  const rebuilt = fromEfficientForm(form);
  let [square, norm2] = [0, 0];
  for (let at = 0; at < w.data.length; at++) {
    square += (w.data[at] - rebuilt.data[at]) ** 2;
    norm2 += w.data[at] ** 2;
  }
  const norms = form.blocks.flatMap(({ features, gamma }) =>
    features.map((i) => Math.abs(squaredNorm[i] / (gamma * capacity[i]) - 1)),
  );
  return {
    reconstructionError: Math.sqrt(square / norm2),
    integerError: Math.max(
      ...form.blocks.map(({ features, dims }) =>
        Math.abs(features.reduce((sum, i) => sum + capacity[i], 0) - dims),
      ),
    ),
    normError: Math.max(...norms),
    blocks: structure.components.map(({ features }) => features),
  };
}

/** The largest errors over several matrices. */
export function worstDecomposition(
  matrices: readonly Embedding[],
  noise = 0,
): Omit<Decomposition, 'blocks'> {
  const all = matrices.map((w) => decompose(w, noise));
  const largest = (key: keyof Omit<Decomposition, 'blocks'>): number =>
    Math.max(...all.map((one) => one[key]));
  return {
    reconstructionError: largest('reconstructionError'),
    integerError: largest('integerError'),
    normError: largest('normError'),
  };
}

function randomEfficient(g: Generator, noise: number): EfficientConstruction {
  const blocks = Array.from({ length: 1 + integerBelow(g, 5) }, (_, k) => {
    // At least 2 dimensions, because every matrix with one dimension is efficient.
    const dims = (k === 0 ? 2 : 1) + integerBelow(g, 3);
    // Distinct gammas, so that blocks are eigenspaces too.
    return { dims, features: dims + 1 + integerBelow(g, 8), gamma: power(1.3, k) };
  });
  return constructEfficient(g, { blocks, noise });
}

function isEfficient(w: Embedding): boolean {
  const { capacity, rank } = measureCapacity(w);
  return rank - capacity.reduce((sum, c) => sum + c, 0) < ROUNDING * rank;
}

/** True if S w_i is parallel to every w_i. The squared sine between them is var / (mean^2 + var) of the spectral measure of w_i. */
function hasEigenvectors(w: Embedding): boolean {
  const { mean, variance } = spectralMeasures(w, { weights: false });
  return mean.every((lambda, i) => variance[i] < ROUNDING * lambda * lambda);
}

type Blocks = readonly (readonly number[])[];

function sameBlocks(a: Blocks, b: Blocks): boolean {
  return blocksText(a) === blocksText(b);
}

function blocksText(blocks: Blocks): string {
  return blocks
    .map((block) => block.join(' '))
    .toSorted()
    .join('; ');
}
