import type { Interval } from '@polysem/core/streaming';
import { shellWord } from '../text/label-text.ts';
import { fieldsOf, type Fields } from './fields.ts';

/** The figures of one measured matrix, as far as the JSON has them. */
export interface MeasuredFigures {
  /** The matrix: a tensor, or a preset. */
  readonly label: string;
  /** The command that measured it; without the seed, which the JSON does not name. */
  readonly command: string;
  readonly summary: {
    readonly features: number;
    readonly dims: number;
    readonly rank: number;
    readonly capacity: { readonly total: number };
    readonly efficiency: number;
    readonly efficiencyInterval: Interval;
    readonly effectiveRank: number;
    readonly zeroFeatures: number;
  };
  /** Random matrices that it was compared with. */
  readonly references: readonly {
    readonly name: string;
    readonly dims: number;
    readonly features: number;
    /** Null where there is none. */
    readonly efficiency: number | null;
    readonly meanCapacity: number | null;
  }[];
  /** One value per feature; null if there are more features than the JSON lists. */
  readonly perFeature: {
    readonly capacity: Float64Array;
    readonly leverage: Float64Array;
    /** Index of the nearest neighbour and cosine with it; null if they were not computed. */
    readonly neighbours: { readonly index: Int32Array; readonly cosine: Float64Array } | null;
    readonly labels: readonly string[] | null;
    /** Number of each feature in the file of weights; null if no feature was left out. */
    readonly numbers: Int32Array | null;
  } | null;
}

/** Measured matrices, from `polysem measure --json`. */
export interface MeasuredResult {
  readonly kind: 'measure';
  readonly version: string;
  /** The file of weights, as the command named it. */
  readonly weights: string;
  readonly matrices: readonly MeasuredFigures[];
}

const FIX = 'write it again with polysem measure --json';
/** The JSON lists features one by one up to this. */
const LISTED = 4096;

/** Reads the JSON of `polysem measure`. @throws FormatError if a field is malformed. */
export function measuredResult(value: unknown, file: string): MeasuredResult {
  const result = fieldsOf(value, { file, path: '', fix: FIX });
  const configuration = result.object('configuration');
  const weights = configuration.text('file');
  const isOne = !result.has('matrices');
  const all = isOne ? [result] : result.objects('matrices');
  const taken = isOne ? [configuration] : configuration.objects('matrices');
  if (all.length === 0 || all.length !== taken.length)
    return result.refuse('matrices', 'as many as configuration.matrices, at least one');
  return {
    kind: 'measure',
    version: result.text('version'),
    weights,
    matrices: all.map((matrix, k) =>
      figuresIn(matrix, commandOf(weights, taken[k], configuration)),
    ),
  };
}

/** The command that measured a matrix. */
function commandOf(weights: string, taken: Fields, configuration: Fields): string {
  const optional = (name: string, flag = `--${name}`): string[] => {
    const value = taken.raw(name);
    return value === undefined || value === null ? [] : [`${flag} ${shellWord(String(value))}`];
  };
  const chosen = taken.has('preset')
    ? ['preset', 'layer', 'head', 'expert', 'part'].flatMap((name) => optional(name))
    : ['tensor', 'features', 'index'].flatMap((name) => optional(name));
  const baseline = configuration.text('baseline');
  const precision = configuration.text('precision');
  return [
    `npx polysem measure ${shellWord(weights)}`,
    ...chosen,
    ...(taken.has('centred') ? ['--centre'] : []),
    ...(taken.has('normalised') ? ['--normalise'] : []),
    ...(taken.has('skipped') ? ['--skip-bad'] : []),
    ...(precision === 'auto' ? [] : [`--precision ${shellWord(precision)}`]),
    `--baseline ${/^[a-z,]+$/.test(baseline) ? baseline : shellWord(baseline)}`,
  ].join(' ');
}

function figuresIn(matrix: Fields, command: string): MeasuredFigures {
  const count = (name: string, least: number): number =>
    matrix.number(name, { least, isWhole: true });
  const features = count('features', 1);
  const dims = count('dims', 1);
  const rank = matrix.number('rank', { least: 0, most: Math.min(features, dims), isWhole: true });
  const interval = matrix.numbers('efficiencyInterval', { length: 2, least: 0, most: 1 });
  const total = matrix.object('capacity').number('total', { least: 0, most: rank * (1 + 1e-6) });
  return {
    label: matrix.text('matrix'),
    command,
    summary: {
      features,
      dims,
      rank,
      capacity: { total },
      efficiency: matrix.number('efficiency', { least: 0, most: 1 + 1e-6 }),
      efficiencyInterval: [interval[0], interval[1]],
      effectiveRank: matrix.number('effectiveRank', { least: 0 }),
      zeroFeatures: matrix.number('zeroFeatures', { least: 0, most: features, isWhole: true }),
    },
    references: matrix.objects('references').map((reference) => {
      const figures = reference.object('figures');
      const share = (name: string): number | null =>
        figures.raw(name) === null ? null : figures.number(name, { least: 0, most: 1 + 1e-6 });
      return {
        name: reference.text('name'),
        dims: reference.number('dims', { least: 1, isWhole: true }),
        features: reference.number('features', { least: 1, isWhole: true }),
        efficiency: share('efficiency'),
        meanCapacity: share('meanCapacity'),
      };
    }),
    perFeature:
      features <= LISTED || matrix.has('perFeature')
        ? perFeatureIn(matrix.object('perFeature'), features)
        : null,
  };
}

function perFeatureIn(each: Fields, length: number): MeasuredFigures['perFeature'] {
  const share = { length, least: 0, most: 1 + 1e-6 } as const;
  // First, because the file must hold these before memory is taken for as many features as it says.
  const capacity = each.numbers('capacity', share);
  // Features that were left out count in the numbers of neighbours: places in the list are looked up.
  const numbers = each.has('feature')
    ? each.numbers('feature', { length, least: 0, isWhole: true })
    : Float64Array.from({ length }, (_, i) => i);
  const places = new Map(Array.from(numbers, (number, i) => [number, i]));
  const label = each.raw('label');
  if (
    label !== undefined &&
    !(
      Array.isArray(label) &&
      label.length >= length &&
      label.every((one) => typeof one === 'string')
    )
  )
    return each.refuse('label', `a list of ${length} texts`);
  return {
    capacity,
    leverage: each.numbers('leverage', share),
    neighbours: each.has('neighbour')
      ? {
          index: Int32Array.from(
            each.numbers('neighbour', { length, least: -1, isWhole: true }),
            (number) => places.get(number) ?? -1,
          ),
          cosine: each.numbers('cosine', { length, least: -1.000001, most: 1.000001 }),
        }
      : null,
    labels: (label as string[] | undefined) ?? null,
    numbers: each.has('feature') ? Int32Array.from(numbers) : null,
  };
}
