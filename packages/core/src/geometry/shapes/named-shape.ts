/** Stretch of a polygon; see {@link NamedShape.stretch}. */
export interface Stretch {
  /**
   * `lengths`: the directions of a regular polygon with unequal lengths. `ellipse`: the image of a regular polygon under a
   * linear map, with its vertices on an ellipse. `tight` (triangles only): a tight frame of unequal lengths with obtuse
   * angles, which its lengths determine.
   */
  readonly kind: 'lengths' | 'ellipse' | 'tight';
  /** Ratio of the longest to the shortest vector (`lengths`, `tight`) or axis of the ellipse. */
  readonly ratio: number;
}

/** The shape of some features, as `nameShape` finds it. Plain data. */
export interface NamedShape {
  /**
   * Name of a polytope (see `PolytopeName`); `unequal antipodal pair`, `stretched pentagon` and the like; `square antiprism`
   * if its height is neither clearly the tight nor clearly the Thomson one; names of factors joined by `+` for a tegum product
   * without a name of its own; `parallel pair` for two vectors of the same direction; `oblique pair` for two vectors that are
   * neither parallel nor antipodal nor orthogonal; `unordered` for everything else; `none` if no feature is above the noise.
   */
  readonly name: string;
  /** False for `parallel pair`, `oblique pair`, `unordered` and `none`. */
  readonly recognised: boolean;
  /** Indices of the features in the embedding; for a recognised shape in the order of its vertices. */
  readonly features: readonly number[];
  /** Features no longer than the noise, which are not part of the shape. */
  readonly ignored: readonly number[];
  /** Dimensions of the shape; if it is not recognised, the number of dimensions above the noise. */
  readonly dims: number;
  /** The factors of a tegum product, largest first, in mutually orthogonal spaces; otherwise empty. */
  readonly factors: readonly NamedShape[];
  /**
   * Posterior probability of this name, in [0, 1], given the noise level. The alternatives are random directions of the same
   * lengths in the same space, and every other shape that fits, all with equal prior probabilities. 1 if there is no
   * alternative.
   */
  readonly confidence: number;
  /**
   * Distance to the nearest copy of the shape, up to rotation, permutation and lengths (unless the shape determines them):
   * root mean square of |w_i - shape_i| over that of |w_i|. NaN for an unrecognised shape.
   */
  readonly error: number;
  /** Largest error at which this name would be accepted at this noise level. NaN for an unrecognised shape. */
  readonly tolerance: number;
  /** True if the lengths differ by more than the noise explains. */
  readonly unequalLengths: boolean;
  /** Stretch of the polygon; null for other shapes. */
  readonly stretch: Stretch | null;
  /**
   * The height z of a square antiprism (1/sqrt 3 when tight, 0.5605 for Thomson's) or triangular prism (1/sqrt 3 when tight,
   * sqrt(3/7) with equal edges) with its standard error; null for other shapes.
   */
  readonly height: { readonly value: number; readonly standardError: number } | null;
  /** Features whose sign was flipped to recognise the shape; empty unless signs are free. */
  readonly flipped: readonly number[];
}

/** Options of `nameShape`. */
export interface NameShapeOptions {
  /**
   * The noise level: expected length of the noise in a feature's vector over the mean length of the features.
   * Default 0.03.
   */
  readonly noise?: number;
  /** Alternative to `noise`: standard deviation of the noise in an entry of W, in the units of W. */
  readonly sigma?: number;
  /**
   * `fixed` (default): signs of features matter, as they do for a ReLU. `free`: signs may be flipped, as in the quadratic
   * model, if the shape is not recognised without; see `flipped`.
   */
  readonly signs?: 'fixed' | 'free';
}
