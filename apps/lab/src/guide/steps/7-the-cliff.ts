import { cell, type Step } from '../step.ts';

export const theCliff: Step = {
  title: 'Why the border is a cliff',
  sets: { ...cell(20, 10) },
  text: `A ReLU autoencoder has a different map, with a cliff. At [6.3 times](near) the importance of the others, feature 0 keeps
0.66 of a dimension and leaves 0.34 to its partner. One cell further, at [8 times](far), it has the whole dimension and
the partner is dropped. Between these two optima lies a hill. [Hold feature 0 at 0.9](hold), and the loss is
3.6 % higher; towards a whole dimension it falls again. Alone, feature 0 has almost no loss, however important
it is; the loss of the pair grows with its importance. At the border the two losses cross.`,
  words: {
    near: { ...cell(20, 10), hold: null },
    far: { ...cell(21, 10), hold: null },
    hold: { ...cell(20, 10), hold: { feature: 0, capacity: 0.9 } },
  },
  lookAt:
    'the first {block} of the budget, and the border in the trained map; while feature 0 is {held|hold}, the hill in the curve.',
  shows:
    'Two optima compete, and the better one changes at the border. Dots mark cells in which {restarts|restart} disagree.',
  doesNotShow: 'How these optima change in larger models.',
  looks: ['budget', 'diagram', 'worth'],
};
