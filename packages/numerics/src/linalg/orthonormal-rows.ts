/**
 * Makes the rows of a matrix orthonormal, in place and in order. Gram-Schmidt, twice per row, which makes rows orthogonal
 * to rounding (Giraud, Langou & Rozloznik 2005). Independent normal entries give uniformly random frames.
 *
 * @param matrix rows x columns, row-major, of full rank, with at most as many rows as columns.
 * @param columns length of a row.
 * @example
 * ```js
 * import { orthonormaliseRows } from 'polysem/linalg';
 * const matrix = Float64Array.of(2, 0, 3, 4);
 * orthonormaliseRows(matrix, 2);
 * matrix; // [1, 0, 0, 1]
 * ```
 */
export function orthonormaliseRows(matrix: Float64Array, columns: number): void {
  for (let at = 0; at < matrix.length; at += columns) {
    const row = matrix.subarray(at, at + columns);
    for (let pass = 0; pass < 2; pass++) {
      for (let before = 0; before < at; before += columns) {
        let dot = 0;
        for (let j = 0; j < columns; j++) dot += matrix[before + j] * row[j];
        for (let j = 0; j < columns; j++) row[j] -= dot * matrix[before + j];
      }
    }
    let square = 0;
    for (let j = 0; j < columns; j++) square += row[j] * row[j];
    for (let j = 0; j < columns; j++) row[j] /= Math.sqrt(square);
  }
}

/**
 * Completes orthonormal rows: fills rows `from` and on, so that all rows are orthonormal. Each new row is the remainder of
 * the axis that is farthest from the span of the rows before it.
 *
 * @param matrix rows x columns, row-major, with at most as many rows as columns; rows before `from` are orthonormal.
 * @param from the first row to fill.
 * @param columns length of a row.
 * @example
 * ```js
 * import { completeOrthonormalRows } from 'polysem/linalg';
 * const matrix = Float64Array.of(0, 1, 0, 0);
 * completeOrthonormalRows(matrix, 1, 2);
 * matrix; // [0, 1, 1, 0]
 * ```
 */
export function completeOrthonormalRows(matrix: Float64Array, from: number, columns: number): void {
  const rows = matrix.length / columns;
  // Squared length of each axis outside the span of the rows so far.
  const outside = new Float64Array(columns).fill(1);
  const count = (at: number): void => {
    for (let j = 0; j < columns; j++) outside[j] -= matrix[at + j] ** 2;
  };
  for (let k = 0; k < from; k++) count(k * columns);
  for (let k = from; k < rows; k++) {
    let axis = 0;
    for (let j = 1; j < columns; j++) if (outside[j] > outside[axis]) axis = j;
    const row = matrix.subarray(k * columns, (k + 1) * columns);
    row.fill(0);
    row[axis] = 1;
    for (let pass = 0; pass < 2; pass++) {
      for (let before = 0; before < k * columns; before += columns) {
        let dot = 0;
        for (let j = 0; j < columns; j++) dot += matrix[before + j] * row[j];
        for (let j = 0; j < columns; j++) row[j] -= dot * matrix[before + j];
      }
    }
    let square = 0;
    for (let j = 0; j < columns; j++) square += row[j] * row[j];
    for (let j = 0; j < columns; j++) row[j] /= Math.sqrt(square);
    count(k * columns);
  }
}
