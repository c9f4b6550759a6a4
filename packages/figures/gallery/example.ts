import type { FigureOptions } from '@polysem/figures';

/** One picture of the gallery: an example, its snapshot in light and in dark, and its entry in README.md. */
export interface Example {
  /** Title of the figure and of its entry. */
  readonly title: string;
  /** One sentence that says what the figure shows. */
  readonly about: string;
  /** Draws the figure from fixed data. */
  readonly draw: (options: FigureOptions) => string;
}
