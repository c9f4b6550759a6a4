import type { CapacityMeasurement } from '../../capacity/measure.ts';
import { thresholdOf } from '../../capacity/neurons.ts';
import { checkedReads, type FeatureSource } from '../../embedding/feature-source.ts';
import {
  blockSearch,
  checkBlockOptions,
  withoutZeros,
  type FoundStructure,
} from '../../geometry/block-search.ts';
import {
  canBeNamedWhole,
  placedIn,
  spreadOf,
  type GeometryFigures,
  type GeometryOptions,
} from '../../geometry/describe-geometry.ts';
import { efficientFigures, type ComponentSingular } from '../../geometry/efficient-figures.ts';
import type { EfficientFigures } from '../../geometry/efficient-form.ts';
import type { FindBlocksOptions } from '../../geometry/block-search.ts';
import type { NamedShape } from '../../geometry/shapes/named-shape.ts';
import { onEveryWorker, inlineWorker, type StreamWorkers } from '../workers.ts';
import { measureStream } from '../measure-stream.ts';
import { spectrumOf } from '../spectrum-pass.ts';
import type { StreamHooks, StreamMeasurement, StreamSpectrum } from '../stream-measurement.ts';
import { scaledBy } from '../transforms.ts';
import { answerQueries } from './answer-queries.ts';
import { isFormAffordable } from './geometry-cost.ts';
import { sumPrecision, groupSpectra } from './group-spectra.ts';
import { streamLinkTree } from './link-pass.ts';
import { streamNeurons } from './neuron-pass.ts';
import { selectedSource } from './selected-features.ts';
import { streamShapes, type ShapeGroup } from './shape-pass.ts';
import { streamSpectral } from './spectral-pass.ts';

/** Fourth powers of numbers between this and its inverse can be summed in float64. */
const LEAST_SCALE = 2 ** -200;

/** A source with its measurement and spectrum. */
interface Known {
  readonly source: FeatureSource;
  readonly measured: StreamMeasurement;
  readonly spectrum: StreamSpectrum;
}

/** The geometry of a source, with its measurement. */
export interface StreamGeometry extends GeometryFigures {
  readonly measured: StreamMeasurement;
}

/**
 * `describeGeometry` of features that are read in chunks: the same figures, to float64 rounding where float32 data allow no
 * more, by the same search. Results as large as the matrix are left out: frames R_k of the efficient form, the nearest
 * efficient matrix with other blocks, alignment with neurons.
 *
 * Two passes for S and capacities, up to five for links, one for spectral measures and two for neurons; one or two more for
 * each promising cut. O(N D^2) time and O(N + D^2 + pilots^2) memory: no N x N and no N x D matrix. Results do not depend on
 * the number of workers.
 *
 * @param source the features.
 * @param options those of `describeGeometry`, with progress and a signal.
 * @param workers the workers; by default this thread.
 * @returns the geometry and the measurement.
 * @throws RangeError (as rejection) if a number is not finite or an option is out of range; otherwise the error of a read,
 *   a callback or a worker.
 * @example
 * ```js
 * import { gaussianSource, streamGeometry } from 'polysem/streaming';
 * const { measured } = await streamGeometry(gaussianSource({ dims: 2, features: 6, seed: 1 }));
 * measured.rank; // 2
 * ```
 */
