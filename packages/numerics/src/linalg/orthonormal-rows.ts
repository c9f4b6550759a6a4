/**
 * Makes the rows of a matrix orthonormal, in place, one after the other (Gram-Schmidt, each row twice, which leaves the
 * rows orthogonal to rounding: Giraud, Langou & Rozloznik 2005). Independent normal entries give directions that are
 * uniform over all such frames.
 *
 * @param matrix rows x columns, row-major, of full rank, with no more rows than columns.
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
 * Fills rows `from` to the last of a matrix whose earlier rows are orthonormal, so that all are: each time with what is left
 * of the axis that lies least in the rows so far.
 *
 * @param matrix rows x columns, row-major, with no more rows than columns.
 */
export function completeOrthonormalRows(matrix: Float64Array, from: number, columns: number): void {
  const rows = matrix.length / columns;
  // What of each axis lies outside the rows so far, squared.
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
