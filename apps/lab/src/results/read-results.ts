import { embedding } from '@polysem/core/embedding';
import { decodeText, fileSource, FormatError, openUrl, type ByteSource } from '@polysem/io/bytes';
import { openTensors } from '@polysem/io/formats';
import { isQuadraticModel } from '@polysem/engine/models';
import {
  parseResult,
  readTrained,
  type GridResult,
  type PhaseResult,
  type ResultFile,
  type TrainedPoint,
  type TrainedResult,
} from '@polysem/reports/results';
import { valuesOf } from '../state/specs.ts';
import { LIMITS, type AxisState } from '../state/state.ts';
import type { DiagramCells } from '../workers/diagram.ts';
import { eventsOf } from '../workers/events-of.ts';
import type { LabResult } from '../workers/messages.ts';
import { snapshotOf } from '../workers/snapshot.ts';
import type { OpenedResults, ReadResults, ResultsPlace } from './opened.ts';
import { stateOf } from './state-of.ts';

/** Largest JSON read: diagrams of the largest size are below 10 MB. */
const LARGEST = 256 * 2 ** 20;

/** Reads a file of results, in a worker. Weights are left to the other page. */
export async function readResults(place: ResultsPlace): Promise<ReadResults> {
  try {
    const name = place.kind === 'file' ? place.file.name : place.name;
    const source = await sourceOf(place);
    if (!/\.json$/i.test(name)) return await readWeights(source, name, place);
    if (source.size > LARGEST)
      throw new FormatError(name, 'is too large for a file of results; give a file of weights');
    const result = parseResult(decodeText(await source.read(0, source.size)), name, LIMITS);
    if (result.kind === 'measure') return { kind: 'model', note: '' };
    return { kind: 'results', opened: openedOf(result, name, place) };
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { kind: 'problem', message: line };
  }
}

async function sourceOf(place: ResultsPlace): Promise<ByteSource> {
  if (place.kind === 'file') return fileSource(place.file);
  const source = await openUrl(place.address);
  return { ...source, name: place.name };
}

/** Weights that `polysem train` wrote are results; all others, and those that the lab cannot train, are weights. */
async function readWeights(
  source: ByteSource,
  name: string,
  place: ResultsPlace,
): Promise<ReadResults> {
  const file = await openTensors(source);
  try {
    const trained = await readTrained(file, name, LIMITS);
    if (trained === null) return { kind: 'model', note: '' };
    return { kind: 'results', opened: openedOf(trained, name, place) };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { kind: 'model', note: `Opened as weights: ${error.message}` };
  }
}

function openedOf(
  result: Exclude<ResultFile, { kind: 'measure' }>,
  name: string,
  place: ResultsPlace,
): OpenedResults {
  const { version } = result;
  const { state, unlike } = stateOf(result);
  const isTrained = result.kind === 'train';
  return {
    name,
    place,
    version,
    state,
    unlike,
    diagram: isTrained ? null : diagramOf(result, state),
    network: isTrained ? { result: networkOf(result), kernel: result.kernel ?? '' } : null,
  };
}

function diagramOf(
  result: PhaseResult | GridResult,
  { x, y }: { readonly x: AxisState; readonly y: AxisState },
): OpenedResults['diagram'] {
  const [columns, rows] = [valuesOf(x).length, valuesOf(y).length];
  const cells = (capacity: Float64Array, of?: GridResult): DiagramCells => ({
    columns,
    rows,
    capacity,
    degeneracy: of?.degeneracy ?? new Float64Array(rows * columns),
    optima: of?.optima ?? new Float64Array(rows * columns),
    done: 1,
    isFinal: true,
  });
  if (result.kind === 'grid') return { trained: cells(result.capacity, result), predicted: null };
  const { capacity, predicted } = result;
  return { trained: capacity && cells(capacity), predicted: cells(predicted) };
}

/** A trained network as the page shows it. */
function networkOf(result: TrainedResult): LabResult {
  const { spec, network, loss, lossError, optimum, gap } = result;
  const { dims, features } = spec.model;
  const signs = isQuadraticModel(spec.model) ? 'free' : 'fixed';
  const points = result.history.map((point) => ({
    ...point,
    embedding: embedding(dims, features, point.weights),
  }));
  const measured = (point: TrainedPoint) =>
    snapshotOf(point.step, point.loss, embedding(dims, features, point.weights), signs);
  const history = points.map(measured);
  return {
    // The file holds the best start only.
    starts: [],
    best: result.best ?? 0,
    start: result.best ?? 0,
    loss,
    lossError,
    optimum,
    gap,
    end: measured(network),
    network: { weights: network.weights, bias: network.bias, readOut: network.readOut },
    history,
    events: eventsOf(spec.steps, points, history),
  };
}
