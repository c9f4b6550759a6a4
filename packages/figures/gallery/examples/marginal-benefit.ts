import { marginalBenefitFigure, type MarginalBenefitData } from '@polysem/figures';
import type { Example } from '../example.ts';

const data: MarginalBenefitData = {
  capacities: [
    0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85,
    0.9, 0.95, 1,
  ],
  price: 1.18,
  curves: [
    {
      importance: 1,
      benefit: [
        32, 24.2, 18.9, 15.2, 12.5, 10.4, 8.86, 7.61, 6.61, 5.79, 5.12, 4.56, 4.08, 3.68, 3.33,
        3.03, 2.77, 2.54, 2.34, 2.16, 2,
      ],
      optimum: { capacity: 1, benefit: 2, phase: 'full' },
    },
    {
      importance: 0.6,
      benefit: [
        11.5, 8.71, 6.82, 5.48, 4.5, 3.76, 3.19, 2.74, 2.38, 2.09, 1.84, 1.64, 1.47, 1.32, 1.2,
        1.09, 0.997, 0.914, 0.841, 0.777, 0.72,
      ],
      optimum: { capacity: 0.71, benefit: 1.18, phase: 'partial' },
    },
    {
      importance: 0.35,
      benefit: [
        3.92, 2.96, 2.32, 1.86, 1.53, 1.28, 1.09, 0.933, 0.81, 0.71, 0.627, 0.558, 0.5, 0.45, 0.408,
        0.371, 0.339, 0.311, 0.286, 0.264, 0.245,
      ],
      optimum: { capacity: 0.275, benefit: 1.18, phase: 'partial' },
    },
    {
      importance: 0.2,
      benefit: [
        1.28, 0.968, 0.757, 0.609, 0.5, 0.418, 0.355, 0.305, 0.264, 0.232, 0.205, 0.182, 0.163,
        0.147, 0.133, 0.121, 0.111, 0.102, 0.0935, 0.0864, 0.08,
      ],
      optimum: { capacity: 0.0145, benefit: 1.18, phase: 'partial' },
    },
    {
      importance: 0.1,
      benefit: [
        0.32, 0.242, 0.189, 0.152, 0.125, 0.104, 0.0886, 0.0761, 0.0661, 0.0579, 0.0512, 0.0456,
        0.0408, 0.0368, 0.0333, 0.0303, 0.0277, 0.0254, 0.0234, 0.0216, 0.02,
      ],
      optimum: { capacity: 0, benefit: 0.32, phase: 'ignored' },
    },
  ],
};

export default {
  title: 'Marginal benefit of capacity for 5 features',
  about:
    'The marginal benefit of each feature over its capacity; partially represented features share the price.',
  draw: (options) => marginalBenefitFigure(data, options),
} satisfies Example;
