import { resolve } from 'node:path';
import type { FeatureChoice, RelativeNorms } from '@polysem/runs/measure';
import type { FeatureSource } from '@polysem/core/embedding';
import type { Tensor, TensorFile } from '@polysem/io';
import { FormatError, isStandardInput, isUrl } from '@polysem/io/bytes';
import {
  decoderDoubt,
  openFeatures,
  openFiniteFeatures,
  readHints,
  relativeNorms,
  type FeatureHints,
  type FiniteFeatures,
} from '@polysem/io/layouts';
import { openWeights } from '@polysem/io/node';
import { UsageError } from './errors.ts';
import { parseMatrixFlags, type MatrixFlags } from './matrix-flags.ts';
import { note } from './output.ts';
import { axisQuestion, chooseFeatures, partText } from './features/choose-features.ts';
import type { FeatureFlags } from './features/feature-flags.ts';

/** An open file of weights. */
export interface WeightFile {
  readonly file: TensorFile;
  /** Name in messages and reports: an address without credentials. */
  readonly path: string;
  /** Configuration, metadata and location, from which layouts are known. */
  readonly hints: FeatureHints;
}

/** Opens a file, notes what was taken for names in a table, calls `use` and closes the file. */
export async function withFile<T>(
  location: string,
  flags: MatrixFlags & Pick<FeatureFlags, 'skipBad'>,
  use: (opened: WeightFile) => Promise<T>,
): Promise<T> {
  const { file, name, folder, parent, close } = await openWeights(location, {
    matrix: parseMatrixFlags(flags),
  });
  try {
    noteContent(name, file);
    const path = isUrl(location) || isStandardInput(location) ? name : resolve(location);
    const place = { file, path, folder, ...(parent !== undefined && { parent }) };
    const hints = await readHints(place);
    for (const each of hints.notes ?? []) note(`${name}: ${each}`);
    return await use({ file, path: name, hints });
  } catch (error) {
    throw flags.skipBad === true ? error : offerSkipping(error, name);
  } finally {
    await close();
  }
}

/** Adds `--skip-bad` to an error about NaN or infinity in the file of weights. */
function offerSkipping(error: unknown, path: string): unknown {
  if (!(error instanceof FormatError) || error.source !== path) return error;
  const { problem } = error;
  if (!/every value must be finite$|values are not finite/.test(problem)) return error;
  const offer = `${problem}; add --skip-bad to leave such features out`;
  return new FormatError(path, offer, { cause: error });
}

/** Prints the notes of a file, such as what was taken for names in a table. */
export function noteContent(path: string, { notes = [] }: Pick<TensorFile, 'notes'>): void {
  for (const each of notes) note(`${path}: ${each}`);
}

/** Names of the features, if they are rows of a table with names. */
export function rowNamesOf(file: TensorFile, choice: FeatureChoice): readonly string[] | null {
  return choice.axis === 'rows' ? (file.rowNames ?? null) : null;
}

/** A matrix of features in an open file, read in chunks. */
export interface OpenFeatures extends WeightFile {
  readonly choice: FeatureChoice;
  readonly source: FeatureSource;
  /** Indices in the file of features left out by `--skip-bad`, ascending. */
  readonly skipped: readonly number[];
}

/** Opens a file and the matrix that the flags choose, calls `use` and closes the file. */
export async function withFeatures<T>(
  location: string,
  flags: FeatureFlags,
  use: (features: OpenFeatures) => Promise<T>,
): Promise<T> {
  return withFile(location, flags, async (opened) => {
    const { file, path, hints } = opened;
    const choice = await withDoubt(path, file, chooseFeatures(path, file, flags, hints));
    return use({ ...opened, choice, ...(await openSource(path, file, choice, flags)) });
  });
}

/** Adds a note to the choice of a decoder that seems to be read along the wrong axis. */
export async function withDoubt(
  path: string,
  file: TensorFile,
  choice: FeatureChoice,
): Promise<FeatureChoice> {
  if (choice.known === undefined) return choice;
  // A damaged value is reported when the matrix is measured.
  const doubt = await decoderDoubt(choice.known, file, path).catch((error: unknown) => {
    if (error instanceof FormatError) return null;
    throw error;
  });
  return doubt === null ? choice : { ...choice, notes: [...choice.notes, `uncertain: ${doubt}`] };
}

/** Computes the relative decoder norms of a crosscoder or cross-layer transcoder; null for other matrices. */
export async function relativeNormsOf(
  path: string,
  file: TensorFile,
  { known }: FeatureChoice,
  skipped: readonly number[] = [],
): Promise<RelativeNorms | null> {
  if (known?.decoders === undefined || known.partLabels === undefined) return null;
  const parts = known.partLabels;
  const words = parts.map((part) => partText({ ...known, part }));
  if (skipped.length === 0) {
    const values = await relativeNorms(known.decoders, file, path);
    return { parts, words, values };
  }
  const all = await relativeNorms(known.decoders, file, path, { notFinite: 'keep' });
  const bad = new Set(skipped);
  return {
    parts,
    words,
    values: all.map((values) => values.filter((_, i) => !bad.has(i))),
  };
}

/**
 * Opens the chosen matrix, with `--skip-bad` without vectors that hold NaN or infinity.
 *
 * @throws UsageError if the file does not determine which axis counts features.
 */
export async function openSource(
  path: string,
  file: TensorFile,
  choice: FeatureChoice,
  { skipBad }: Pick<FeatureFlags, 'skipBad'>,
): Promise<FiniteFeatures> {
  await checkAxis(path, file, choice);
  return skipBad === true
    ? openFiniteFeatures(choice, file, path)
    : { source: await openFeatures(choice, file, path), skipped: [] };
}

async function checkAxis(path: string, file: TensorFile, choice: FeatureChoice): Promise<void> {
  if (choice.onlyIfSymmetric === true) {
    const tensor = await file.read(choice.tensor);
    const [rows, columns] = tensor.shape.slice(-2);
    if (!isSymmetric(tensor))
      throw new UsageError(axisQuestion(path, choice.tensor, rows, columns));
  }
}

/** True if a matrix equals its transpose. */
function isSymmetric({ shape: [rows, columns], data }: Tensor): boolean {
  return (
    rows === columns &&
    data.every((value, at) => value === data[(at % columns) * columns + Math.floor(at / columns)])
  );
}
