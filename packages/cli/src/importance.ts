import { UsageError } from './errors.ts';
import { parseInteger, parseList, parseNumber, required } from './parse.ts';

/** Flags that give the importance of each feature. */
export interface ImportanceFlags {
  readonly importance?: string;
  readonly features?: string;
  /** File whose columns are the features. */
  readonly inputs?: string;
}

/** Forms of `--importance`, for the help. */
export const IMPORTANCES =
  'importance: one number for all features, one per feature separated by commas, a .npy file, - for standard input, or powers such as 0.9^i; features of importance 0 get no capacity';

/**
 * Parses importances: one number for all features, one per feature, a .npy file, standard input (`-`), or `r^i`, powers of r from 1 for the
 * first feature.
 *
 * @param flags the flags.
 * @param inData number of features in `inputs`, if that is given.
 * @throws UsageError if the text is malformed, or the number of features is unknown or differs.
 */
export async function parseImportance(flags: ImportanceFlags, inData?: number): Promise<number[]> {
  const text = required(flags.importance, '--importance', '4,2,1');
  const given = parseFeatures(flags, inData) ?? inData;
  if (text.endsWith('^i')) {
    const ratio = parseNumber(text.slice(0, -2), '--importance');
    if (given === undefined) {
      throw new UsageError(
        `--importance: ${text} does not determine the number of features; give --features too`,
      );
    }
    // Multiplication, because powers differ in the last bit between engines.
    const powers = [1];
    while (powers.length < given) powers.push(powers[powers.length - 1] * ratio);
    return powers;
  }
  const listed = await parseList(text, '--importance');
  const features = given ?? listed.length;
  if (listed.length === 1) return Array.from({ length: features }, () => listed[0]);
  if (features !== listed.length) {
    const expected =
      inData === undefined ? `--features ${features}` : `${features} features of the data`;
    throw new UsageError(
      `--importance: ${listed.length} values for ${expected}; give one for all, or one per feature`,
    );
  }
  return listed;
}

function parseFeatures({ features, inputs }: ImportanceFlags, inData?: number): number | undefined {
  if (features === undefined) return undefined;
  const asked = parseInteger(features, '--features', 1, 100_000);
  if (inData !== undefined && asked !== inData) {
    throw new UsageError(
      `--features: ${asked}, but ${inputs} has ${inData} columns, one per feature; leave --features out`,
    );
  }
  return asked;
}
