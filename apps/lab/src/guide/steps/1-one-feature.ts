import type { Step } from '../step.ts';

export const oneFeature: Step = {
  title: 'One feature',
  sets: { features: 1, dims: 1, importance: 1, density: 1 },
  text: `A network represents features as directions in a space with few dimensions. Give one feature a dimension of its own, and
nothing competes with it: its {capacity} is 1, whether it is active in [every input](always) or in
[one of a hundred](rare).`,
  words: { always: { density: 1 }, rare: { density: 0.01 } },
  lookAt: 'the budget: one dimension, filled by one segment.',
  shows: 'A feature without competitors keeps a whole dimension.',
  doesNotShow: 'Sharing. That takes a second feature.',
  looks: ['budget'],
  formulas: ['capacity'],
};
