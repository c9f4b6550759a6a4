import type { Recipe } from './recipe.ts';

function phaseChange(features: number, dims: number): Recipe {
  const what = `${features} features in ${dims} dimension${dims > 1 ? 's' : ''}`;
  return {
    name: `phase-${features}-${dims}`,
    description: `Phase change of ${what} over density and relative importance (section 3 of Toy Models of Superposition)`,
    text: `# ${what}: is the first feature ignored, does it share a dimension, or does it get one of its own?
# Phase diagram of section 3 of Elhage et al. (2022), "Toy Models of Superposition".
name: phase-${features}-${dims}
compute: phase
parameters:
  task: compression
  activation: relu
  features: ${features}
  dims: ${dims}
  restarts: 8 # random starts per point; the best one counts
axes:
  - parameter: density # P(active) of all features
    log: { from: 1, to: 0.01, count: 20 }
  - parameter: importance # of the first feature; the others have 1
    log: { from: 0.1, to: 10, count: 21 }
measurements:
  - capacity
  - phase
  - loss
  - optima
`,
  };
}

/** Two features in one dimension. */
export const phaseTwoOne: Recipe = phaseChange(2, 1);

/** Three features in two dimensions. */
export const phaseThreeTwo: Recipe = phaseChange(3, 2);
