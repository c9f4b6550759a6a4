import type { Point } from './points.mjs';

/** Room of a source file: its package and, where the package has folders, its first folder. */
export function roomOf(file: string): string;

/** A point of a file, with its index among the points of the file, and its lines before and after the change. */
export interface Mutant extends Point {
  readonly file: string;
  readonly point: number;
  readonly code: string;
  readonly mutant: string;
}

/** All mutants of the sources in a room. */
export function allMutants(root: string, room?: string): Mutant[];

/** Random mutants, spread over all rooms. */
export function chooseMutants(
  root: string,
  options: { readonly count: number; readonly seed: number; readonly room?: string },
): Mutant[];
