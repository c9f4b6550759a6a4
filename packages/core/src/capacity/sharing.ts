/**
 * How squared weights are shared along the lines of a matrix, one number a line: a neuron's over features, or a
 * feature's over neurons. All are 0 for a line of zeros.
 */
export interface Sharing {
  /** Sum of the line's squared weights. */
  readonly squaredNorm: Float64Array;
  /** Participation ratio (sum w^2)^2 / sum w^4: how many entries carry the line, from 1 to its length. */
  readonly participation: Float64Array;
  /** exp of the Shannon entropy of the shares w^2 / sum w^2: another number of entries, never below the participation ratio. */
  readonly effective: Float64Array;
  /** How many squared weights are more than the threshold's fraction of the line's largest one. */
  readonly count: Uint32Array;
  /** The largest squared weight's share of the line. */
  readonly largestShare: Float64Array;
  /** Where the largest squared weight is, the first of equal ones; -1 for a line of zeros. */
  readonly largest: Int32Array;
}

/** The sharing of so many lines of zeros. */
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

/** Sharing along `lines` lines of `length` entries: entry e of line l stands at `l * lineStride + e * stride`. */
export function sharing(
  data: Float64Array | Float32Array,
  lines: number,
  length: number,
  lineStride: number,
  stride: number,
  threshold: number,
): Sharing {
  const result = noSharing(lines);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStride;
    let largest = 0;
    for (let e = 0; e < length; e++) {
      const magnitude = Math.abs(data[start + e * stride]);
      if (magnitude > largest) {
        largest = magnitude;
        result.largest[line] = e;
      }
    }
    if (largest === 0) continue;
    // Relative to the largest weight, so that fourth powers neither overflow nor vanish.
    let squares = 0;
    let fourths = 0;
    let logs = 0;
    let count = 0;
    for (let e = 0; e < length; e++) {
      const square = (data[start + e * stride] / largest) ** 2;
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
