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
