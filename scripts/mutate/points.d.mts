/** One change of a source file. */
export interface Point {
  readonly kind: string;
  /** Characters to replace. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly found: string;
  readonly replacement: string;
}

/** All mutation points of a source file. */
export function mutationPoints(file: string, text: string): Point[];

/** Source with one change. */
export function mutated(text: string, point: Point): string;
