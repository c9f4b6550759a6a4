import { embedding } from '@polysem/core/embedding';
import { fillNormal, generator } from '@polysem/numerics/random';
import { readTensor, toEmbedding } from '@polysem/io';
import { openFile } from '@polysem/io/node';
import { minilmPath, minilmProblem, minilmTensor } from '../scripts/fetch-minilm.mjs';

/** Embedding of independent standard normal numbers in float32. */
export function randomMatrix(features, dims) {
  const data = new Float32Array(features * dims);
  fillNormal(generator(features), data);
  return embedding(dims, features, data);
}

/** Word embeddings of MiniLM. Without the file: undefined, and a message on stderr. */
export async function minilmMatrix(progress) {
  const problem = await minilmProblem();
  if (problem !== undefined) {
    progress(`without MiniLM (${problem}): run node scripts/fetch-minilm.mjs`);
    return undefined;
  }
  const source = await openFile(minilmPath);
  try {
    return toEmbedding(await readTensor(source, minilmTensor), 'rows', 'MiniLM');
  } finally {
    await source.close();
  }
}
