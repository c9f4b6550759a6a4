import type { ReportSection } from '../page/page.ts';
import type { Claim } from '@polysem/runs';

/** One part of the reproduction: its page section, its figures as files, its claims, and its numbers. */
export interface ReportPart {
  readonly section: ReportSection;
  readonly claims: readonly Claim[];
  /** Goes into results.json under the part's name. */
  readonly results: unknown;
}
