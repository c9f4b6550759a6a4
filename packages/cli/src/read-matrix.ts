import type { Embedding, FeatureSource } from '@polysem/core';
import {
  gatherFeatures,
  openFeatures,
  type ModelConfig,
  type Tensor,
  type TensorFile,
} from '@polysem/io';
import { openWeights } from '@polysem/io/node';
import { UsageError } from './errors.ts';
import { axisQuestion, chooseFeatures, type FeatureChoice } from './features/choose-features.ts';
import type { FeatureFlags } from './features/feature-flags.ts';
import { neighbourConfig } from './features/neighbour-config.ts';

/** A matrix of a file as an embedding. */
export interface OpenMatrix {
  readonly file: TensorFile;
  readonly choice: FeatureChoice;
  readonly embedding: Embedding;
}

/** Opens a file and hands it on with the configuration beside it; the file is closed afterwards. */
export async function withFile<T>(
  path: string,
  use: (file: TensorFile, config: ModelConfig | null) => Promise<T>,
): Promise<T> {
  const { file, close } = await openWeights(path);
  try {
    return await use(file, await neighbourConfig(path));
  } finally {
    await close();
  }
}

/** Opens a file, reads the matrix that is meant, and hands both on; the file is closed afterwards. */
export async function withMatrix<T>(
  path: string,
  flags: FeatureFlags,
  use: (matrix: OpenMatrix) => Promise<T>,
): Promise<T> {
  return withFile(path, async (file, config) => {
    const choice = chooseFeatures(path, file, flags, config);
    const read = async (name: string): Promise<Tensor> => {
      const tensor = await file.read(name);
      if (choice.onlyIfSymmetric === true && !isSymmetric(tensor)) {
        const [rows, columns] = tensor.shape.slice(-2);
        throw new UsageError(axisQuestion(path, name, rows, columns));
      }
      return tensor;
    };
    return use({ file, choice, embedding: await gatherFeatures(choice, read, path) });
  });
}

/** A matrix of a file, read in blocks. */
export interface OpenFeatures {
  readonly choice: FeatureChoice;
  readonly source: FeatureSource;
}

/** Opens a file and the features that are meant, to be read in blocks; the file is closed afterwards. */
export async function withFeatures<T>(
  path: string,
  flags: FeatureFlags,
  use: (features: OpenFeatures) => Promise<T>,
): Promise<T> {
  return withFile(path, async (file, config) => {
    const choice = chooseFeatures(path, file, flags, config);
    return use({ choice, source: await openChoice(path, file, choice) });
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
