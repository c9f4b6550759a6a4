import type { Embedding } from '@polysem/core';
import {
  gatherFeatures,
  openTensors,
  type ModelConfig,
  type Tensor,
  type TensorFile,
} from '@polysem/io';
import { openFile } from '@polysem/io/node';
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
  const source = await openFile(path);
  try {
    return await use(await openTensors(source), await neighbourConfig(path));
  } finally {
    await source.close();
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

/** Whether a matrix is its own transpose. */
export function isSymmetric({ shape: [rows, columns], data }: Tensor): boolean {
  return (
    rows === columns &&
    data.every((value, at) => value === data[(at % columns) * columns + Math.floor(at / columns)])
  );
}
