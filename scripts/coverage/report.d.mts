import type { FileCounts, Share } from './counts.mjs';

/** The table of rooms, packages and all files. */
export function table(
  rooms: readonly { readonly room: string; readonly lines: Share; readonly branches: Share }[],
): string;

/** A file with its uncovered lines, and the lines of its uncovered branches; null if everything is covered. */
export function lineOf(
  counts: Pick<FileCounts, 'file' | 'uncoveredLines' | 'uncoveredBranches'>,
): string | null;
