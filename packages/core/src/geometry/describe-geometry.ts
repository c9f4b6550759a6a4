import { measureCapacity, type CapacityMeasurement } from '../capacity/measure.ts';
import { measureNeurons, type NeuronMeasurement } from '../capacity/neurons.ts';
import type { Embedding } from '../embedding/embedding.ts';
import { alignmentReport, type AlignmentReport } from './alignment-report.ts';
import type { Block, BlockStructure } from './block-structure.ts';
import { efficientForm, type EfficientFigures, type EfficientForm } from './efficient-form.ts';
import { findBlocks } from './find-blocks.ts';
import { nearestEfficient, type NearestEfficient } from './nearest-efficient.ts';
import { nameShape } from './shapes/name-shape.ts';
import type { NamedShape, NameShapeOptions } from './shapes/named-shape.ts';
import { spectralMeasures, type SpectralMeasures } from './spectral-measure.ts';
import { withoutShort } from './without-short.ts';

/** How {@link describeGeometry} looks. */
export interface GeometryOptions {
  /** Both null models must give a block structure a chance below this; see `findBlocks`. */
  readonly significance?: number;
  /**
   * The noise to assume at least, as the expected length of its part of a feature over the mean length; 0.03 if absent,
   * which is more than training leaves. Inner products that it explains count as zero, shapes are named and eigenvalues
   * of S taken together within it, and features no longer than it are ignored. Where blocks show more, theirs counts.
   */
  readonly noise?: number;
  /** Whether features may be turned round to see a shape; see `nameShape`. */
  readonly signs?: NameShapeOptions['signs'];
  /** A neuron's and a feature's smaller weights do not count; see `measureNeurons`. */
  readonly threshold?: number;
  /** Seed of the choice of features that all are compared with in large matrices. */
  readonly seed?: number;
}

/** Parts of a geometry, in the order in which they are found. */
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

/** The geometry of an embedding, but for what is as large as the embedding; see the functions that the parts come from. */
export interface GeometryFigures {
  readonly measured: CapacityMeasurement;
  readonly structure: BlockStructure;
  /** The shape of each component. */
  readonly shapes: readonly NamedShape[];
  /**
   * The shape that all components make together, such as the octahedron of three antipodal pairs; null for a single
   * component, or more features than {@link WHOLE_UP_TO}.
   */
  readonly whole: NamedShape | null;
  /** W = Q B P on the components, and what is left over; null where that takes too much memory. */
  readonly form: EfficientFigures | null;
  /** The nearest efficient matrix found; null where looking takes too long: `form` is then a bound. */
  readonly nearest: NearestEfficient | null;
  readonly spectral: SpectralMeasures;
  readonly neurons: NeuronMeasurement;
  /** Components aligned with neurons; null where that takes too long. */
  readonly alignment: AlignmentReport | null;
}

/** The geometry of an embedding, whole. */
export interface Geometry extends GeometryFigures {
  readonly form: EfficientForm;
}

/** Up to so many features in blocks, they are named together too. */
export const WHOLE_UP_TO = 256;
/** Up to so many features times dimensions squared, the nearest efficient matrix is looked for. */
export const SEARCH_UP_TO = 2e8;
/** Blocks are aligned with neurons while their features times their own dimensions squared sum to no more than this. */
const ALIGN_UP_TO = 4e6;
/** And in no more dimensions, whose cube it takes to give each axis its neuron. */
const ALIGN_DIMS = 512;

/**
 * All that this room finds in an embedding: blocks, their shapes, how near it is to an efficient matrix, the spectral
 * measure of its features and what its neurons mix (arXiv:2210.01892, section 4). Without an N x N matrix; for large
 * matrices what would take long is left out.
 *
 * @param onPart hears of each part before it is begun.
 * @throws RangeError if W holds a number that is not finite, or an option is out of range.
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
  const measured = part('capacities', () => measureCapacity(w));
  const structure = part('blocks', () =>
    findBlocks(withoutShort(w, assumed), {
      noise: assumed,
      ...(significance !== undefined && { significance }),
      ...(seed !== undefined && { seed }),
    }),
  );
  const { components } = structure;
  const noise = Math.max(assumed, structure.noise);
  const work = w.features * w.dims * w.dims;
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
      work <= SEARCH_UP_TO ? nearestEfficient(w) : null,
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

function isAlignable({ components, dims: all }: BlockStructure, work: number): boolean {
  const within = components.reduce(
    (sum, { features, dims }) => sum + features.length * dims ** 2,
    0,
  );
  return within <= ALIGN_UP_TO && all <= ALIGN_DIMS && work <= SEARCH_UP_TO;
}

/** The features of blocks, ascending. */
export function placedIn(components: readonly Pick<Block, 'features'>[]): number[] {
  return components.flatMap(({ features }) => features).toSorted((i, j) => i - j);
}

/** Whether components are few enough, and more than one, to be named together. */
export function canBeNamedWhole(components: readonly Pick<Block, 'features'>[]): boolean {
  const placed = components.reduce((sum, { features }) => sum + features.length, 0);
  return components.length > 1 && placed <= WHOLE_UP_TO;
}

/** Noise of a fraction e spreads the eigenvalues of a tight frame by about so much (`groupEigenvalues`). */
export function spreadOf(
  { dims, features }: Pick<Embedding, 'dims' | 'features'>,
  noise: number,
): number {
  return Math.max(1e-3, Math.min(0.9, 4 * noise * Math.sqrt((2 * dims) / features)));
}

/** Components whose dimensions fit into the space together; with noise, ranks of oblique ones may not. */
function fitting({
  components,
  dims,
}: BlockStructure): { features: readonly number[]; dims: number }[] {
  const total = components.reduce((sum, block) => sum + block.dims, 0);
  return total <= dims ? components.slice() : [];
}
