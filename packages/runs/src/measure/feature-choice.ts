import type { FeatureMatrix, FeatureRecipe } from '@polysem/io/layouts';

/** The chosen matrix: a recipe for reading it, and notes for the user. */
export interface FeatureChoice extends FeatureRecipe {
  /** Name in reports. */
  readonly label: string;
  /** One line for each choice that was made without the user: tensor, axis, folding. */
  readonly notes: readonly string[];
  /** The axis of features is unknown: rows are used, but only if the matrix is symmetric. */
  readonly onlyIfSymmetric?: true;
  /** Description by the layout, if the layout is known. */
  readonly known?: FeatureMatrix;
}
