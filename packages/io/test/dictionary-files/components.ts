import { D, N, type DictionaryFile } from './shared.ts';

/** Components of parameters: pairs of vectors whose products sum to the weights. */
export const COMPONENTS: Record<string, DictionaryFile> = {
  'parameter components': {
    layout: 'parameter components',
    shapes: {
      '_components.h-1-mlp-c_fc.V': [D, N],
      '_components.h-1-mlp-c_fc.U': [N, 32],
      'target_model.ln.weight': [D],
    },
    expected: ['component-in 1: columns, 24 x 8', 'component-out 1: rows, 24 x 32'],
  },
  'earlier parameter components, A and B': {
    layout: 'APD components',
    shapes: {
      'components.model-layers-1-mlp_in.A': [D, N],
      'components.model-layers-1-mlp_in.B': [N, 32],
      'components.model-layers-1-mlp_in.linear_component.A': [D, N],
      'components.model-layers-1-mlp_in.linear_component.B': [N, 32],
    },
    expected: ['component-in 1: columns, 24 x 8', 'component-out 1: rows, 24 x 32'],
  },
  'components of a toy model, one decomposition per instance': {
    layout: 'APD components',
    shapes: { A: [2, 5, 7], B: [2, 7, 3], b_final: [2, 5] },
    expected: [
      'component-in -: columns, 7 x 5',
      'component-in -: columns, 7 x 5',
      'component-out -: rows, 7 x 3',
      'component-out -: rows, 7 x 3',
    ],
  },
  'components of a toy model per instance, under the name of a module': {
    layout: 'APD components',
    shapes: { 'linear1.A': [2, 5, 7], 'linear1.B': [2, 7, 3], b_final: [2, 5] },
    expected: [
      'component-in -: columns, 7 x 5',
      'component-in -: columns, 7 x 5',
      'component-out -: rows, 7 x 3',
      'component-out -: rows, 7 x 3',
    ],
  },
  'components of a residual MLP with one instance': {
    layout: 'APD components',
    shapes: {
      'layers.1.mlp_in.A': [1, D, N],
      'layers.1.mlp_in.B': [1, N, 5],
      'layers.1.bias1': [1, 5],
    },
    expected: ['component-in 1: columns, 24 x 8', 'component-out 1: rows, 24 x 5'],
  },
  'components of a deep linear model, which nothing but names confirms': {
    layout: 'APD components',
    shapes: { 'layers.1.A': [2, 6, 4], 'layers.1.B': [2, 4, 6] },
    expected: [
      'component-in 1: columns, 4 x 6?',
      'component-in 1: columns, 4 x 6?',
      'component-out 1: rows, 4 x 6?',
      'component-out 1: rows, 4 x 6?',
    ],
  },
  'components of an MLP': {
    layout: 'APD components',
    shapes: { 'mlps.0.linear1.A': [D, N], 'mlps.0.linear1.B': [N, 5], 'mlps.0.bias1': [5] },
    expected: ['component-in -: columns, 24 x 8', 'component-out -: rows, 24 x 5'],
  },
  'components of rank 3, whose vectors are no features': {
    layout: 'APD components',
    shapes: { 'linear1.A': [20, 5, 3], 'linear1.B': [20, 3, 2] },
    hints: { config: { C: 20, m: 3 } },
    expected: [],
    notes: [
      'linear1.A and linear1.B hold no features: a component of rank 3 determines only the product of both, not their vectors',
    ],
  },
  'components of rank 3 of a model without instances': {
    layout: 'APD components',
    shapes: {
      'mlps.0.linear1.A': [20, 5, 3],
      'mlps.0.linear1.B': [20, 3, 2],
      'mlps.0.linear1.bias': [2],
    },
    expected: [],
    notes: [
      'mlps.0.linear1.A and mlps.0.linear1.B hold no features: a component of rank 3 determines only the product of both, not their vectors',
    ],
  },
  'components of rank 3 of several instances': {
    layout: 'APD components',
    shapes: { 'linear1.A': [2, 20, 5, 3], 'linear1.B': [2, 20, 3, 2] },
    expected: [],
    notes: [
      'linear1.A and linear1.B hold no features: a component of rank 3 determines only the product of both, not their vectors',
    ],
  },
  'components of full rank': {
    layout: 'APD components of full rank',
    shapes: { 'mlps.0.linear1.subnetwork_params': [10, D, 5] },
    expected: [],
    notes: [
      'mlps.0.linear1.subnetwork_params holds no features: each component of full rank is a matrix, not a vector',
    ],
  },
};
