import type { Point } from './points.mjs';

/** Room of a source file: its package and, where the package has folders, its first folder. */
export function roomOf(file: string): string;

/** Random mutants, spread over all rooms. */
export function chooseMutants(
  root: string,
  options: { readonly count: number; readonly seed: number; readonly room?: string },
): (Point & { readonly file: string })[];
