import { ln, power } from '@polysem/numerics/elementary';
import { normalQuantile } from '@polysem/numerics/elementary';
import { disjointSets, labelled } from './disjoint-sets.ts';

/** The spectrum of a component. */
export interface ComponentSpectrum {
  /** Non-zero eigenvalues of its frame operator, largest first. */
  readonly eigenvalues: Float64Array;
  readonly features: number;
}

/** Eigenvalues of one component that are equal up to the noise. */
interface Cluster {
  readonly component: number;
  /** Mean eigenvalue less the part of its shift under noise that depends on the component. */
  readonly mean: number;
  /** Variance of the mean under noise. */
  readonly variance: number;
}

/** Errors of eigenvalues, from noise and rounding. */
export interface EigenvalueNoise {
  /** Standard deviation of each entry of W. */
  readonly sigma: number;
  /** Error of a computed eigenvalue. */
  readonly rounding: number;
  readonly significance: number;
}

/**
 * Joins orthogonal components into eigenspaces of S = W W^T: components are joined if they have an eigenvalue in common, up to
 * noise.
 *
 * The eigenvalues of a block sqrt(gamma) R with noise E of standard deviation sigma are those of
 * gamma I + sqrt(gamma) (R E^T + E R^T) + E E^T. R E^T is a D_k x D_k Gaussian matrix, so the second term belongs to the
 * Gaussian orthogonal ensemble with off-diagonal variance 2 gamma sigma^2: eigenvalues spread over +-2 sigma sqrt(2 gamma D_k),
 * and their mean has the variance 4 gamma sigma^2 / D_k. The third term shifts all of them by about sigma^2 (N_k + D - D_k).
 * A run of eigenvalues with a larger spread is divided at its widest gap. Two components are joined if the means of a run of
 * each do not differ significantly.
 *
 * @returns lists of components, in order of their first components.
 */
export function eigenGroups(
  components: readonly ComponentSpectrum[],
  noise: EigenvalueNoise,
): number[][] {
  const clusters = components.flatMap((spectrum, component) =>
    clustersOf(spectrum, component, noise),
  );
  const pairs = (clusters.length * (clusters.length - 1)) / 2;
  const far = -normalQuantile(noise.significance / pairs / 2);
  const { find, join } = disjointSets(components.length);
  for (const one of clusters) {
    for (const other of clusters) {
      const blur = far * Math.sqrt(one.variance + other.variance) + 2 * noise.rounding;
      if (Math.abs(one.mean - other.mean) <= blur) join(one.component, other.component);
    }
  }
  const groups: number[][] = [];
  labelled(components.length, find).forEach((label, component) => {
    (groups[label] ??= []).push(component);
  });
  return groups;
}

function clustersOf(
  { eigenvalues, features }: ComponentSpectrum,
  component: number,
  noise: EigenvalueNoise,
): Cluster[] {
  const { sigma, rounding, significance } = noise;
  // An extreme eigenvalue exceeds the edge by t off-diagonal standard deviations with probability at most exp(-t^2 / 4).
  const slack = 2 * Math.sqrt(ln(2 / significance));
  const clusters: Cluster[] = [];
  const divide = (from: number, end: number): void => {
    const size = end - from;
    let mean = 0;
    for (let k = from; k < end; k++) mean += eigenvalues[k] / size;
    const deviation = sigma * Math.sqrt(2 * mean);
    const width =
      2 * deviation * (2 * Math.sqrt(size) + slack) +
      4 * sigma * sigma * Math.sqrt(features * size) +
      2 * rounding;
    if (eigenvalues[from] - eigenvalues[end - 1] <= width) {
      clusters.push({
        component,
        mean: mean - sigma * sigma * (features - eigenvalues.length),
        variance: (4 * mean * sigma * sigma) / size + (2 * features * power(sigma, 4)) / size,
      });
      return;
    }
    let at = from + 1;
    for (let k = at; k < end; k++) {
      if (eigenvalues[k - 1] - eigenvalues[k] > eigenvalues[at - 1] - eigenvalues[at]) at = k;
    }
    divide(from, at);
    divide(at, end);
  };
  divide(0, eigenvalues.length);
  return clusters;
}
