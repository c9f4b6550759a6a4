/**
 * HTML pages that open offline: sections, figures, tables, claims.
 *
 * @module
 */
export type { Claim, ClaimGroup } from './claims.ts';
export type { ReportTable } from './html.ts';
export {
  reportPage,
  type LabLink,
  type LedParagraph,
  type Report,
  type ReportFigure,
  type ReportSection,
} from './page.ts';
