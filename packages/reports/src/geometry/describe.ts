import { summarise, type NeuronMeasurement } from '@polysem/core/capacity';
import {
  MAX_LEAKAGE,
  type Dynamics,
  type GeometryFigures,
  type NearestEfficient,
} from '@polysem/core/geometry';
import { leftOut, skippedJson } from '../text/left-out.ts';
import { number } from '../text/number.ts';
import { table } from '../text/table.ts';
import { eventLabel } from './dynamics-data.ts';
import { numbersInFile, withOriginalFeatures } from './original-features.ts';

/** Largest number of rows in a text table; JSON output has all. */
const SHOWN = 20;

/** Rows and columns of W shorter than this fraction of the longest are rounding errors of zero. */
const UNUSED = 1e-12;

/** Mean over the neurons or features that are not zero; 0 if all are zero. */
function mean(values: ArrayLike<number>, squaredNorm: Float64Array): number {
  const largest = squaredNorm.reduce((a, b) => Math.max(a, b), 0);
  // If squares overflow or underflow, use the sign of the values, which do not depend on the unit.
  const isInRange = largest > 0 && largest < Infinity;
  const used = Float64Array.from(values).filter((value, k) =>
    isInRange ? squaredNorm[k] > largest * UNUSED ** 2 : value > 0,
  );
  return used.length === 0 ? 0 : summarise(used).mean;
}

/** A number with its noun, such as `2 features`. */
function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Means over neurons and features that are not zero. */
function figuresOf({ perNeuron, perFeature }: NeuronMeasurement) {
  return {
    featuresPerNeuron: mean(perNeuron.participation, perNeuron.squaredNorm),
    countPerNeuron: mean(perNeuron.count, perNeuron.squaredNorm),
    neuronsPerFeature: mean(perFeature.participation, perFeature.squaredNorm),
    monosemanticity: mean(perNeuron.largestShare, perNeuron.squaredNorm),
  };
}

/**
 * Converts a geometry to the JSON output of `polysem geometry`: main results first, then all details.
 *
 * @param geometry the geometry.
 * @param trained blocks through training, if there is a history.
 * @param skipped indices in the file of features that were left out, ascending; all others keep their indices.
 * @returns an object for JSON.
 *
 * @example
 * ```js
 * import { describeGeometry, polytope } from 'polysem/geometry';
 * import { geometryJson } from 'polysem/reports';
 * const json = geometryJson(describeGeometry(polytope('pentagon')), null);
 * json.shapes[0].name; // 'pentagon'
 * ```
 */
export function geometryJson(
  geometry: GeometryFigures,
  trained: Dynamics | null,
  skipped: readonly number[] = [],
): object {
  const numbers = numbersInFile(geometry, skipped);
  const { structure, shapes, form, nearest, neurons, whole, alignment, measured } =
    withOriginalFeatures(geometry, numbers);
  const named = structure.components.map((block, k) => ({
    ...block,
    isBlock: block.leakage <= MAX_LEAKAGE,
    gamma: inRange(block.gamma),
    shape: shapes[k].name,
    confidence: shapes[k].confidence,
  }));
  return {
    features: structure.features,
    dims: structure.dims,
    rank: structure.rank,
    ...(skipped.length > 0 && { skipped: skippedJson(skipped), feature: numbers }),
    verdict: structure.verdict,
    blocks: named,
    components: structure.components.map(({ features }) => features),
    eigenspaces: structure.eigenspaces,
    efficient: form?.efficient ?? null,
    distance: nearest?.relativeDistance ?? form?.relativeError ?? null,
    distanceIs: nearest === null ? 'to the nearest on these blocks' : distanceIs(nearest),
    ignored: structure.ignored,
    full: structure.full,
    noise: structure.noise,
    evidence: structure.evidence,
    levels: structure.levels,
    shapes,
    whole,
    efficientForm: form && {
      relativeError: form.relativeError,
      gamma: form.blocks.map(({ gamma }) => inRange(gamma)),
      worst: form.worst.subarray(0, SHOWN),
      inefficiency: form.inefficiency,
    },
    capacity: measured.capacity,
    spectrum: spectrumJson(geometry),
    neurons: {
      threshold: neurons.threshold,
      before: figuresOf(neurons),
      after: alignment === null ? null : figuresOf(alignment.after),
      change: alignment?.alignment.change ?? null,
      blocks: alignment?.blocks ?? null,
      monosemanticity: neurons.perNeuron.largestShare,
      featuresPerNeuron: neurons.perNeuron.participation,
    },
    dynamics: trained,
  };
}

