import type { Claim } from '@polysem/runs/reproduce';
import { escapeText } from '@polysem/figures/svg';
import type { ReportSection } from '../page/page.ts';

/** A slip of the paper: what is printed, what is right, and the claims of the report that show it. */
export interface Slip {
  readonly where: string;
  readonly printed: string;
  readonly correct: string;
  /** Identifiers of claims; empty where reading the paper is enough. */
  readonly evidence: readonly string[];
}

/** Slips of arXiv:2210.01892v4 (docs/theory.md section 7). */
export const slips: readonly Slip[] = [
  {
    where: 'Sections 2 and 3',
    printed: 'lambda is the price in section 2 and n / C in section 3.',
    correct: 'They are two quantities: the price is 2 lambda^2.',
    evidence: ['figure2-price', 'loss-derivative'],
  },
  {
    where: 'Section 2',
    printed: 'Capacities sum to at least 1; no proof is given.',
    correct:
      'True, because every C is at least n / sigma_max(W W^T), and the n sum to the trace of W W^T, which is at least sigma_max.',
    evidence: ['capacity-least', 'capacity-bound'],
  },
  {
    where: 'Figure 2',
    printed: 'The axis is labelled dL/dC.',
    correct: 'The curves are -dL/dC: the loss falls with capacity.',
    evidence: ['loss-derivative'],
  },
  {
    where: 'Figure 4, caption',
    printed: 'The insets show dL/dC.',
    correct: 'They show -dL/dC.',
    evidence: ['loss-derivative'],
  },
  {
    where: 'Figure 4, insets',
    printed: 'At inset F the other features have capacity 0.',
    correct:
      'With the 6 features in 3 dimensions of the diagram it is 0.4. The printed dots fit 2 features in 1 dimension.',
    evidence: ['inset-f', 'inset-f-published'],
  },
  {
    where: 'Section 3.6',
    printed: 'The marginal curves are called convex or concave, depending on the side of k = 3.',
    correct:
      'The marginal benefit is convex in C on both sides. Its slope changes sign at 3, and the loss turns from concave to convex.',
    evidence: ['phase-convexity', 'phase-slope', 'phase-curvature'],
  },
  {
    where: 'Section 4.3',
    printed: 'Blocks are lambda R.',
    correct: 'They are sqrt(lambda) R, as in equation 24 and section 4.4: then n = lambda C.',
    evidence: ['block-norms'],
  },
  {
    where: 'Theorem 2',
    printed: 'Nothing is said about the rank of W.',
    correct: 'W must have rank D: capacities sum to at most the rank.',
    evidence: ['capacity-sum', 'theorem2-form'],
  },
  {
    where: 'Appendix E',
    printed: '(k - 1)(X, Y) stands where a covariance is meant.',
    correct: 'With the covariance, capacity is the squared correlation, as the appendix says.',
    evidence: ['readout-correlation'],
  },
  {
    where: 'Appendix E',
    printed: 'Whether the alternative capacity belongs to the best linear read-out is left open.',
    correct: 'It does: it is the R^2 of that read-out.',
    evidence: ['readout-leverage'],
  },
  {
    where: 'Appendix G',
    printed: 'It refers to equation (2).',
    correct: 'Equation (3) is meant, the definition of capacity.',
    evidence: [],
  },
];

/** The section that lists the slips, with links to the claims of this run that are evidence. */
export function slipsSection(claims: readonly Claim[]): ReportSection {
  const items = slips.map(({ where, printed, correct, evidence }) => {
    const links = claims
      .filter(({ id }) => evidence.includes(id))
      .map(
        ({ id, pass }) =>
          `<a href="#claim-${escapeText(id)}">${escapeText(id)}</a> ${pass ? '✓' : '✗'}`,
      );
    const shown =
      links.length === 0 ? '' : ` <span class="meta">Evidence: ${links.join(', ')}.</span>`;
    return `<li><b>${escapeText(where)}.</b> ${escapeText(printed)}<p>→ ${escapeText(correct)}${shown}</p></li>`;
  });
  return {
    id: 'slips',
    heading: 'Slips of the paper',
    paragraphs: [
      'Reading the paper with a program at hand shows slips of notation, two steps without proof, a question that is left open and one figure that does not fit its caption. None changes a result. The program follows the corrected version. Each entry has what is printed, the correction, and the claims of this page that are evidence for it.',
    ],
    html: `<ol class="slips">${items.join('\n')}</ol>`,
  };
}
