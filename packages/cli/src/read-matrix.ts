import type { FeatureChoice } from '@polysem/runs/measure';
import type { FeatureSource } from '@polysem/core/embedding';
import type { Tensor, TensorFile } from '@polysem/io';
import { openFeatures, readConfig, type ModelConfig } from '@polysem/io/layouts';
import { openWeights } from '@polysem/io/node';
import { UsageError } from './errors.ts';
import { axisQuestion, chooseFeatures } from './features/choose-features.ts';
import type { FeatureFlags } from './features/feature-flags.ts';

/** An open file of weights. */
export interface WeightFile {
  readonly file: TensorFile;
  /** Name in messages and reports: an address without credentials. */
  readonly path: string;
  /** The model's configuration from the same folder; null if there is none. */
  readonly config: ModelConfig | null;
}

/** Opens a file, calls `use` and closes the file. */
export async function withFile<T>(
  location: string,
  use: (opened: WeightFile) => Promise<T>,
): Promise<T> {
  const { file, name, folder, close } = await openWeights(location);
  try {
    return await use({ file, path: name, config: await readConfig(folder) });
  } finally {
    await close();
  }
}

/** A matrix of features in an open file, read in chunks. */
export interface OpenFeatures extends WeightFile {
  readonly choice: FeatureChoice;
  readonly source: FeatureSource;
}

/** Opens a file and the matrix that the flags choose, calls `use` and closes the file. */
export async function withFeatures<T>(
  location: string,
  flags: FeatureFlags,
  use: (features: OpenFeatures) => Promise<T>,
): Promise<T> {
  return withFile(location, async (opened) => {
    const { file, path, config } = opened;
    const choice = chooseFeatures(path, file, flags, config);
    return use({ ...opened, choice, source: await openChoice(path, file, choice) });
  });
}

/** Opens the chosen matrix. @throws UsageError if the file does not determine which axis counts features. */
export async function openChoice(
  path: string,
  file: TensorFile,
  choice: FeatureChoice,
): Promise<FeatureSource> {
  if (choice.onlyIfSymmetric === true) {
    const tensor = await file.read(choice.tensor);
    const [rows, columns] = tensor.shape.slice(-2);
    if (!isSymmetric(tensor))
      throw new UsageError(axisQuestion(path, choice.tensor, rows, columns));
  }
  return openFeatures(choice, file, path);
}

/** True if a matrix equals its transpose. */
function isSymmetric({ shape: [rows, columns], data }: Tensor): boolean {
  return (
    rows === columns &&
    data.every((value, at) => value === data[(at % columns) * columns + Math.floor(at / columns)])
  );
}
