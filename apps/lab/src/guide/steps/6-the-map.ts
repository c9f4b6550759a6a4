import { cell, type Step } from '../step.ts';

export const theMap: Step = {
  title: 'Theory’s map',
  sets: { features: 6, dims: 3, task: 'computation', activation: 'quadratic', ...cell(12, 16) },
  text: `Each cell of the map is an optimum, for one {importance} of feature 0 and one {density} of all features. At a density of
10 %, feature 0 is [ignored](ignored) up to 0.18 times the importance of the others. From there to 2.1 times it has
[a share](shared), and from there on [a whole dimension](full). Features that are active in [75 % of inputs](dense) do not
share: three get a dimension each, and three get nothing. The two regimes meet at 60 %.`,
  words: {
    ignored: cell(4, 16),
    shared: cell(12, 16),
    full: cell(16, 16),
    dense: cell(12, 2),
  },
  lookAt: 'both maps: the same borders, once predicted and once trained.',
  shows:
    'Importance and rarity decide the {phase} of a feature. Rare features share because the {kurtosis} of their values is large.',
  doesNotShow: 'ReLU networks. For them this map is a reference, not a forecast.',
  looks: ['diagram'],
};
