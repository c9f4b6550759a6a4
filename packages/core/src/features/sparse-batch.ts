/**
 * A batch in compressed sparse rows: the active entries of row r are those from `rowStarts[r]` up to, not including,
 * `rowStarts[r + 1]`, with ascending features.
 */
export interface SparseBatch {
  readonly rows: number;
  /** N, the number of features. */
  readonly features: number;
  /** `rows` + 1 numbers, from 0 to the number of active entries. */
  readonly rowStarts: Uint32Array;
  /** The feature of each active entry. */
  readonly indices: Uint32Array;
  /** The value of each active entry. */
  readonly values: Float64Array;
}
