import type { Step } from '../step.ts';

export const thePrice: Step = {
  title: 'The price',
  sets: {
    features: 6,
    dims: 3,
    task: 'computation',
    activation: 'quadratic',
    importance: 2,
    density: 0.1,
  },
  text: `The more capacity a feature has, the less a little more would save. At the optimum all features with a partial share have
the same {marginal benefit}. If they did not, moving capacity from one to another would lower the loss. Their common
value is the {price}: 8.7 for [three dimensions](three), 16 for [two](two), where dimensions are scarcer, and 4.8 for
[four](four). There feature 0 has a whole dimension, and it alone would save more than the price.`,
  words: { two: { dims: 2 }, three: { dims: 3 }, four: { dims: 4 } },
  lookAt: 'the dots on the curves, and the dashed line of the price.',
  shows: 'One number, the price, divides the budget among features of any importance.',
  doesNotShow: 'Other losses. Only for the quadratic model are these curves known in closed form.',
  looks: ['prices', 'shares'],
  formulas: ['loss', 'price'],
};
