import { embedding } from '@polysem/core/embedding';
import { fillNormal, generator } from '@polysem/numerics/random';
import { readTensor, toEmbedding } from '@polysem/io';
import { openFile } from '@polysem/io/node';
import { minilmPath, minilmProblem, minilmTensor } from '../scripts/fetch-minilm.mjs';

/** An embedding of independent standard normals in float32. */
export function randomMatrix(features, dims) {
  const data = new Float32Array(features * dims);
  fillNormal(generator(features), data);
  return embedding(dims, features, data);
}

/** The word embeddings of MiniLM, or undefined, with a word on stderr, if they have not been fetched. */
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
