import { cell, type Step } from '../step.ts';

export const anyArchitecture: Step = {
  title: 'Any architecture',
  sets: { ...cell(19, 10) },
  text: `The same inputs and the same three dimensions, in another network. In a [ReLU autoencoder](relu) feature 0 shares its
dimension and keeps 0.59. In a [GELU autoencoder](gelu) it has a whole dimension, and one feature is dropped. A
[linear autoencoder](linear) gives it a whole dimension as soon as it is more important than the others. A
[quadratic network](quadratic) gives it a whole dimension here, and 0.40 to each of the other five.`,
  words: {
    relu: { task: 'compression', activation: 'relu' },
    gelu: { task: 'compression', activation: 'gelu' },
    linear: { task: 'compression', activation: 'linear' },
    quadratic: { task: 'computation', activation: 'quadratic' },
  },
  lookAt: 'the trained map: the activation moves its borders.',
  shows: 'Capacity is measured in the same way in every network, so architectures can be compared.',
  doesNotShow:
    'The published maps (Figure 7 of the paper), but their crossings under “Published”. The paper does not say how their networks were trained.',
  looks: ['diagram', 'shares'],
};