/** The spectrum of S, and the share of features in its eigenspaces. */
function spectrumJson(geometry: GeometryFigures): object {
  const { spectrum, localisation, leverageRatio } = geometry.spectral;
  return {
    eigenvalues: overflows(geometry)
      ? Array.from(spectrum.eigenvalues, inRange)
      : spectrum.eigenvalues,
    eigenspaces: spectrum.eigenspaces.map((space) =>
      Object.assign({}, space, { eigenvalue: inRange(space.eigenvalue) }),
    ),
    localisation,
    leverageRatio,
  };
}

/**
 * Describes a geometry in text.
 *
 * @param title name of the matrix.
 * @param geometry the geometry.
 * @param trained blocks through training, if there is a history.
 * @param skipped indices in the file of features that were left out, ascending; all others keep their indices.
 * @returns several paragraphs and tables.
 *
 * @example
 * ```js
 * import { describeGeometry, polytope } from 'polysem/geometry';
 * import { geometryText } from 'polysem/reports';
 * geometryText('W', describeGeometry(polytope('pentagon')), null).split('\n')[0];
 * // 'W: 5 features in 2 dimensions, rank 2'
 * ```
 */
export function geometryText(
  title: string,
  geometry: GeometryFigures,
  trained: Dynamics | null,
  skipped: readonly number[] = [],
): string {
  const numbers = numbersInFile(geometry, skipped);
  const named = withOriginalFeatures(geometry, numbers);
  const { structure, spectral, neurons, alignment, measured } = geometry;
  const { features, dims, rank, components, ignored, full } = structure;
  const leaky = components.filter(
    (block) => block.features.length > 1 && block.leakage > MAX_LEAKAGE,
  ).length;
  const parts = [
    `${title}: ${counted(features, 'feature')} in ${counted(dims, 'dimension')}, rank ${rank}`,
    leftOut(skipped),
    overflows(geometry) ? OUT_OF_RANGE : '',
    verdictLine(geometry),
    blockTable(named),
    wholeLine(geometry),
    `${counted(components.length - full.length - leaky, 'shared block')}, ${counted(full.length, 'fully represented feature')}, ${ignored.length} ignored${leaky === 0 ? '' : `; ${counted(leaky, 'group')} with a leakage above ${MAX_LEAKAGE}, not counted as blocks`}`,
  ].filter((part) => part !== '');
  const { total } = summarise(measured.capacity);
  parts.push(efficiencyLine(geometry, total, numbers));
  const { localisation } = spectral;
  parts.push(
    `${counted(spectral.spectrum.eigenspaces.length, 'eigenspace')} of S; mean localisation of features ${number(mean(localisation, measured.squaredNorm), 4)} (1: every vector is an eigenvector of S)`,
  );
  parts.push(
    table([
      ['neurons', 'features per neuron', 'monosemanticity', 'neurons per feature'],
      ...[
        ['as given', neurons] as const,
        ...(alignment === null ? [] : [['aligned with blocks', alignment.after] as const]),
      ].map(([name, measurement]) => {
        const { featuresPerNeuron, monosemanticity, neuronsPerFeature } = figuresOf(measurement);
        return [
          name,
          number(featuresPerNeuron, 4),
          number(monosemanticity, 4),
          number(neuronsPerFeature, 4),
        ];
      }),
    ]),
  );
  if (alignment === null)
    parts.push('alignment with blocks is not computed for a matrix of this size');
  if (trained !== null) parts.push(dynamicsLines(trained));
  return parts.join('\n\n');
}

/** Follows "the nearest efficient matrix". */
const WHERE = { global: '', local: ' found (a local optimum)' } as const;

function distanceIs({ optimum }: NearestEfficient): string {
  return optimum === 'global' ? 'to the nearest' : 'to the nearest found (a local optimum)';
}

function efficiencyLine(
  { structure, form, nearest }: GeometryFigures,
  total: number,
  numbers: Int32Array,
): string {
  const sum = `sum C = ${number(total, 6)} of rank ${structure.rank}`;
  if (form === null) {
    return `${sum}; the efficient form of ${structure.components.length} blocks in ${structure.dims} dimensions is not computed, because it would take too long`;
  }
  if (form.efficient)
    return `efficient: W = Q B P with relative error ${number(form.relativeError, 2)}`;
  const distance = nearest?.relativeDistance ?? form.relativeError;
  const where = nearest === null ? ' on these blocks' : WHERE[nearest.optimum];
  return `not exactly efficient: ${sum}; the nearest efficient matrix${where} is ${number(distance, 3)} |W| away; least efficient: ${list(form, numbers)}`;
}

/**
 * States whether a matrix has blocks, with the evidence.
 *
 * @param geometry the geometry.
 * @param shown formats numbers: `number` for text (default), `formatNumber` for HTML.
 * @returns one line.
 */
