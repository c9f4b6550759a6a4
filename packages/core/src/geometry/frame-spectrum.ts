import { embedding, type Embedding } from '../embedding/embedding.ts';
import { powerOfTwoScale, rescaled } from '../embedding/power-of-two-scale.ts';
import { leftSingular } from '../embedding/singular.ts';

/** Eigenvalues of the frame operator that count as one, and the space of their eigenvectors. */
export interface Eigenspace {
  /** The mean of its eigenvalues: gamma, where the features in it are a tight frame. */
  readonly eigenvalue: number;
  /** How many eigenvalues it has: its dimension. */
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
  /** Numerical rank of W (see `leftSingular`): so many eigenvalues are not 0. */
  readonly rank: number;
  /** The `rank` eigenvalues that are not 0, largest first, in the units of n. */
  readonly eigenvalues: Float64Array;
  /** Their eigenvectors as rows, rank x D, orthonormal. */
  readonly vectors: Float64Array;
  /** The eigenvalues in groups, largest first; see {@link groupEigenvalues}. */
  readonly eigenspaces: readonly Eigenspace[];
}

/** How eigenvalues are grouped. */
export interface SpectrumOptions {
  /**
   * The largest spread (largest - smallest) / largest that eigenvalues of one eigenspace may have, in [0, 1). Exact and
   * well trained matrices need no more than the default of 1e-3; noise of a fraction e of the root mean square weight
   * spreads the eigenvalues of a tight frame of N vectors in D dimensions by about 4 e sqrt(2 D / N).
   */
  readonly spread?: number;
}

/**
 * The frame operator's eigenvalues, eigenvectors and eigenspaces, in O(N D min(N, D)).
 *
 * @throws RangeError if W holds a number that is not finite, its data do not fit its size, or the spread is not in [0, 1).
 */
export function frameSpectrum(w: Embedding, options: SpectrumOptions = {}): FrameSpectrum {
  embedding(w.dims, w.features, w.data);
  const scale = powerOfTwoScale(w, 'frameSpectrum');
  return inUnits(unitSpectrum(rescaled(w, scale), options), scale);
}

/** The spectrum of an embedding whose squares of squares neither overflow nor vanish. */
export function unitSpectrum(unit: Embedding, options: SpectrumOptions): FrameSpectrum {
  const { rank, values, vectors } = leftSingular(unit);
  const eigenvalues = values.map((sigma) => sigma * sigma);
  const eigenspaces = groupEigenvalues(eigenvalues, options.spread);
  return { dims: unit.dims, rank, eigenvalues, vectors, eigenspaces };
}

/** The spectrum of W from that of W times a scale. */
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
 * Groups eigenvalues into eigenspaces: as long as a group's spread is above the bound, it is cut where neighbours differ
 * by the largest ratio. Unlike a bound on the gaps alone, this never chains a continuum of eigenvalues into one space.
 *
 * @param eigenvalues positive, largest first.
 * @param spread the largest (largest - smallest) / largest inside a group.
 * @throws RangeError if the spread is not in [0, 1).
 */
export function groupEigenvalues(eigenvalues: ArrayLike<number>, spread = 1e-3): Eigenspace[] {
  if (!(spread >= 0 && spread < 1)) {
    throw new RangeError(`spread: must be in [0, 1), got ${spread}`);
  }
  const spaces: Eigenspace[] = [];
  // Groups still to be looked at, the one of the largest eigenvalues last.
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
