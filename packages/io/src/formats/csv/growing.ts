/** An array of numbers that grows. */
export interface Growing {
  readonly push: (value: number) => void;
  readonly done: () => Float64Array;
}

/** Makes an empty array of numbers that grows by doubling. */
export function growing(): Growing {
  let data = new Float64Array(64);
  let count = 0;
  return {
    push: (value) => {
      if (count === data.length) {
        const larger = new Float64Array(2 * count);
        larger.set(data);
        data = larger;
      }
      data[count++] = value;
    },
    done: () => data.slice(0, count),
  };
}
