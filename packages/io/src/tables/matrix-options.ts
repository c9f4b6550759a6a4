/**
 * Layout of a table that is read as one matrix of numbers. What is left out is found from the content; a file in doubt is
 * refused.
 */
export interface MatrixOptions {
  /** True if the first line of a text holds the names of the columns, false if it holds numbers. */
  readonly header?: boolean;
  /** True if the first column is an index or holds the names of the rows, false if it holds numbers. */
  readonly indexColumn?: boolean;
}

/** A table read as a matrix. */
export interface MatrixContent {
  /** Rows and columns. */
  readonly shape: readonly [number, number];
  /** Row by row. */
  readonly data: Float64Array;
  /** Names of the rows, if the file has them. */
  readonly rowNames?: readonly string[];
  /** One sentence for each line or column that was taken for names, an index or comments. */
  readonly notes: readonly string[];
}
