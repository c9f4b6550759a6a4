/** Number of lines or branches, and of those that ran. */
export interface Share {
  readonly total: number;
  readonly covered: number;
}

export interface FileCounts {
  readonly file: string;
  readonly lines: Share;
  readonly branches: Share;
  readonly uncoveredLines: readonly number[];
  readonly uncoveredBranches: readonly number[];
}

/** Lines and branches of each file of a report in Istanbul's JSON. */
export function fileCounts(report: Record<string, object>, root: string): FileCounts[];

/** True if a source file lies in one of the rooms. */
export function isIn(file: string, rooms: readonly string[]): boolean;

/** Sums over folders, then over whole packages, then over all files. */
export function roomCounts(
  files: readonly Pick<FileCounts, 'file' | 'lines' | 'branches'>[],
  whole: readonly string[],
): { readonly room: string; readonly lines: Share; readonly branches: Share }[];

/** Covered share in percent. */
export function percent(share: Share): number;
