import { gramHeatMapFigure, type GramHeatMapData } from '@polysem/figures';
import type { Example } from '../example.ts';

/** Inner products of 8 features that training put into 4 dimensions. */
export const data: GramHeatMapData = {
  features: 8,
  gram: [
    1.02, 0.000207, -0.000226, 0.00091, -0.000206, 0.000104, -0.000066, -1.01, 0.000207, 1.01,
    -0.000266, 0.000275, -1.01, 0.000104, -0.0000445, 0.000162, -0.000226, -0.000266, 1.01, -1.01,
    0.0000238, -0.000328, 0.000399, -0.00014, 0.00091, 0.000275, -1.01, 1.01, -0.0000331, -0.000504,
    0.000433, -0.000541, -0.000206, -1.01, 0.0000238, -0.0000331, 1.01, -0.0000016, -0.000058,
    -0.000161, 0.000104, 0.000104, -0.000328, -0.000504, -0.0000016, 1.01, -1.01, -0.000239,
    -0.000066, -0.0000445, 0.000399, 0.000433, -0.000058, -1.01, 1.01, 0.000201, -1.01, 0.000162,
    -0.00014, -0.000541, -0.000161, -0.000239, 0.000201, 1.01,
  ],
};

export default {
  title: 'Gram matrix of 8 features in 4 dimensions',
  about: 'Inner products in the order of the features: red below zero, blue above.',
  draw: (options) => gramHeatMapFigure(data, options),
} satisfies Example;
