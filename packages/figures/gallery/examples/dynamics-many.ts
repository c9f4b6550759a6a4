import { dynamicsFigure, type DynamicsData } from '@polysem/figures';
import type { Example } from '../example.ts';

const FEATURES = 60;
const steps = [0, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
/** Feature i joins triangle floor(i / 3) at a step of its own. */
const joined = (s: number, i: number): boolean => s > 2 + ((i - (i % 3)) % 7);
const data: DynamicsData = {
  steps,
  scale: 'log',
  loss: steps.map((_, s) => 0.002 + 0.4 / (1 + s * s * s)),
  capacity: steps.map((_, s) =>
    Array.from({ length: FEATURES }, (__, i) =>
      joined(s, i) ? 2 / 3 : ((s + 1) * (1 + ((i * 7) % 11))) / 150,
    ),
  ),
  blockOf: steps.map((_, s) =>
    Array.from({ length: FEATURES }, (__, i) => (joined(s, i) ? (i - (i % 3)) / 3 : null)),
  ),
  blockNames: Array.from({ length: 20 }, () => 'triangle'),
  events: [{ step: 50, label: 'first triangles' }],
};

export default {
  title: '60 features in 20 dimensions during training',
  about: 'The same for many features: quantiles of the capacities instead of a line per feature.',
  draw: (options) => dynamicsFigure(data, options),
} satisfies Example;
