/** Indices of the points that ran, from V8's coverage. */
export function executed(
  functions: readonly {
    readonly ranges: readonly {
      readonly startOffset: number;
      readonly endOffset: number;
      readonly count: number;
    }[];
  }[],
  points: readonly (readonly number[])[],
): number[];

/** Offsets whose execution means that of a point. */
export function offsetsOf(
  text: string,
  point: { readonly kind: string; readonly start: number },
): number[];

/** Sets of points per file as text. */
export function packed(covered: ReadonlyMap<string, ReadonlySet<number>>): Record<string, string>;

/** True if a packed set holds a point. */
export function holds(text: string, point: number): boolean;
