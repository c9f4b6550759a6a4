/** Why a polygon is called stretched; see {@link NamedShape.stretch}. */
export interface Stretch {
  /**
   * `lengths`: the directions of a regular polygon, unequal lengths. `ellipse`: the image of a regular polygon under a
   * linear map that is no multiple of a rotation, so that its vertices lie on an ellipse. `tight` (triangles only): a
   * tight frame of unequal lengths with obtuse angles; its lengths determine it, as those of an antipodal pair do.
   */
  readonly kind: 'lengths' | 'ellipse' | 'tight';
  /** Longest over shortest: of the vectors (`lengths`, `tight`), or of the axes of the ellipse. */
  readonly ratio: number;
}

/** What `nameShape` says of some features: plain data. */
export interface NamedShape {
  /**
   * A polytope's name (see `PolytopeName`), `unequal antipodal pair`, `stretched pentagon` and the like,
   * `square antiprism` where its height is neither clearly the tight nor clearly the Thomson one, the names of the
   * factors joined by `+` for a tegum product without a name of its own, `parallel pair` for two vectors that point the
   * same way, `oblique pair` for two that are neither that nor antipodal nor orthogonal, `unordered` for everything else,
   * `none` where no feature stands above the noise.
   */
  readonly name: string;
  /** Whether it is a shape: false for `parallel pair`, `oblique pair`, `unordered` and `none`. */
  readonly recognised: boolean;
  /** The features, by their numbers in the embedding; of a recognised shape in the order of the polytope's vertices. */
  readonly features: readonly number[];
  /** Features left out because their length does not stand above the noise. */
  readonly ignored: readonly number[];
  /** Dimensions of the shape; of an unrecognised one, the dimensions that stand above the noise. */
  readonly dims: number;
  /** The factors of a tegum product, largest first, each in a space orthogonal to the others; else empty. */
  readonly factors: readonly NamedShape[];
  /**
   * Posterior probability of this name, in [0, 1]: given the noise level, and against features of the same lengths in
   * random directions of the same space and every other shape that fits, all equally likely beforehand. 1 for what is
   * certain by counting.
   */
  readonly confidence: number;
  /**
   * Distance to the nearest copy of the shape (rotated, permuted, lengths free unless the shape binds them):
   * root mean square of |w_i - shape_i| over that of |w_i|. NaN for an unrecognised shape.
   */
  readonly error: number;
  /** The error at which the name would have been refused at this noise level. NaN for an unrecognised shape. */
  readonly tolerance: number;
  /** Whether the lengths differ by more than the noise explains. */
  readonly unequalLengths: boolean;
  /** How a stretched polygon is stretched, else null. */
  readonly stretch: Stretch | null;
  /** The height z of a square antiprism (1/sqrt 3 when tight, 0.5605 for Thomson's) with its standard error, else null. */
  readonly height: { readonly value: number; readonly standardError: number } | null;
  /** Features whose sign had to be turned to see the shape; empty unless signs are free. */
  readonly flipped: readonly number[];
}

/** How `nameShape` looks. */
export interface NameShapeOptions {
  /**
   * The noise level: expected length of the noise in a feature's vector over the mean length of the features.
   * Default 0.03.
   */
  readonly noise?: number;
  /** The noise instead as the standard deviation of an entry of W, in W's units. */
  readonly sigma?: number;
  /**
   * `fixed` (default): a feature's sign matters, as it does to a ReLU. `free`: features may be turned round, as the
   * quadratic model allows, where the shape is not seen without: `flipped` says which.
   */
  readonly signs?: 'fixed' | 'free';
}
