import { inInterval } from '@polysem/numerics/checks';
import { embedding, type Embedding } from '../embedding/embedding.ts';
import { powerOfTwoScale, rescaled } from '../embedding/power-of-two-scale.ts';
import { leftSingular } from '../embedding/singular.ts';

/** A group of eigenvalues of the frame operator that count as equal, and the space of their eigenvectors. */
export interface Eigenspace {
  /** Mean of its eigenvalues: gamma, if the features in it form a tight frame. */
  readonly eigenvalue: number;
  /** Its dimension: the number of its eigenvalues. */
  readonly dims: number;
  /** (largest - smallest) / largest of its eigenvalues: 0 for a tight frame. */
  readonly spread: number;
  /** Index of its first eigenvalue; the others follow. */
  readonly first: number;
}

/** Spectral decomposition of the frame operator S = W W^T. */
export interface FrameSpectrum {
  /** D, the dimensions of the embedding space. */
  readonly dims: number;
  /** Numerical rank of W (see `leftSingular`): the number of non-zero eigenvalues. */
  readonly rank: number;
  /** The `rank` non-zero eigenvalues, largest first, in the units of squared norms. */
  readonly eigenvalues: Float64Array;
  /** Their eigenvectors as rows, rank x D, orthonormal. */
  readonly vectors: Float64Array;
  /** The eigenvalues in groups, largest first; see `groupEigenvalues`. */
  readonly eigenspaces: readonly Eigenspace[];
}

/** Options of {@link frameSpectrum}. */
export interface SpectrumOptions {
  /**
   * Largest spread (largest - smallest) / largest of the eigenvalues of one eigenspace, in [0, 1). Default 1e-3, enough for
   * exact and well-trained matrices. Noise of a fraction e of the root mean square weight spreads the eigenvalues of a tight
   * frame of N vectors in D dimensions by about 4 e sqrt(2 D / N).
   */
  readonly spread?: number;
}

/**
 * Computes the eigenvalues, eigenvectors and eigenspaces of the frame operator S = W W^T, in O(N D min(N, D)).
 *
 * @param w the embedding, D x N.
 * @param options see {@link SpectrumOptions}.
 * @returns the spectral decomposition of S.
 * @throws RangeError if W holds a number that is not finite, its data do not have D x N entries, or the spread is not in
 *   [0, 1).
 * @example
 * ```js
 * import { frameSpectrum, polytope } from 'polysem/geometry';
 * frameSpectrum(polytope('pentagon')).eigenvalues; // [2.500, 2.500]
 * ```
 */
export function frameSpectrum(w: Embedding, options: SpectrumOptions = {}): FrameSpectrum {
  embedding(w.dims, w.features, w.data);
  const scale = powerOfTwoScale(w, 'frameSpectrum');
  return inUnits(unitSpectrum(rescaled(w, scale), options), scale);
}

/** The spectrum of an embedding whose fourth powers neither overflow nor underflow. */
export function unitSpectrum(unit: Embedding, options: SpectrumOptions): FrameSpectrum {
  const { rank, values, vectors } = leftSingular(unit);
  const eigenvalues = values.map((sigma) => sigma * sigma);
  const eigenspaces = groupEigenvalues(eigenvalues, options.spread);
  return { dims: unit.dims, rank, eigenvalues, vectors, eigenspaces };
}

/** The spectrum of W, given that of W times a scale. */
export function inUnits(spectrum: FrameSpectrum, scale: number): FrameSpectrum {
  return {
    ...spectrum,
    eigenvalues: spectrum.eigenvalues.map((lambda) => lambda / scale / scale),
    eigenspaces: spectrum.eigenspaces.map((space) => ({
      ...space,
      eigenvalue: space.eigenvalue / scale / scale,
    })),
  };
}

/**
 * Groups eigenvalues into eigenspaces: a group whose spread exceeds the bound is cut where neighbours differ by the largest
 * ratio. Unlike a bound on gaps alone, this never joins a continuum of eigenvalues into one space.
 *
 * @param eigenvalues positive numbers, largest first.
 * @param spread largest (largest - smallest) / largest inside a group.
 * @returns the groups, largest eigenvalues first.
 * @throws RangeError if the spread is not in [0, 1).
 */
export function groupEigenvalues(eigenvalues: ArrayLike<number>, spread = 1e-3): Eigenspace[] {
  inInterval('spread', spread, 0, 1, '[)');
  const spaces: Eigenspace[] = [];
  // Groups to be checked, the one with the largest eigenvalues last.
  const open: [number, number][] = eigenvalues.length > 0 ? [[0, eigenvalues.length]] : [];
  for (let group = open.pop(); group !== undefined; group = open.pop()) {
    const [first, end] = group;
    const own = 1 - eigenvalues[end - 1] / eigenvalues[first];
    if (own > spread) {
      let cut = first + 1;
      for (let k = first + 2; k < end; k++) {
        const ratio = eigenvalues[k] / eigenvalues[k - 1];
        if (ratio < eigenvalues[cut] / eigenvalues[cut - 1]) cut = k;
      }
      open.push([cut, end], [first, cut]);
      continue;
    }
    let sum = 0;
    for (let k = first; k < end; k++) sum += eigenvalues[k];
    spaces.push({ eigenvalue: sum / (end - first), dims: end - first, spread: own, first });
  }
  return spaces;
}