export function verdictLine(
  { structure }: Pick<GeometryFigures, 'structure'>,
  shown: typeof number = number,
): string {
  const { verdict, evidence, noise, features } = structure;
  const { crossCosine, isotropicCosine, chanceOfNoise, chanceOfIsotropy, level, compared } =
    evidence;
  const cosines = `RMS cosine between groups ${shown(crossCosine, 3)}, of random directions ${shown(isotropicCosine, 3)}`;
  const pValues = `p-value under noise ${shown(chanceOfNoise, 2)}, under random directions at most ${shown(chanceOfIsotropy, 2)}`;
  const links =
    compared === null
      ? ''
      : `; each of the ${features} features was compared with ${compared} of them`;
  return verdict === 'blocks'
    ? `blocks: ${cosines}; ${pValues}; noise ${shown(noise, 3)} of the mean norm; the same blocks at any threshold from ${shown(level.from, 3)} to ${shown(level.to ?? Infinity, 3)}${links}`
    : `no block structure at this noise level, so all features that are not ignored form one block: at the widest gap, ${cosines}; ${pValues}${links}`;
}

const OUT_OF_RANGE =
  'out of range: squares of entries exceed 1.8e308, so gamma and eigenvalues are not given; divide the matrix by its largest entry (nothing else changes)';

/** Returns whether eigenvalues of S are beyond the range of float64. */
function overflows({ spectral }: GeometryFigures): boolean {
  return spectral.spectrum.eigenvalues.includes(Infinity);
}

/** Replaces infinity, which JSON would show as null. */
function inRange(value: number): number | string {
  return value === Infinity ? 'out of range' : value;
}

/** A table with one row per block of several features; empty if there are none. */
function blockTable({ structure, shapes }: GeometryFigures): string {
  const isFull = new Set(structure.full);
  const shared = structure.components
    .map((block, k) => ({ ...block, shape: shapes[k] }))
    .filter(({ features }) => features.length > 1 || !isFull.has(features[0]));
  const rows = shared
    .slice(0, SHOWN)
    .map(({ features, dims, capacity, gamma, tightness, leakage, shape }) => [
      `${leakage > MAX_LEAKAGE ? 'no block: ' : ''}${shape.name}${shape.flipped.length > 0 ? ' (signs flipped)' : ''}`,
      `${features.length} in ${dims}`,
      number(capacity, 5),
      gamma === Infinity ? '-' : number(gamma, 4),
      number(tightness, 2),
      number(leakage, 2),
      shape.recognised ? number(shape.confidence, 3) : '',
      features.length > 8 ? `${features.slice(0, 8).join(' ')} ..` : features.join(' '),
    ]);
  if (rows.length === 0) return '';
  const more = shared.length > SHOWN ? `\n.. and ${shared.length - SHOWN} more` : '';
  return (
    table([
      ['shape', 'size', 'sum C', 'gamma', 'tightness', 'leakage', 'confidence', 'features'],
      ...rows,
    ]) + more
  );
}

/** Name of the polytope that all blocks form together; empty if it has no name of its own. */
function wholeLine({ whole }: GeometryFigures): string {
  if (whole === null || !whole.recognised || whole.name.includes(' + ')) return '';
  return `together: ${whole.name}, ${whole.features.length} in ${whole.dims} (confidence ${number(whole.confidence, 3)})`;
}

/** The three features of largest inefficiency, as numbered in the file. */
function list(
  { worst, inefficiency }: NonNullable<GeometryFigures['form']>,
  numbers: Int32Array,
): string {
  return Array.from(
    worst.subarray(0, 3),
    (i) => `${numbers[i]} (${number(inefficiency[i], 3)})`,
  ).join(', ');
}

function dynamicsLines({ rows, events }: Dynamics): string {
  const every = Math.ceil(rows.length / SHOWN);
  const eventsAt = new Map<number, string[]>();
  for (const event of events)
    eventsAt.set(event.step, [...(eventsAt.get(event.step) ?? []), eventLabel(event)]);
  const shown = rows.filter(
    ({ step }, k) => k % every === 0 || k === rows.length - 1 || eventsAt.has(step),
  );
  return table([
    ['step', 'loss', 'sum C', 'full', 'blocks', 'events'],
    ...shown.map(({ step, loss, total, full, sizes, shapes }) => [
      String(step),
      number(loss, 4),
      number(total, 5),
      String(full.length),
      blocksInWords(sizes, shapes),
      (eventsAt.get(step) ?? []).join('; '),
    ]),
  ]);
}

/** Such as `2 x antipodal pair, 7 features`. */
function blocksInWords(sizes: readonly number[], shapes: readonly (string | null)[]): string {
  const counts = new Map<string, number>();
  sizes.forEach((size, k) => {
    const name = shapes[k] ?? `${size} features`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  });
  return [...counts].map(([name, n]) => (n === 1 ? name : `${n} x ${name}`)).join(', ');
}
