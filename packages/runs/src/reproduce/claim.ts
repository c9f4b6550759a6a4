/** A statement of the paper or of this project, with the value that this run measured. */
export interface Claim {
  readonly id: string;
  readonly claim: string;
  /** Section, figure or theorem of the paper, or this project. */
  readonly source: string;
  readonly expected: number;
  readonly measured: number;
  /** Largest allowed |measured - expected|. 0 for claims that one number exceeds another. */
  readonly tolerance: number;
  readonly pass: boolean;
}

type Statement = Pick<Claim, 'id' | 'claim' | 'source'>;

/** A claim that `measured` equals `expected` within `tolerance`. */
export function equal(
  statement: Statement,
  expected: number,
  measured: number,
  tolerance: number,
): Claim {
  return {
    ...statement,
    expected,
    measured,
    tolerance,
    pass: Math.abs(measured - expected) <= tolerance,
  };
}

/** A claim that an error, ideally 0, is at most `tolerance`. */
export function atMost(statement: Statement, measured: number, tolerance: number): Claim {
  return { ...statement, expected: 0, measured, tolerance, pass: measured <= tolerance };
}
