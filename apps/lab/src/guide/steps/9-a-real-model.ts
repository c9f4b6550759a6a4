import type { Step } from '../step.ts';

export const aRealModel: Step = {
  title: 'A real model',
  sets: {
    features: 20,
    dims: 5,
    importance: 1,
    density: 0.05,
    restarts: 1,
    step: 0,
    x: { parameter: 'importance', from: 0.25, to: 16, count: 7 },
    y: { parameter: 'density', from: 0.2, to: 0.0125, count: 5 },
  },
  text: `In a real model the features are tokens, neurons or the latents of a dictionary, and some of their sharing is chance:
twenty [random vectors](random) already use 4.2 of five dimensions. [Training](trained) raises that to 5.0. Open
[a real embedding](embedding) or [a synthetic SAE](sae), and compare its capacities with those of random vectors of the same size.
\`polysem measure\` does the same for your own weights.`,
  words: {
    random: { step: 0, page: 'lab' },
    trained: { step: null, page: 'lab' },
    embedding: { page: 'model', weights: 'example:bytes' },
    sae: { page: 'model', weights: 'example:sae' },
  },
  lookAt: 'the unused part of the budget, before and after training.',
  shows: 'A sum of capacities means little until it is compared with chance.',
  doesNotShow: 'What a model does with its features.',
  looks: ['budget', 'network'],
  formulas: ['chance'],
};
