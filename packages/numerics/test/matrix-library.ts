import type { Block, MatrixLibrary } from '../src/dense/matrix-library.ts';

/** Sets entry (i, j) of a result, or adds to it. */
function put(c: Block, at: number, value: number, isAdded: boolean): void {
  c.data[at] = isAdded ? c.data[at] + value : value;
}

/** A library in plain TypeScript, with float64 sums that are rounded to the type of the result. */
export const plainLibrary: MatrixLibrary = {
  name: 'plain',
  multiplyRows: (a, b, c, { m, n, k }) => {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let d = 0; d < k; d++) sum += a.data[i * a.stride + d] * b.data[j * b.stride + d];
        put(c, i * c.stride + j, sum, false);
      }
    }
  },
  multiplyColumns: (a, b, c, { m, n, k, isAdded }) => {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let d = 0; d < k; d++) sum += a.data[d * a.stride + i] * b.data[d * b.stride + j];
        put(c, i * c.stride + j, sum, isAdded);
      }
    }
  },
  squareColumns: (a, c, { n, k, isAdded }) => {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let d = 0; d < k; d++) sum += a.data[d * a.stride + i] * a.data[d * a.stride + j];
        put(c, i * c.stride + j, sum, isAdded);
      }
    }
  },
  symmetricEigen: null,
};
