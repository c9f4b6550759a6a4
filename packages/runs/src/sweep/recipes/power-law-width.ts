import type { Recipe } from './recipe.ts';

/** Loss against the number of dimensions, for features whose importance falls as a power law. */
export const powerLawWidth: Recipe = {
  name: 'power-law-width',
  description: 'Loss against width for features whose importance falls as a power law',
  text: `# How does the loss fall with the number of dimensions, if importance falls as a power of the rank?
name: power-law-width
compute: train
parameters:
  task: compression
  activation: relu
  features: 256
  steps: 5000
  batch: 1024
  restarts: 2
axes:
  - parameter: importance # of feature i, from 0
    values: [(i+1)^-0.5, (i+1)^-1, (i+1)^-1.5]
  - parameter: density
    values: [0.5, 0.1, 0.02]
  - parameter: dims
    values: [4, 8, 16, 32, 64, 128]
seeds: 2
measurements:
  - loss
  - lossError
  - featuresRepresented
  - totalCapacity
  - efficiency
`,
};
