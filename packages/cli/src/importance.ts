import { importanceOf } from '@polysem/core/theory';
import { UsageError } from './errors.ts';
import { parseInteger, parseList, required } from './parse.ts';

/** Flags that give the importance of each feature. */
export interface ImportanceFlags {
  readonly importance?: string;
  readonly features?: string;
  /** File whose columns are the features. */
  readonly inputs?: string;
}

/**
 * Parses importances: one number for all features, one per feature, a .npy file, standard input (`-`), powers `r^i` or a power
 * law `(i+1)^-a`.
 *
 * @param flags the flags.
 * @param inData number of features in `inputs`, if that is given.
 * @throws UsageError if the text is malformed, or the number of features is unknown or differs.
 */
export async function parseImportance(flags: ImportanceFlags, inData?: number): Promise<number[]> {
  const text = required(flags.importance, '--importance', '4,2,1');
  const given = parseFeatures(flags, inData) ?? inData;
  if (isFormula(text)) {
    if (given === undefined) {
      throw new UsageError(
        `--importance: ${text} does not determine the number of features; give --features too`,
      );
    }
    return importanceOf(text, given);
  }
  const listed = await parseList(text, '--importance');
  const features = given ?? listed.length;
  if (listed.length !== 1 && features !== listed.length) {
    const expected =
      inData === undefined ? `--features ${features}` : `${features} features of the data`;
    throw new UsageError(
      `--importance: ${listed.length} values for ${expected}; give one for all, or one per feature`,
    );
  }
  return importanceOf(listed, features);
}

/** True for `r^i` and `(i+1)^-a`. */
function isFormula(text: string): boolean {
  return text.endsWith('^i') || text.startsWith('(');
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
