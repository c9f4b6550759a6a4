import type { ReportSection } from '../page/page.ts';
import type { Claim } from '@polysem/runs/reproduce';

/** One part of the reproduction: its section with figures, its claims and its results. */
export interface ReportPart {
  readonly section: ReportSection;
  readonly claims: readonly Claim[];
  /** Written to results.json under the name of the part. */
  readonly results: unknown;
}
