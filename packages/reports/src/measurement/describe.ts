import type { Summary } from '@polysem/core/capacity';
import type { Interval } from '@polysem/core/streaming';
import { labelText } from '../text/label-text.ts';
import { counted } from '../text/counted.ts';
import { leftOut } from '../text/left-out.ts';
import { number } from '../text/number.ts';
import { table } from '../text/table.ts';
import { withError } from '../text/with-error.ts';
import { type MeasuredMatrix, parallelPairs } from '@polysem/runs/measure';

/** Features listed at each end. */
const NAMED = 8;

/**
 * Describes what was measured, for JSON output, so that it can be repeated: tensor, axis and treatment.
 *
 * @param matrix the measured matrix.
 * @returns an object for JSON.
 *
 * @example
 * ```js
 * import { takenFrom } from 'polysem/reports';
 * const choice = { tensor: 'W', axis: 'rows', notes: [] };
 * const measured = { treatment: { centred: false, normalised: true } };
 * takenFrom({ choice, measured }); // { tensor: 'W', features: 'rows', normalised: true }
 * ```
 */
export function takenFrom({
  choice,
  measured,
  skipped,
  blas,
}: Pick<MeasuredMatrix, 'choice' | 'measured' | 'skipped' | 'blas'>): object {
  const { tensor, axis, index, slice, from, to, parts, combine, fold, product, known, notes } =
    choice;
  const { centred, normalised } = measured.treatment;
  return {
    tensor,
    features: axis,
    ...(index !== undefined && { index }),
    ...(slice !== undefined && { slice }),
    ...(from !== undefined && { from, to }),
    ...(parts !== undefined && { parts, combine: combine ?? 'concatenated' }),
    ...(fold !== undefined && { fold }),
    ...(product !== undefined && { product }),
    ...(known !== undefined && { preset: known.preset, layer: known.layer, layout: known.layout }),
    ...(known?.head !== undefined && { head: known.head }),
    ...(known?.expert !== undefined && { expert: known.expert }),
    ...(known?.part !== undefined && { part: known.part, partOf: known.partOf }),
    ...(centred && { centred }),
    ...(normalised && { normalised }),
    ...(skipped !== undefined && { skipped: skipped.length }),
    ...(blas !== undefined && { blas }),
    ...(notes.length > 0 && { notes }),
  };
}

/**
 * Describes a measured matrix in text.
 *
 * @param path path of the file.
 * @param matrix the measured matrix.
 * @returns several lines and tables.
 *
 * @example
 * ```js
 * import { embeddingSource } from 'polysem/embedding';
 * import { polytope } from 'polysem/geometry';
 * import { describeMatrix } from 'polysem/reports';
 * import { measureMatrix } from 'polysem/measure';
 * const options = { centre: false, normalise: false, precision: 'auto', neighbours: 'always', baselines: [], blocks: false };
 * const matrix = {
 *   source: embeddingSource(polytope('pentagon')),
 *   choice: { tensor: 'W', axis: 'rows', label: 'W', notes: [] },
 *   labels: null,
 * };
 * const quiet = { onProgress: () => {}, onNote: () => {} };
 * const measured = await measureMatrix(matrix, { ...options, seed: 0, threads: 1 }, quiet);
 * describeMatrix('w.npy', measured).split('\n')[0];
 * // 'w.npy, W: 5 features in 2 dimensions, rank 2'
 * ```
 */
