import { distributionFigure, type DistributionData } from '@polysem/figures';
import type { Example } from '../example.ts';

/** Three groups of latents: those of one model, those that both share, and those of the other. */
const density = (x: number): number =>
  0.25 * Math.exp(-((x / 0.06) ** 2)) +
  Math.exp(-(((x - 0.52) / 0.09) ** 2)) +
  0.35 * Math.exp(-(((1 - x) / 0.05) ** 2));
const edges = Array.from({ length: 51 }, (_, i) => i / 50);
const heights = edges.slice(1).map((edge) => density(edge - 0.01));
const total = heights.reduce((sum, height) => sum + height, 0);

const data: DistributionData = {
  label: 'relative decoder norm of model 1',
  scale: 'linear',
  edges,
  series: [{ name: 'model 1', shares: heights.map((height) => height / total) }],
  ranges: [
    { from: 0, to: 0.1, name: 'only model 0' },
    { from: 0.4, to: 0.6, name: 'shared' },
    { from: 0.9, to: 1, name: 'only model 1' },
  ],
};

export default {
  title: 'Which latents of a crosscoder two models share',
  about:
    'The norm of the decoder vector for one of two models, divided by the sum of both; ranges with a meaning are shaded.',
  draw: (options) => distributionFigure(data, options),
} satisfies Example;
