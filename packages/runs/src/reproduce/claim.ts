/** A statement of the paper, or of this project, beside what this run measured. */
export interface Claim {
  readonly id: string;
  readonly claim: string;
  /** Where it comes from: paper and section, figure or theorem; or this project. */
  readonly source: string;
  readonly expected: number;
  readonly measured: number;
  /** How far `measured` may be from `expected`, in their unit; for bounds, see the relation in the claim. */
  readonly tolerance: number;
  readonly pass: boolean;
}

type Statement = Pick<Claim, 'id' | 'claim' | 'source'>;

/** Measured equals expected within the tolerance. */
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

/** An error that should be 0 and may be at most `tolerance`. */
export function atMost(statement: Statement, measured: number, tolerance: number): Claim {
  return { ...statement, expected: 0, measured, tolerance, pass: measured <= tolerance };
}
