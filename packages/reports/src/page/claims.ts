import { escapeText } from '@polysem/figures/svg';

/** A claim: what is said, what was measured, and whether that is what is expected. All as text for a reader. */
export interface Claim {
  /** Short, stable identifier, such as 'fig4-critical-point'. */
  readonly id: string;
  /** One sentence. */
  readonly claim: string;
  /** Such as 'Figure 4' or 'equation 15'. */
  readonly source: string;
  /** Such as '7', 'at most 1e-9' or 'yes'. */
  readonly expected: string;
  readonly measured: string;
  readonly pass: boolean;
}

/** Claims under one heading. */
export interface ClaimGroup {
  readonly heading: string;
  readonly claims: readonly Claim[];
}

const COLUMNS = ['holds', 'claim', 'measured', 'expected', 'source'];

/** One sentence with the number of claims that hold. */
export function claimsSummary(claims: readonly Claim[]): string {
  const held = claims.filter((claim) => claim.pass).length;
  const all = claims.length;
  const failed = all - held;
  if (failed === 0) return all === 1 ? 'The one claim holds.' : `All ${all} claims hold.`;
  return `${held} of ${all} claims hold; ${failed} ${failed === 1 ? 'does' : 'do'} not.`;
}

/** A table of claims. A word and a symbol show whether each holds, so that colour is not needed. */
export function claimsTable(claims: readonly Claim[]): string {
  const head = COLUMNS.map((column) => `<th scope="col">${column}</th>`).join('');
  const rows = claims.map(({ id, claim, source, expected, measured, pass }) => {
    const cells = [claim, measured, expected, source].map(
      (text, i) => `<td data-column="${COLUMNS[i + 1]}">${escapeText(text)}</td>`,
    );
    return (
      `<tr id="claim-${escapeText(id)}"${pass ? '' : ' class="failed"'}>` +
      `<th scope="row" data-column="holds" class="result" title="${escapeText(id)}">${pass ? '✓ yes' : '✗ NO'}</th>` +
      `${cells.join('')}</tr>`
    );
  });
  return `<div class="table claims"><table><thead><tr>${head}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
}
