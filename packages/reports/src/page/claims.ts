import { escapeText } from '@polysem/figures/svg';
import { cellHtml } from './html.ts';

/** A claim: the expected value, the measured value, and whether they agree. */
export interface Claim {
  /** Short, stable identifier, such as 'fig4-critical-point'. */
  readonly id: string;
  readonly claim: string;
  /** Such as 'Figure 4' or 'equation 15'. */
  readonly source: string;
  readonly expected: number | string;
  readonly measured: number | string;
  readonly tolerance: number | string;
  readonly pass: boolean;
}

const COLUMNS = ['id', 'claim', 'source', 'expected', 'measured', 'tolerance', 'result'];

/** One sentence with the number of claims that pass. */
export function claimsSummary(claims: readonly Claim[]): string {
  const passed = claims.filter((claim) => claim.pass).length;
  const all = claims.length;
  const failed = all - passed;
  if (failed === 0) return all === 1 ? 'The one claim passes.' : `All ${all} claims pass.`;
  return `${passed} of ${all} claims pass; ${failed} ${failed === 1 ? 'fails' : 'fail'}.`;
}

/** A table of claims. A word and a symbol show whether each passes, so that colour is not needed. */
export function claimsTable(claims: readonly Claim[]): string {
  const head = COLUMNS.map((column) => `<th scope="col">${column}</th>`).join('');
  const rows = claims.map((claim) => {
    const { id, pass } = claim;
    const result = pass ? '✓ pass' : '✗ FAIL';
    const cells = [claim.claim, claim.source, claim.expected, claim.measured, claim.tolerance];
    return (
      `<tr${pass ? '' : ' class="failed"'}>` +
      `<th scope="row" data-column="id"><code>${escapeText(id)}</code></th>` +
      cells.map((value, i) => cellHtml(value, COLUMNS[i + 1])).join('') +
      `<td data-column="result" class="result">${result}</td></tr>`
    );
  });
  return `<div class="table claims"><table><thead><tr>${head}</tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table></div>`;
}
