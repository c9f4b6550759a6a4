import type { Claim } from '@polysem/runs/reproduce';
import type { ReportTable } from '../page/html.ts';
import type { LedParagraph, ReportSection } from '../page/page.ts';

/** One part of the reproduction: what it found, its sections with figures, its tables, claims and results. */
export interface ReportPart {
  /** A paragraph for the top of the report, with the numbers of this run. */
  readonly found: LedParagraph;
  readonly sections: readonly ReportSection[];
  /** Shown after the claims. */
  readonly tables: readonly ReportTable[];
  readonly claims: readonly Claim[];
  /** Claims that the size of this part cannot decide, in a few words each. */
  readonly unjudged?: readonly string[];
  /** Written to results.json under the name of the part. */
  readonly results: unknown;
}
