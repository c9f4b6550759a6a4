import { scalingFigure, type ScalingData } from '@polysem/figures';
import type { Example } from '../example.ts';

const sizes = [1000, 4000, 16_000, 64_000, 256_000];
const data: ScalingData = {
  x: { label: 'features N' },
  y: { label: 'time', unit: 's' },
  series: [
    {
      name: '512 dimensions, F32',
      points: sizes.map((n, i) => [n, (n / 90_000) * (1 + 0.3 / (i + 1))]),
    },
    {
      name: '4096 dimensions, BF16',
      points: sizes.map((n, i) => [n, (n / 4000) * (1 + 0.5 / (i + 1))]),
    },
  ],
};

export default {
  title: 'Time to measure a matrix in a file',
  about: 'Time over size on log axes; dotted lines are proportional to the size.',
  draw: (options) => scalingFigure(data, options),
} satisfies Example;
