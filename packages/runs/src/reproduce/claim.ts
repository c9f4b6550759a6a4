import type { PaperSection } from './paper-sections.ts';

/** A statement of the paper or of this project, and the value that this run measured. */
export interface Claim {
  readonly id: string;
  /** Part of the paper that it belongs to: one of `paperSections`. */
  readonly section: PaperSection;
  /** One sentence, with the measured number where it states one. */
  readonly claim: string;
  /** Section, equation, figure or theorem of the paper, or a section of docs/theory.md. */
  readonly source: string;
  /** `paper` if the paper states it; `polysem` for what this project adds, corrects or checks beside it. */
  readonly origin: 'paper' | 'polysem';
  /**
   * The rule by which `measured` is judged: it must be within `tolerance` of `expected` (`equal`), an error of at most `tolerance`
   * (`at most`), larger than `expected` (`more than`), or 1 for a question answered yes (`yes`; 0 is no).
   */
  readonly kind: 'equal' | 'at most' | 'more than' | 'yes';
  readonly expected: number;
  readonly measured: number;
  /** Largest allowed |measured - expected|. 0 for the kinds `more than` and `yes`. */
  readonly tolerance: number;
  readonly pass: boolean;
}

/** A claim that has no section yet. */
export type Unplaced = Omit<Claim, 'section'>;

/** The text of a claim and its source. Without an origin it is the paper's. */
export type Statement = Pick<Claim, 'id' | 'claim' | 'source'> & Partial<Pick<Claim, 'origin'>>;

/** A claim that `measured` equals `expected` within `tolerance`. */
export function equal(
  statement: Statement,
  expected: number,
  measured: number,
  tolerance = 0,
): Unplaced {
  const pass = Math.abs(measured - expected) <= tolerance;
  return { ...ordered(statement), kind: 'equal', expected, measured, tolerance, pass };
}

/** A claim that an error, ideally 0, is at most `tolerance`. */
export function atMost(statement: Statement, measured: number, tolerance: number): Unplaced {
  const pass = measured <= tolerance;
  return { ...ordered(statement), kind: 'at most', expected: 0, measured, tolerance, pass };
}

/** A claim that `measured` exceeds `bound`. */
export function moreThan(statement: Statement, bound: number, measured: number): Unplaced {
  const pass = measured > bound;
  return {
    ...ordered(statement),
    kind: 'more than',
    expected: bound,
    measured,
    tolerance: 0,
    pass,
  };
}

/** A claim that holds or does not. */
export function yes(statement: Statement, holds: boolean): Unplaced {
  const measured = Number(holds);
  return { ...ordered(statement), kind: 'yes', expected: 1, measured, tolerance: 0, pass: holds };
}

/** Claims with their section. */
export function inSection(section: PaperSection, claims: readonly Unplaced[]): Claim[] {
  return claims.map(({ id, ...rest }) => ({ id, section, ...rest }));
}

/** The statement with its origin, in the order in which claims are written to files. */
function ordered({ id, claim, source, origin = 'paper' }: Statement) {
  return { id, claim, source, origin };
}

/** A whole number in a sentence, with commas: `100,000`. */
export function counted(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A measured number in a sentence: two digits, `0.0025` or `9.3e-9`. */
export function brief(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const [digits, exponent] = value.toExponential(1).split('e');
  const power = Number(exponent);
  if (power < -4 || power > 5) return `${digits.replace('.0', '')}e${power}`;
  return String(Number(value.toPrecision(2)));
}
