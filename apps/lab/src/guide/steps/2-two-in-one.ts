import type { Step } from '../step.ts';

export const twoInOne: Step = {
  title: 'Two in one dimension',
  sets: {
    features: 2,
    dims: 1,
    importance: 1,
    density: 0.1,
    seed: 8,
    restarts: 1,
    steps: 1000,
  },
  text: `Now two features share one dimension. [Before training](before) their vectors are random: one has capacity 0.15, the
other 0.85. [Training](after) points them in opposite directions, and each gets one half. That works because the ReLU
removes negative values: while only one feature is active, the output of the other stays at zero. Make feature 0
[twice as important](twice), and it gets hardly more: 0.51.`,
  words: {
    before: { step: 0, importance: 1 },
    after: { step: null, importance: 1 },
    twice: { step: null, importance: 2 },
  },
  lookAt: 'the arrows of the network, and the two segments of the budget.',
  shows:
    'Two features that are rarely active together can share one dimension. Their capacities sum to 1.',
  doesNotShow: 'When sharing pays. That depends on how rare the features are.',
  looks: ['network', 'budget'],
};
