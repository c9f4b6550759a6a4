import type { FeatureChoice } from '@polysem/runs/measure';
import type { FeatureSource } from '@polysem/core/embedding';
import type { Tensor, TensorFile } from '@polysem/io';
import { openFeatures, readConfig, type ModelConfig } from '@polysem/io/layouts';
import { openWeights } from '@polysem/io/node';
import { UsageError } from './errors.ts';
import { axisQuestion, chooseFeatures } from './features/choose-features.ts';
import type { FeatureFlags } from './features/feature-flags.ts';

/** An opened file, and what is known of it. */
export interface WeightFile {
  readonly file: TensorFile;
  /** What it is called in messages and reports: an address without what may be secret in it. */
  readonly path: string;
  /** The configuration beside it, or in the folder that was given; null if there is none. */
  readonly config: ModelConfig | null;
}

/** Opens a file and hands it on; the file is closed afterwards. */
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

/** A matrix of a file, read in blocks. */
export interface OpenFeatures extends WeightFile {
  readonly choice: FeatureChoice;
  readonly source: FeatureSource;
}

/** Opens a file and the features that are meant, to be read in blocks; the file is closed afterwards. */
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

/** The features of a choice, to be read in blocks. @throws UsageError if the file leaves the axis open. */
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

/** Whether a matrix is its own transpose. */
function isSymmetric({ shape: [rows, columns], data }: Tensor): boolean {
  return (
    rows === columns &&
    data.every((value, at) => value === data[(at % columns) * columns + Math.floor(at / columns)])
  );
}
