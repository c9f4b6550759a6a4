import type { Claim } from '@polysem/runs/reproduce';
import { formatNumber } from '@polysem/figures/svg';

/** Claims of one section of the paper. */
export interface ClaimSection {
  readonly section: string;
  readonly claims: readonly Claim[];
}

/**
 * Groups claims by section of the paper, in the order of the paper.
 *
 * @param claims claims in any order.
 * @param order headings of all sections.
 * @returns the sections that have claims; claims of a section keep their order.
 *
 * @example
 * ```js
 * import { bySection } from 'polysem/reports';
 * bySection([{ section: 'b' }, { section: 'a' }], ['a', 'b']).map(({ section }) => section); // ['a', 'b']
 * ```
 */
export function bySection(claims: readonly Claim[], order: readonly string[]): ClaimSection[] {
  return order
    .map((section) => ({ section, claims: claims.filter((claim) => claim.section === section) }))
    .filter((one) => one.claims.length > 0);
}

/**
 * The measured value of a claim as a reader says it: a number, or yes or no.
 *
 * @param claim the claim.
 * @returns the text.
 *
 * @example
 * ```js
 * import { measuredText } from 'polysem/reports';
 * import { figure2, figure2Claims } from 'polysem/reproduce';
 * measuredText(figure2Claims(figure2())[0]); // '7'
 * ```
 */
export function measuredText(claim: Claim): string {
  const { kind, measured } = claim;
  if (kind === 'yes') return measured === 1 ? 'yes' : 'no';
  return formatNumber(measured, kind === 'equal' ? digitsOf(claim) : 2);
}

/** Significant digits that show a difference as small as the tolerance. */
function digitsOf({ expected, tolerance }: Claim): number {
  if (tolerance === 0 || expected === 0) return 6;
  return Math.max(3, Math.min(9, 2 + Math.ceil(Math.log10(Math.abs(expected) / tolerance))));
}

/**
 * The expectation of a claim: `yes`, `at most 1e-9`, `more than 0`, `7`, or `0.6 ± 1e-12`.
 *
 * @param claim the claim.
 * @returns the text.
 *
 * @example
 * ```js
 * import { expectedText } from 'polysem/reports';
 * import { figure2, figure2Claims } from 'polysem/reproduce';
 * expectedText(figure2Claims(figure2())[4]); // '8.52 ± 0.005'
 * ```
 */
export function expectedText(claim: Claim): string {
  const { kind, expected, tolerance } = claim;
  if (kind === 'yes') return 'yes';
  if (kind === 'at most') return `at most ${formatNumber(tolerance, 3)}`;
  if (kind === 'more than') return `more than ${formatNumber(expected, 2)}`;
  const value = formatNumber(expected, digitsOf(claim));
  return tolerance === 0 ? value : `${value} ± ${formatNumber(tolerance, 2)}`;
}
