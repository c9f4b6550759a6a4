import type { Step } from '../step.ts';

export const overlapCosts: Step = {
  title: 'Overlap costs',
  sets: {
    features: 2,
    dims: 2,
    importance: 1,
    density: 0.1,
    seed: 3,
    restarts: 1,
    steps: 1000,
    step: 0,
  },
  text: `Two features in two dimensions could have one each. [Before training](before) their vectors {overlap}: the capacities are
0.17 and 0.90, and the other 0.93 of the two dimensions is lost. [Training](after) turns the vectors until they are
orthogonal, and nothing is lost. Add [a third feature](third), and two of them form an opposite pair while one stays
alone: the capacities sum to 2 again.`,
  words: {
    before: { features: 2, step: 0 },
    after: { features: 2, step: null },
    third: { features: 3, step: null },
  },
  lookAt: 'the angle between the arrows, and the hatched part of the budget.',
  shows:
    'Overlapping vectors waste part of the space. Orthogonal vectors and opposite pairs waste nothing: such an embedding is {efficient}.',
  doesNotShow: 'Which efficient arrangement training prefers.',
  looks: ['network', 'budget'],
  formulas: ['overlap'],
};