export async function streamGeometry(
  source: FeatureSource,
  options: GeometryOptions & StreamHooks = {},
  workers: StreamWorkers = inlineWorker(),
): Promise<StreamGeometry> {
  const {
    noise: assumed = 0.03,
    significance,
    signs,
    threshold,
    seed,
    signal,
    onProgress,
  } = options;
  const blockOptions = {
    noise: assumed,
    ...(significance !== undefined && { significance }),
    ...(seed !== undefined && { seed }),
  };
  const neuronOptions = threshold === undefined ? {} : { threshold };
  checkBlockOptions(blockOptions);
  thresholdOf(neuronOptions);
  const hooks: StreamHooks = { signal, onProgress };
  try {
    const known = await measure(source, workers, hooks);
    const factors = longOnes(known.measured, assumed);
    // Vectors no longer than the noise do not belong to any block.
    const long =
      factors === null ? known : await measure(scaledBy(source, factors), workers, hooks);
    const found = await findStructure(long, blockOptions, workers, hooks);
    const { structure, spectra } = found;
    const noise = Math.max(assumed, structure.noise);
    const { components } = structure;
    const nameAll = async (groups: readonly ShapeGroup[]): Promise<NamedShape[]> => {
      const nameOptions = { noise, ...(signs !== undefined && { signs }) };
      const { squaredNorm } = known.measured;
      return streamShapes(source, { groups, squaredNorm }, nameOptions, workers, hooks);
    };
    const shapes = await nameAll(
      components.map(({ features }, k) => ({ features, spectrum: spectra[k] })),
    );
    const [whole] = canBeNamedWhole(components)
      ? await nameAll([{ features: placedIn(components), spectrum: new Float64Array(0) }])
      : [null];
    const spread = spreadOf(source, noise);
    return {
      measured: known.measured,
      structure,
      shapes,
      whole,
      form: await formOf(long, found, known.measured, workers, hooks),
      nearest: null,
      spectral: await streamSpectral(source, known.spectrum, spread, workers, hooks),
      neurons: await streamNeurons(source, neuronOptions, workers, hooks),
      alignment: null,
    };
  } finally {
    await onEveryWorker(workers, (worker) => workers.ask(worker, 'rest', null)).catch(
      () => undefined,
    );
  }
}

async function measure(
  given: FeatureSource,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<Known> {
  const source = checkedReads(given);
  const precision = sumPrecision(source);
  const spectrum = await spectrumOf(source, { ...hooks, precision }, workers);
  if (!(spectrum.scale > LEAST_SCALE && spectrum.scale < 1 / LEAST_SCALE)) {
    throw new RangeError(
      `${source.name}: numbers of about ${(1 / spectrum.scale).toExponential(0)} have squares of squares beyond float64; give the matrix times ${spectrum.scale.toExponential(0)}`,
    );
  }
  // A copy, because the measurement transfers its vectors to a worker.
  const copy = { ...spectrum, vectors: spectrum.vectors.slice() };
  const measured = await measureStream(source, { ...hooks, spectrum: copy }, workers);
  return { source, measured, spectrum };
}

/** Factors that set features no longer than the noise to zero; null if there is none. */
function longOnes(
  { squaredNorm }: Pick<CapacityMeasurement, 'squaredNorm'>,
  noise: number,
): Float64Array | null {
  const mean = squaredNorm.reduce((sum, n) => sum + Math.sqrt(n), 0) / squaredNorm.length;
  const isShort = (n: number): boolean => n > 0 && Math.sqrt(n) <= noise * mean;
  return squaredNorm.some(isShort) ? squaredNorm.map((n) => (isShort(n) ? 0 : 1)) : null;
}

async function findStructure(
  { source, measured }: Known,
  options: FindBlocksOptions,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<FoundStructure> {
  const { dims, features, precision } = source;
  const kept = withoutZeros(measured.squaredNorm);
  const { places, meanNorm, squaredNorm } = kept;
  const unit = scaledBy(source, new Float64Array(features).fill(1 / meanNorm));
  const vectors = selectedSource(unit, places);
  const tree =
    places.length === 0
      ? null
      : await streamLinkTree(vectors, squaredNorm, { seed: options.seed }, workers, hooks);
  const search = blockSearch({ dims, precision, measured, kept, tree }, options);
  return answerQueries(vectors, squaredNorm, search, workers, hooks);
}

/** The efficient form on the components, from their singular vectors. */
async function formOf(
  { source, spectrum, measured: long }: Known,
  { structure }: FoundStructure,
  measured: CapacityMeasurement,
  workers: StreamWorkers,
  hooks: StreamHooks,
): Promise<EfficientFigures | null> {
  const { dims, precision } = source;
  const { components } = structure;
  if (!isFormAffordable(components, dims)) return null;
  const found: ComponentSingular[] = [];
  const isWhole = components.length === 1 && structure.ignored.length === zerosIn(long.squaredNorm);
  if (isWhole) {
    const { eigenvalues, vectors, scale } = spectrum;
    found.push({ values: eigenvalues.map((lambda) => Math.sqrt(lambda) / scale), vectors });
  } else {
    const groups = components.map(({ features }) => features);
    await groupSpectra(source, groups, workers, hooks, (k, one) => {
      found[k] = one;
    });
  }
  return efficientFigures(structure, found, measured, precision);
}

function zerosIn(squaredNorm: Float64Array): number {
  return squaredNorm.reduce((count, n) => (n === 0 ? count + 1 : count), 0);
}
