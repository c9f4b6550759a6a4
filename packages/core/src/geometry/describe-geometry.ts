import { measureCapacity, type CapacityMeasurement } from '../capacity/measure.ts';
import { measureNeurons, type NeuronMeasurement } from '../capacity/neurons.ts';
import type { Embedding } from '../embedding/embedding.ts';
import { alignmentReport, type AlignmentReport } from './alignment-report.ts';
import type { Block, BlockStructure } from './block-structure.ts';
import { efficientForm, type EfficientFigures, type EfficientForm } from './efficient-form.ts';
import { checkBlockOptions } from './block-search.ts';
import { blockFinder, findBlocks } from './find-blocks.ts';
import { nearestEfficient, type NearestEfficient } from './nearest-efficient.ts';
import { nameShape } from './shapes/name-shape.ts';
import type { NamedShape, NameShapeOptions } from './shapes/named-shape.ts';
import { spectralMeasures, type SpectralMeasures } from './spectral-measure.ts';
import { withoutShortVectors } from './without-short-vectors.ts';

/** Options of {@link describeGeometry}. */
export interface GeometryOptions {
  /** Both null models must give a block structure a probability below this; see `findBlocks`. Default 0.001. */
  readonly significance?: number;
  /**
   * Smallest noise level to assume: expected length of the noise in a vector over the mean length. Inner products that noise
   * of this level explains count as zero, and features no longer than it are ignored; shapes are named and eigenvalues of S
   * are grouped within it. Where the blocks show more noise, that level is used instead. Default 0.03, which is more than
   * training leaves.
   */
  readonly noise?: number;
  /** True if signs of features may be flipped to recognise a shape; see `nameShape`. */
  readonly signs?: NameShapeOptions['signs'];
  /** Squared weights below this fraction of the largest do not count; see `measureNeurons`. */
  readonly threshold?: number;
  /** Seed for choosing the features that all others are compared with in large matrices; see `findBlocks`. */
  readonly seed?: number;
}

/** Parts of a geometry, in the order in which they are computed. */
export const GEOMETRY_PARTS = [
  'capacities',
  'blocks',
  'shapes',
  'efficient form',
  'nearest efficient matrix',
  'spectral measures',
  'neurons',
  'alignment',
] as const;

/** The geometry of an embedding, without the parts that are as large as the embedding. */
export interface GeometryFigures {
  readonly measured: CapacityMeasurement;
  readonly structure: BlockStructure;
  /** The shape of each component, see `nameShape`. */
  readonly shapes: readonly NamedShape[];
  /**
   * The shape that all components form together, such as the octahedron of three antipodal pairs; null for a single
   * component, or more features than `MAX_FEATURES_OF_WHOLE`.
   */
  readonly whole: NamedShape | null;
  /** W = Q B P on the components, with its error; null if that takes too much memory. */
  readonly form: EfficientFigures | null;
  /** The nearest efficient matrix found; null if the search takes too long. `form` is then an upper bound on the distance. */
  readonly nearest: NearestEfficient | null;
  readonly spectral: SpectralMeasures;
  readonly neurons: NeuronMeasurement;
  /** Components aligned with neurons; null if that takes too long. */
  readonly alignment: AlignmentReport | null;
}

/** The complete geometry of an embedding. */
export interface Geometry extends GeometryFigures {
  readonly form: EfficientForm;
}

/** Most features in blocks for naming the shape of all blocks together. */
const MAX_FEATURES_OF_WHOLE = 256;
/** Largest N D min(N, D) for which the nearest efficient matrix is searched. */
export const MAX_SEARCH_COST = 2e8;
/** Largest sum of N_k D_k^2 over blocks for aligning them with neurons. */
const MAX_ALIGNMENT_COST = 4e6;
/** Largest D for aligning blocks with neurons: the assignment of axes to neurons takes O(D^3). */
const MAX_ALIGNMENT_DIMS = 512;

/**
 * Describes the geometry of an embedding: its blocks and their shapes, its distance to an efficient matrix, the spectral
 * measures of its features and the features of its neurons (arXiv:2210.01892, section 4). Needs no N x N matrix. Parts that
 * would take too long for a large matrix are null.
 *
 * @param w the embedding, D x N.
 * @param options see {@link GeometryOptions}.
 * @param onPart called with the name of each part before it is computed.
 * @returns all parts of the geometry.
 * @throws RangeError if W holds a number that is not finite, or an option is out of range.
 * @example
 * ```js
 * import { describeGeometry, polytope } from 'polysem/geometry';
 * const { shapes, form } = describeGeometry(polytope('pentagon'));
 * shapes[0].name; // 'pentagon'
 * form.efficient; // true
 * ```
 */
