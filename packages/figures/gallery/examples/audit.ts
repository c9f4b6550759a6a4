import { auditFigure, type AuditFigureData } from '@polysem/figures';
import type { Example } from '../example.ts';

/** Numbers in [0, 1) that look random and are the same everywhere. */
let state = 1;
const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;

const features = Array.from({ length: 160 }, () => {
  const [a, b, c] = [random(), random(), random()];
  const predicted = a * a;
  return {
    predicted,
    measured: Math.max(0, Math.min(1, 0.85 * predicted + 0.3 * (b - 0.45))),
    frequency: (0.002 + 0.2 * predicted) * (0.4 + c),
  };
});
const data: AuditFigureData = {
  predicted: features.map(({ predicted }) => predicted),
  measured: features.map(({ measured }) => measured),
  trends: [
    {
      label: 'frequency P(active)',
      values: features.map(({ frequency }) => frequency),
      points: [
        { centre: 0.003, median: 0.03, low: 0.01, high: 0.06, predicted: 0.01 },
        { centre: 0.012, median: 0.09, low: 0.06, high: 0.12, predicted: 0.07 },
        { centre: 0.04, median: 0.24, low: 0.2, high: 0.27, predicted: 0.25 },
        { centre: 0.09, median: 0.48, low: 0.44, high: 0.53, predicted: 0.51 },
        { centre: 0.19, median: 0.76, low: 0.7, high: 0.81, predicted: 0.84 },
      ],
    },
  ],
};

export default {
  title: 'Predicted and measured capacities',
  about:
    'A point per feature: predicted against measured capacity, and capacity along the frequency.',
  draw: (options) => auditFigure(data, options),
} satisfies Example;
