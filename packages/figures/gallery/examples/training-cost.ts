import { trainingCostFigure, type CostPanel } from '@polysem/figures';
import type { Example } from '../example.ts';

const panel = (
  title: string,
  label: string,
  sizes: readonly number[],
  kept: string,
): CostPanel => ({
  title,
  label,
  kept,
  curves: [1, 0.1, 0.01].flatMap((density) =>
    [1, 2].map((threads) => ({
      density,
      threads,
      sizes,
      microseconds: sizes.map(
        (size) => (20 + size * (0.3 + 4 * density)) / (threads === 1 ? 1 : 1.8),
      ),
    })),
  ),
});
const data: CostPanel[] = [
  panel('Features', 'N', [20, 80, 320, 1280], 'D = N / 5, batch 1024'),
  panel('Batch', 'rows', [64, 256, 1024, 4096], 'N = 80, D = 16'),
];

export default {
  title: 'Time of a training step',
  about: 'Time per step over each size of the work, for several densities and numbers of threads.',
  draw: (options) => trainingCostFigure(data, options),
} satisfies Example;