export function describeGeometry(
  w: Embedding,
  options: GeometryOptions = {},
  onPart?: (part: (typeof GEOMETRY_PARTS)[number]) => void,
): Geometry {
  const { significance, noise: assumed = 0.03, signs, threshold, seed } = options;
  const part = <T>(name: (typeof GEOMETRY_PARTS)[number], find: () => T): T => {
    onPart?.(name);
    return find();
  };
  const blockOptions = { noise: assumed, significance, seed };
  checkBlockOptions(blockOptions);
  const measured = part('capacities', () => measureCapacity(w));
  const long = withoutShortVectors(w, assumed);
  const { find, structure } = part('blocks', () => {
    const finder = blockFinder(long, { seed }, long === w ? measured : undefined);
    return { find: finder, structure: finder(blockOptions) };
  });
  // The search starts from blocks without noise, of all vectors and with the usual pilots.
  const exactBlocks = (): BlockStructure =>
    long === w && (seed ?? 0) === 0 ? find({}) : findBlocks(w);
  const { components } = structure;
  const noise = Math.max(assumed, structure.noise);
  const work = w.features * w.dims * Math.min(w.features, w.dims);
  const neuronOptions = threshold === undefined ? {} : { threshold };
  const nameOf = (features: readonly number[]): NamedShape =>
    nameShape(w, features, { noise, ...(signs !== undefined && { signs }) });
  return {
    measured,
    structure,
    shapes: part('shapes', () => components.map(({ features }) => nameOf(features))),
    whole: canBeNamedWhole(components) ? nameOf(placedIn(components)) : null,
    form: part('efficient form', () => efficientForm(w, structure, measured)),
    nearest: part('nearest efficient matrix', () =>
      work <= MAX_SEARCH_COST ? nearestEfficient(w, exactBlocks(), measured) : null,
    ),
    spectral: part('spectral measures', () =>
      spectralMeasures(w, { weights: false, spread: spreadOf(w, noise) }),
    ),
    neurons: part('neurons', () => measureNeurons(w, neuronOptions)),
    alignment: part('alignment', () =>
      isAlignable(structure, work) ? alignmentReport(w, fitting(structure), neuronOptions) : null,
    ),
  };
}

/** True if aligning the components with neurons takes little time, where a search takes `work` multiplications. */
export function isAlignable(
  {
    components,
    dims: all,
  }: Pick<BlockStructure, 'dims'> & {
    readonly components: readonly Pick<Block, 'features' | 'dims'>[];
  },
  work: number,
): boolean {
  const within = components.reduce(
    (sum, { features, dims }) => sum + features.length * dims ** 2,
    0,
  );
  return within <= MAX_ALIGNMENT_COST && all <= MAX_ALIGNMENT_DIMS && work <= MAX_SEARCH_COST;
}

/** The features of all blocks, ascending. */
export function placedIn(components: readonly Pick<Block, 'features'>[]): number[] {
  return components.flatMap(({ features }) => features).toSorted((i, j) => i - j);
}

/** True if there are several components, with few enough features for naming them together. */
export function canBeNamedWhole(components: readonly Pick<Block, 'features'>[]): boolean {
  const placed = components.reduce((sum, { features }) => sum + features.length, 0);
  return components.length > 1 && placed <= MAX_FEATURES_OF_WHOLE;
}

/** Spread that noise gives the eigenvalues of a tight frame, approximately (see `groupEigenvalues`). */
export function spreadOf(
  { dims, features }: Pick<Embedding, 'dims' | 'features'>,
  noise: number,
): number {
  return Math.max(1e-3, Math.min(0.9, 4 * noise * Math.sqrt((2 * dims) / features)));
}

/** The components if their dimensions sum to at most D, otherwise none: with noise, ranks of oblique components may sum to more. */
function fitting({
  components,
  dims,
}: BlockStructure): { features: readonly number[]; dims: number }[] {
  const total = components.reduce((sum, block) => sum + block.dims, 0);
  return total <= dims ? components.slice() : [];
}
