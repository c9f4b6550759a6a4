/**
 * Distribution of squared weights along each line of a matrix: one line per neuron, over features, or one line per
 * feature, over neurons. Everything is 0 for a line of zeros.
 */
export interface Sharing {
  /** Sum of the squared weights of the line. */
  readonly squaredNorm: Float64Array;
  /** Participation ratio (sum w^2)^2 / sum w^4: the effective number of entries, from 1 to the length of the line. */
  readonly participation: Float64Array;
  /** exp of the Shannon entropy of the shares w^2 / sum w^2: another effective number, at least the participation ratio. */
  readonly effective: Float64Array;
  /** Number of squared weights above the threshold times the largest squared weight of the line. */
  readonly count: Uint32Array;
  /** Share of the largest squared weight in the sum. */
  readonly largestShare: Float64Array;
  /** Index of the largest squared weight, the first of equal ones; -1 for a line of zeros. */
  readonly largest: Int32Array;
}

/** Place of the lines of a matrix in its data: entry e of line l is at `l * lineStride + e * entryStride`. */
export interface LineLayout {
  readonly lines: number;
  /** Entries per line. */
  readonly length: number;
  readonly lineStride: number;
  readonly entryStride: number;
}

/** Statistics of lines of zeros. */
export function noSharing(lines: number): Sharing {
  return {
    squaredNorm: new Float64Array(lines),
    participation: new Float64Array(lines),
    effective: new Float64Array(lines),
    count: new Uint32Array(lines),
    largestShare: new Float64Array(lines),
    largest: new Int32Array(lines).fill(-1),
  };
}

/** Statistics of squared weights along each line of a matrix. */
export function sharing(
  data: Float64Array | Float32Array,
  { lines, length, lineStride, entryStride }: LineLayout,
  threshold: number,
): Sharing {
  const result = noSharing(lines);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStride;
    let largest = 0;
    for (let e = 0; e < length; e++) {
      const magnitude = Math.abs(data[start + e * entryStride]);
      if (magnitude > largest) {
        largest = magnitude;
        result.largest[line] = e;
      }
    }
    if (largest === 0) continue;
    // Relative to the largest weight, so that fourth powers neither overflow nor underflow.
    let squares = 0;
    let fourths = 0;
    let logs = 0;
    let count = 0;
    for (let e = 0; e < length; e++) {
      const square = (data[start + e * entryStride] / largest) ** 2;
      squares += square;
      fourths += square * square;
      if (square > 0) logs += square * Math.log(square);
      if (square > threshold) count++;
    }
    result.squaredNorm[line] = squares * largest * largest;
    result.participation[line] = (squares / fourths) * squares;
    result.effective[line] = squares * Math.exp(-logs / squares);
    result.largestShare[line] = 1 / squares;
    result.count[line] = count;
  }
  return result;
}
