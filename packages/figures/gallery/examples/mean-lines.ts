import { meanLinesFigure, type MeanLinesData, type MeanPoint } from '@polysem/figures';
import type { Example } from '../example.ts';

const densities = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

/** The mean of three seeds around a smooth curve. */
function point(density: number, dims: number, k: number): MeanPoint {
  const loss = (12 / dims) * density ** 0.6 * (1 + density);
  const each = [-1, 0.2, 1.1].map((step, seed) => loss * (1 + 0.35 * step * Math.cos(k + seed)));
  const mean = each.reduce((sum, value) => sum + value, 0) / 3;
  const squares = each.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { x: density, mean, error: Math.sqrt(squares / 2 / 3), each };
}

const data: MeanLinesData = {
  x: { label: 'P(active) p', scale: 'log' },
  y: { label: 'loss', scale: 'log' },
  panels: ['relu', 'gelu'].map((title, p) => ({
    title: `activation = ${title}`,
    series: [2, 5, 10].map((dims) => ({
      name: `D = ${dims}`,
      points: densities.map((density, k) => point(density, dims + p, k)),
    })),
  })),
};

export default {
  title: 'Loss of a sweep over density, dimensions and activation',
  about:
    'Means over seeds with their standard errors, and each seed as a faint point: one line per number of dimensions, one panel per activation.',
  draw: (options) => meanLinesFigure(data, options),
} satisfies Example;
