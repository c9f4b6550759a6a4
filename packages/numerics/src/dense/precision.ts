/** The type of number that a matrix holds, or that a computation uses. */
export type Precision = 'float32' | 'float64';
