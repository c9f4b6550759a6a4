import { gaussianBaselineFigures } from '@polysem/core/streaming';
import { decodeText, FormatError, type ByteSource } from '@polysem/io/bytes';
import { parseResult, type MeasuredFigures, type MeasuredResult } from '@polysem/reports/results';
import { LIMITS } from '../state/state.ts';
import { distributionOf, referenceOf } from './measure-model.ts';
import type {
  ModelFigures,
  ModelLabels,
  ModelList,
  ModelNeighbours,
  ModelReference,
} from './messages.ts';

/** Largest JSON read: it lists at most 4096 features of each matrix. */
const LARGEST = 256 * 2 ** 20;

/** Reads the JSON of `polysem measure`. @throws FormatError if it is anything else. */
export async function readMeasured(source: ByteSource): Promise<MeasuredResult> {
  if (source.size > LARGEST)
    throw new FormatError(source.name, 'is too large for figures; give the file of weights');
  const text = decodeText(await source.read(0, source.size));
  const result = parseResult(text, source.name, LIMITS);
  if (result.kind !== 'measure')
    throw new FormatError(
      source.name,
      'holds no measured weights; drop it on the page, which shows it in the lab',
    );
  return result;
}

/** The matrices of a file of figures, for the list of the page. */
export function listOf(result: MeasuredResult, name: string, bytes: number): ModelList {
  const { version, weights } = result;
  return {
    name,
    bytes,
    format: 'json',
    notes: [],
    measured: { version, weights },
    matrices: result.matrices.map(({ label, command, summary }) => ({
      label,
      group: weights,
      recipe: { tensor: label, axis: 'rows' },
      flags: label,
      noun: 'features',
      features: summary.features,
      dims: summary.dims,
      reasons: [],
      doubts: [],
      isToken: false,
      isKnown: true,
      isFolded: false,
      command,
    })),
  };
}

/** The figures of one matrix as the page shows them. */
export function figuresOfFile({ summary, references, perFeature }: MeasuredFigures): ModelFigures {
  const shown = references
    // The page compares with these two.
    .filter(({ name }) => name === 'random Gaussian' || name === 'own spectrum')
    .map(shownReference);
  const capacity = perFeature?.capacity ?? new Float64Array(0);
  return {
    summary,
    references: shown,
    ...distributionOf(capacity, shown.find(({ high }) => high > 0)?.high ?? 0),
    leverage: perFeature?.leverage ?? new Float64Array(0),
    singularValues: new Float64Array(0),
    gaussianSpectrum: new Float64Array(0),
  };
}

function shownReference({
  name,
  dims,
  features,
  efficiency,
  meanCapacity,
}: MeasuredFigures['references'][number]): ModelReference {
  // The closed form is not in the file, but follows from the size.
  const { low, high } =
    name === 'random Gaussian'
      ? referenceOf(gaussianBaselineFigures(dims, features))
      : { low: NaN, high: NaN };
  return { name, dims, features, figures: { efficiency, meanCapacity }, low, high };
}

/** Names, numbers and nearest neighbours of the features of a matrix, if the file has them. */
export function detailsOf({ perFeature }: MeasuredFigures): {
  readonly labels: ModelLabels | null;
  readonly numbers: Int32Array | null;
  readonly neighbours: ModelNeighbours | null;
} {
  const { labels = null, numbers = null, neighbours = null } = perFeature ?? {};
  return {
    labels: labels && { names: labels, file: null },
    numbers,
    neighbours,
  };
}
