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
twenty [random vectors](random) already use 4.2 of five dimensions. [Training](trained) raises that to 5.0. For your own
weights, \`polysem measure\` compares the capacities with those of random vectors of the
same size.`,
  words: { random: { step: 0 }, trained: { step: null } },
  lookAt: 'what is left of the budget, before and after training.',
  shows: 'A sum of capacities means little until it is compared with chance.',
  doesNotShow: 'What a model does with its features.',
  looks: ['budget', 'network'],
  formulas: ['chance'],
};
