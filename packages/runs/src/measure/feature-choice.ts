import type { FeatureMatrix, FeatureRecipe } from '@polysem/io/layouts';

/** The matrix that is meant, as a recipe that a reader follows, and what to say of it. */
export interface FeatureChoice extends FeatureRecipe {
  /** What the report calls it. */
  readonly label: string;
  /** What was taken and why, the folding, and what is left open: a line each; empty if the user said all of it. */
  readonly notes: readonly string[];
  /** Nothing says which axis counts features; rows, provided that the matrix turns out symmetric. */
  readonly onlyIfSymmetric?: true;
  /** What the layout knows of it, if it does. */
  readonly known?: FeatureMatrix;
}
