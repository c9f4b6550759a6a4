import type { Step } from '../step.ts';

export const theBudget: Step = {
  title: 'The budget',
  sets: {
    features: 6,
    dims: 3,
    task: 'computation',
    activation: 'quadratic',
    importance: 1,
    density: 0.1,
  },
  text: `Six features share three dimensions, so their capacities sum to at most 3. This network has quadratic activations, and its
optimum is known in closed form. With [equal importance](equal) each feature gets 0.50. Make feature 0
[twice as important](twice), and it gets 0.95; the other five fall to 0.41 each. [Two dimensions](two) hold a sum of 2,
[four](four) a sum of 4.`,
  words: {
    equal: { importance: 1, dims: 3 },
    twice: { importance: 2, dims: 3 },
    two: { dims: 2 },
    four: { dims: 4 },
  },
  lookAt: 'the {budget}: the hollow row is theory, the solid row is the trained network.',
  shows:
    'Capacity is scarce: what one feature gains, the others lose. The {certificate} proves that training reached the optimum.',
  doesNotShow: 'Why feature 0 gets 0.95 and not more.',
  looks: ['budget', 'shares'],
  formulas: ['budget'],
};