export function describeMatrix(path: string, matrix: MeasuredMatrix): string {
  const { choice, measured, summary, references, labels } = matrix;
  const { centred, normalised } = measured.treatment;
  const treated = [centred ? 'centred' : '', normalised ? 'scaled to unit length' : ''];
  const treatment = treated.filter((word) => word !== '').join(', ');
  return [
    `${path}, ${labelText(choice.label)}: ${counted(summary.features, 'feature')} in ${counted(summary.dims, 'dimension')}, rank ${summary.rank}${summary.rankInDoubt ? ' (in doubt)' : ''}` +
      (summary.zeroFeatures > 0 ? `, ${counted(summary.zeroFeatures, 'zero vector')}` : '') +
      (measured.unresolved > 0 ? `, ${measured.unresolved} too short to resolve` : '') +
      (treatment === '' ? '' : `; vectors ${treatment}`),
    ...choice.notes.map((line) => `  ${labelText(line)}`),
    ...(matrix.skipped === undefined ? [] : [`  ${leftOut(matrix.skipped)}`]),
    ...(summary.outOfRange === null ? [] : [`  ${summary.outOfRange}`]),
    ...(matrix.blas === undefined ? [] : [`  large products by ${matrix.blas}`]),
    ...doubts(summary).map((line) => `  ${line}`),
    '',
    table([
      ['', 'efficiency', 'total', 'mean', 'median', 'min', 'max'],
      ['capacity', number(summary.efficiency, 5), ...five(summary.capacity)],
      [
        '  95 % interval',
        between(summary.efficiencyInterval),
        '',
        between(summary.meanInterval),
        between(summary.medianInterval),
        '',
        '',
      ],
      ...references.map(({ name, figures, spread }) => [
        `  ${name}`,
        withSpread(figures.efficiency, spread?.efficiency),
        withSpread(figures.meanCapacity, spread?.meanCapacity, summary.features),
        withSpread(figures.meanCapacity, spread?.meanCapacity),
        withSpread(figures.medianCapacity, spread?.medianCapacity),
        '',
        '',
      ]),
      ['leverage', '', ...five(summary.leverage)],
      ['interference', '', ...five(summary.interference)],
    ]),
    '',
    table([
      ['effective rank', number(summary.effectiveRank, 5)],
      ['participation ratio', number(summary.participationRatio, 5)],
      [
        'mutual coherence',
        summary.coherence === null ? 'not computed' : number(summary.coherence, 5),
      ],
      ['  Welch bound', number(summary.welchBound, 5)],
    ]),
    ...(labels === null ? [] : ['', ...ends(matrix, labels)]),
  ].join('\n');
}

function five({ total, mean, median, min, max }: Summary): string[] {
  return [total, mean, median, min, max].map((value) =>
    Number.isFinite(value) ? number(value, 5) : '-',
  );
}

/** A figure of a baseline with its standard deviation over draws, both times a factor. */
function withSpread(value: number | null, spread: number | undefined, factor = 1): string {
  if (value === null) return '';
  // Rounding errors are no spread.
  if (spread === undefined || !(spread > 1e-12 * Math.abs(value))) return number(value * factor, 5);
  return withError(value * factor, spread * factor);
}

function between([low, high]: Interval): string {
  return `${number(low, 4)} .. ${number(high, 4)}`;
}

/** Names of the features with the least and most capacity, and of the most parallel pairs. Skips zero vectors and unnamed features. */
function ends({ measured, neighbours }: MeasuredMatrix, labels: readonly string[]): string[] {
  const { capacity } = measured;
  const order = Array.from(capacity.keys())
    .filter((i) => capacity[i] > 0 && labels[i] !== '')
    .toSorted((a, b) => capacity[a] - capacity[b]);
  const names = (indices: readonly number[]): string =>
    indices.map((i) => `${labelText(labels[i])} ${number(capacity[i], 3)}`).join(', ');
  const pairs =
    neighbours === null ? [] : parallelPairs(neighbours, NAMED, (i) => labels[i] !== '');
  const both = pairs.map(
    ({ features: [a, b], cosine }) =>
      `${labelText(labels[a])} and ${labelText(labels[b])} ${number(cosine, 3)}`,
  );
  return [
    `least capacity  ${names(order.slice(0, NAMED))}`,
    `most capacity   ${names(order.slice(-NAMED).toReversed())}`,
    ...(both.length === 0 ? [] : [`most parallel   ${both.join(', ')}`]),
  ];
}

/** Relative error up to which all printed digits are right. */
const PRINTED = 1e-4;

/**
 * Lines on figures that rounding errors make uncertain; none if all printed digits are right.
 *
 * @param summary the summary of a measurement.
 * @param shown formats numbers: `number` for text (default), `formatNumber` for HTML.
 * @returns the lines.
 */
export function doubts(
  { rankInDoubt, relativeError }: MeasuredMatrix['summary'],
  shown: typeof number = number,
): string[] {
  if (rankInDoubt) {
    return [
      'rank in doubt: a singular value is about as small as rounding errors, so leverages may be wrong',
    ];
  }
  const { capacity, leverage } = relativeError;
  const uncertain = [
    ...(capacity.largest > PRINTED ? [`capacities ${shown(capacity.largest, 2)}`] : []),
    ...(leverage.largest > PRINTED ? [`leverages ${shown(leverage.largest, 2)}`] : []),
  ];
  return uncertain.length === 0
    ? []
    : [`estimated relative errors of computation: ${uncertain.join(', ')} at most`];
}
