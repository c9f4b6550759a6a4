/** Places values along a line of pixels. */
export interface Scale {
  readonly at: (value: number) => number;
  /** The value at a place. */
  readonly value: (place: number) => number;
}

/** Equal differences. */
export function linearScale(from: number, to: number, start: number, end: number): Scale {
  const slope = (end - start) / (to - from);
  return {
    at: (value) => start + (value - from) * slope,
    value: (place) => from + (place - start) / slope,
  };
}

/** Equal ratios. */
export function logScale(from: number, to: number, start: number, end: number): Scale {
  const inner = linearScale(Math.log(from), Math.log(to), start, end);
  return {
    at: (value) => inner.at(Math.log(value)),
    value: (place) => Math.exp(inner.value(place)),
  };
}

/** Powers of ten from one end to the other. */
export function decades(from: number, to: number): number[] {
  const [least, most] = from < to ? [from, to] : [to, from];
  const ticks: number[] = [];
  const first = Math.ceil(Math.log10(least) - 1e-9);
  for (let k = first; k <= Math.log10(most) + 1e-9; k++) ticks.push(Number(`1e${k}`));
  return ticks;
}

/** Round numbers from one end to the other, at most `parts` + 1, all different however close the ends are. */
export function roundTicks(from: number, to: number, parts = 3): number[] {
  const rough = (to - from) / parts;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * decade).find((one) => one >= rough)!;
  const first = Math.ceil(from / step);
  const ticks = Array.from({ length: Math.floor(to / step) - first + 1 }, (_, k) =>
    Number(((first + k) * step).toPrecision(6)),
  );
  return [...new Set(ticks)];
}

/** The nearest number from `least` to `most`. */
export function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
