import { capacityPairsFigure } from '@polysem/figures';
import type { Example } from '../example.ts';

/** Numbers in [0, 1) that look random and are the same everywhere. */
let state = 7;
const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;

const pairs = Array.from({ length: 120 }, () => {
  const inA = random() ** 2;
  return { inA, inB: Math.max(0, Math.min(1, inA + 0.25 * (random() - 0.4) * (1 - inA))) };
});

export default {
  title: 'Capacities of the same features in two dictionaries',
  about: 'A point per pair of features: its capacity in each of two dictionaries.',
  draw: (options) =>
    capacityPairsFigure(
      {
        labels: ['capacity in A', 'capacity in B'],
        x: pairs.map(({ inA }) => inA),
        y: pairs.map(({ inB }) => inB),
      },
      options,
    ),
} satisfies Example;
