import { marginalBenefitPanelsFigure, type MarginalBenefitPanel } from '@polysem/figures';
import type { Example } from '../example.ts';

const capacities = [
  0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85,
  0.9, 0.95, 1,
];
const data: MarginalBenefitPanel[] = [
  {
    letter: 'A',
    title: 'p = 0.8, V = 0.75',
    capacities: capacities,
    price: 1.25,
    curves: [
      {
        label: 'V = 0.75',
        importance: 0.75,
        benefit: [
          0.439, 0.456, 0.474, 0.493, 0.514, 0.535, 0.558, 0.582, 0.608, 0.636, 0.666, 0.698, 0.732,
          0.768, 0.808, 0.851, 0.897, 0.947, 1, 1.06, 1.13,
        ],
        optimum: { capacity: 0, benefit: 0.439, phase: 'ignored' },
      },
      {
        label: '3 others',
        importance: 1,
        benefit: [
          0.781, 0.811, 0.843, 0.877, 0.913, 0.951, 0.992, 1.04, 1.08, 1.13, 1.18, 1.24, 1.3, 1.37,
          1.44, 1.51, 1.59, 1.68, 1.78, 1.89, 2,
        ],
        optimum: { capacity: 1, benefit: 2, phase: 'full' },
      },
      {
        label: '2 others',
        importance: 1,
        benefit: [
          0.781, 0.811, 0.843, 0.877, 0.913, 0.951, 0.992, 1.04, 1.08, 1.13, 1.18, 1.24, 1.3, 1.37,
          1.44, 1.51, 1.59, 1.68, 1.78, 1.89, 2,
        ],
        optimum: { capacity: 0, benefit: 0.781, phase: 'ignored' },
      },
    ],
  },
  {
    letter: 'B',
    title: 'p = 0.8, V = 1.33',
    capacities: capacities,
    price: 1.25,
    curves: [
      {
        label: 'V = 1.33',
        importance: 1.33,
        benefit: [
          1.38, 1.44, 1.49, 1.55, 1.62, 1.68, 1.75, 1.83, 1.91, 2, 2.09, 2.19, 2.3, 2.42, 2.54,
          2.68, 2.82, 2.98, 3.15, 3.33, 3.54,
        ],
        optimum: { capacity: 1, benefit: 3.54, phase: 'full' },
      },
      {
        label: '2 others',
        importance: 1,
        benefit: [
          0.781, 0.811, 0.843, 0.877, 0.913, 0.951, 0.992, 1.04, 1.08, 1.13, 1.18, 1.24, 1.3, 1.37,
          1.44, 1.51, 1.59, 1.68, 1.78, 1.89, 2,
        ],
        optimum: { capacity: 1, benefit: 2, phase: 'full' },
      },
      {
        label: '3 others',
        importance: 1,
        benefit: [
          0.781, 0.811, 0.843, 0.877, 0.913, 0.951, 0.992, 1.04, 1.08, 1.13, 1.18, 1.24, 1.3, 1.37,
          1.44, 1.51, 1.59, 1.68, 1.78, 1.89, 2,
        ],
        optimum: { capacity: 0, benefit: 0.781, phase: 'ignored' },
      },
    ],
  },
  {
    letter: 'C',
    title: 'p = 0.6, V = 1',
    capacities: capacities,
    price: 2,
    curves: [
      {
        label: 'V = 1',
        importance: 1,
        benefit: [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
        optimum: { capacity: 0.5, benefit: 2, phase: 'partial' },
      },
      {
        label: 'others',
        importance: 1,
        benefit: [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
        optimum: { capacity: 0.5, benefit: 2, phase: 'partial' },
      },
    ],
  },
  {
    letter: 'D',
    title: 'p = 0.1, V = 0.2',
    capacities: capacities,
    price: 4.81,
    curves: [
      {
        label: 'V = 0.2',
        importance: 0.2,
        benefit: [
          5.78, 3.06, 1.89, 1.28, 0.925, 0.699, 0.547, 0.44, 0.361, 0.302, 0.256, 0.22, 0.191,
          0.167, 0.148, 0.132, 0.118, 0.106, 0.0962, 0.0876, 0.08,
        ],
        optimum: { capacity: 0.0128, benefit: 4.81, phase: 'partial' },
      },
      {
        label: 'others',
        importance: 1,
        benefit: [
          145, 76.4, 47.2, 32, 23.1, 17.5, 13.7, 11, 9.03, 7.55, 6.4, 5.5, 4.78, 4.19, 3.7, 3.29,
          2.95, 2.66, 2.41, 2.19, 2,
        ],
        optimum: { capacity: 0.597, benefit: 4.81, phase: 'partial' },
      },
    ],
  },
  {
    letter: 'E',
    title: 'p = 0.1, V = 1',
    capacities: capacities,
    price: 6.4,
    curves: [
      {
        label: 'V = 1',
        importance: 1,
        benefit: [
          145, 76.4, 47.2, 32, 23.1, 17.5, 13.7, 11, 9.03, 7.55, 6.4, 5.5, 4.78, 4.19, 3.7, 3.29,
          2.95, 2.66, 2.41, 2.19, 2,
        ],
        optimum: { capacity: 0.5, benefit: 6.4, phase: 'partial' },
      },
      {
        label: 'others',
        importance: 1,
        benefit: [
          145, 76.4, 47.2, 32, 23.1, 17.5, 13.7, 11, 9.03, 7.55, 6.4, 5.5, 4.78, 4.19, 3.7, 3.29,
          2.95, 2.66, 2.41, 2.19, 2,
        ],
        optimum: { capacity: 0.5, benefit: 6.4, phase: 'partial' },
      },
    ],
  },
  {
    letter: 'F',
    title: 'p = 0.1, V = 3',
    capacities: capacities,
    price: 9.03,
    curves: [
      {
        label: 'V = 3',
        importance: 3,
        benefit: [
          1300, 688, 425, 288, 208, 157, 123, 99, 81.3, 67.9, 57.6, 49.5, 43, 37.7, 33.3, 29.6,
          26.5, 23.9, 21.7, 19.7, 18,
        ],
        optimum: { capacity: 1, benefit: 18, phase: 'full' },
      },
      {
        label: 'others',
        importance: 1,
        benefit: [
          145, 76.4, 47.2, 32, 23.1, 17.5, 13.7, 11, 9.03, 7.55, 6.4, 5.5, 4.78, 4.19, 3.7, 3.29,
          2.95, 2.66, 2.41, 2.19, 2,
        ],
        optimum: { capacity: 0.4, benefit: 9.03, phase: 'partial' },
      },
    ],
  },
];

export default {
  title: 'Marginal benefit at six points of the phase diagram',
  about:
    'One feature of importance V beside five of importance 1 in 3 dimensions: points A to F of the phase diagram.',
  draw: (options) => marginalBenefitPanelsFigure(data, options),
} satisfies Example;
