import { FormatError } from '@polysem/io/bytes';
import { fieldsOf, type Fields } from './fields.ts';

/** One dictionary of a comparison. */
export interface ComparedDictionary {
  /** The file, as the command named it, and its SHA-256; null for a folder, an address or standard input. */
  readonly file: string;
  readonly sha256: string | null;
  /** The matrix: a tensor, or a preset. */
  readonly matrix: string;
  readonly features: number;
  readonly efficiency: number;
}

/** A comparison, from `polysem compare --json`. */
export interface ComparedResult {
  readonly kind: 'compare';
  readonly version: string;
  readonly dims: number;
  readonly pairing: string;
  readonly a: ComparedDictionary;
  readonly b: ComparedDictionary;
  readonly pairs: number;
  readonly isNearChance: boolean;
  /** Null if there are no pairs. */
  readonly meanCosine: number | null;
  readonly mcc: number | null;
  /** Null if the file does not list the pairs. */
  readonly perPair: {
    readonly a: Int32Array;
    readonly b: Int32Array;
    readonly cosine: Float64Array;
    readonly capacityA: Float64Array;
    readonly capacityB: Float64Array;
  } | null;
}

const FIX = 'write it again with polysem compare --out';

/**
 * Reads a JSON file that `polysem compare` wrote, and checks every field that it uses.
 *
 * @param text the contents of the file.
 * @param file its name in errors.
 * @returns the comparison.
 * @throws FormatError of one line with the file, the field and what to do.
 *
 * @example
 * ```js
 * import { parseComparison } from 'polysem/reports';
 * parseComparison('{"pairs": 3}', 'compare.json'); // throws FormatError
 * ```
 */
export function parseComparison(text: string, file: string): ComparedResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw new FormatError(file, `is not valid JSON: ${message}; ${FIX}`, { cause: error });
  }
  const result = fieldsOf(value, { file, path: '', fix: FIX });
  const configuration = result.object('configuration');
  const a = dictionaryIn(result.object('a'), configuration.object('a'));
  const b = dictionaryIn(result.object('b'), configuration.object('b'));
  const pairs = result.number('pairs', {
    least: 0,
    most: Math.min(a.features, b.features),
    isWhole: true,
  });
  return {
    kind: 'compare',
    version: result.text('version'),
    dims: result.number('dims', { least: 1, isWhole: true }),
    pairing: result.text('pairing'),
    a,
    b,
    pairs,
    isNearChance: result.boolean('isNearChance'),
    meanCosine:
      result.raw('similarity') === null
        ? null
        : result.object('similarity').number('meanCosine', { least: -1, most: 1 }),
    mcc: result.raw('mcc') === null ? null : result.number('mcc', { least: 0, most: 1 }),
    perPair: result.has('perPair') ? perPairIn(result.object('perPair'), pairs) : null,
  };
}

function dictionaryIn(side: Fields, taken: Fields): ComparedDictionary {
  return {
    file: taken.text('file'),
    sha256: taken.raw('sha256') === null ? null : taken.text('sha256'),
    matrix: side.text('matrix'),
    features: side.number('features', { least: 1, isWhole: true }),
    efficiency: side.number('efficiency', { least: 0, most: 1 + 1e-6 }),
  };
}

function perPairIn(each: Fields, length: number): ComparedResult['perPair'] {
  const share = { length, least: 0, most: 1 + 1e-6 } as const;
  // Features that were left out count in the numbers, so these may exceed the number of features.
  const index = { length, least: 0, most: 2 ** 31 - 1, isWhole: true } as const;
  return {
    a: Int32Array.from(each.numbers('a', index)),
    b: Int32Array.from(each.numbers('b', index)),
    cosine: each.numbers('cosine', { length, least: -1, most: 1 }),
    capacityA: each.numbers('capacityA', share),
    capacityB: each.numbers('capacityB', share),
  };
}
