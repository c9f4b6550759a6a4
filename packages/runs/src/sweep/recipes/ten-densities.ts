import type { Recipe } from './recipe.ts';

/** The ten models of the notebook of Elhage et al. (2022). */
export const tenDensities: Recipe = {
  name: 'ten-densities',
  description:
    'Twenty features in five dimensions at ten densities, trained as in the notebook of Toy Models of Superposition',
  text: `# Twenty features in five dimensions, at ten densities from 1 to 0.05: the models of the notebook of
# Elhage et al. (2022), "Toy Models of Superposition". Feature i has importance 0.9^i.
name: ten-densities
compute: train
parameters:
  task: compression # reconstruct all features from five dimensions
  activation: relu
  features: 20
  dims: 5
  importance: 0.9^i
  # Training as in the notebook.
  optimiser: adamw
  learningRate: 0.001
  schedule: constant
  steps: 10000
  batch: 1024
  initialisation: notebook
  instances: 10
  restarts: 1
axes:
  - parameter: density # P(active); the sparsity of the paper is 1 - density
    log: { from: 1, to: 0.05, count: 10 }
seeds: { from: 0, count: 5 }
measurements:
  - loss
  - lossError
  - dimensionsPerFeature # D* of the paper
  - featuresRepresented
  - totalCapacity
  - capacity # the dimensionality of each feature
  - interference # the superposition of each feature
`,
};
