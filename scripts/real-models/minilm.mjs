// Tables and figures of MiniLM.

/* oxlint-disable no-await-in-loop -- one matrix after another, because each takes all threads */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { effectiveRank, efficiency, participationRatio, summarise } from '@polysem/core/capacity';
import { embedding, embeddingSource } from '@polysem/core/embedding';
import { fillNormal, generator } from '@polysem/numerics/random';
import { neighboursWithThreads } from '@polysem/runs/measure';
import { minilmPath } from '../fetch-minilm.mjs';
import { drawCapacities, drawEfficiency } from './pictures.mjs';
import {
  digits,
  measure,
  measureWithBaselines,
  open,
  printGroups,
  printMatrices,
  printTable,
  SEED,
} from './tables.mjs';

const WEIGHTS = 'all-MiniLM-L6-v2';

export async function minilm() {
  const { features, gather, close } = await open(minilmPath);
  const matrices = [];
  const layers = [];
  let words = null;
  for (const matrix of features) {
    if (matrix.preset === 'attention-ov') {
      if (matrix.head === undefined) layers.push({ layer: matrix.layer, whole: matrix, heads: [] });
      else layers.at(-1).heads.push(matrix);
      continue;
    }
    const w = await gather(matrix);
    const name = matrix.layer === null ? matrix.preset : `${matrix.preset}, layer ${matrix.layer}`;
    matrices.push(await measureWithBaselines(name, w));
    if (matrix.preset === 'token-embedding') words = w;
  }
  console.log('## MiniLM: embeddings and neurons\n');
  printMatrices(matrices);
  await tokens(words, matrices[0].measured);
  await attention(layers, gather);
  await close();
  await drawEfficiency(
    'minilm-efficiency.svg',
    WEIGHTS,
    'MiniLM: efficiency compared with baselines',
    matrices,
  );
  await drawCapacities(
    'minilm-tokens.svg',
    WEIGHTS,
    'MiniLM: capacities of tokens compared with the baseline',
    matrices[0],
  );
}

/** Prints capacities by kind of token. */
async function tokens(w, measured) {
  const names = readFileSync(join(dirname(minilmPath), 'vocab.txt'), 'utf8').split('\n');
  const kinds = {
    'words, [a-z] only': /^[a-z]{2,}$/,
    'parts of words, ##..': /^##[a-z]+$/,
    numbers: /^\d+$/,
    'single characters': /^(?:##)?.$/u,
    'never used, [unused..]': /^\[unused\d+\]$/,
  };
  const groups = Object.entries(kinds).map(([name, pattern]) => ({
    name,
    members: names.flatMap((token, i) => (pattern.test(token) ? [i] : [])),
  }));
  console.log('## MiniLM: tokens\n');
  const { index, cosine } = await neighboursWithThreads(embeddingSource(w));
  printGroups(groups, measured, {
    heads: ['mean cosine of two', 'median cosine with the nearest (absolute)'],
    of: (members) => [
      digits(meanCosine(w, measured, members)),
      digits(summarise(Float64Array.from(members, (i) => Math.abs(cosine[i]))).median),
    ],
  });
  const named = Array.from(index.keys())
    .filter((i) => index[i] > i && !names[i].startsWith('[unused'))
    .toSorted((a, b) => Math.abs(cosine[b]) - Math.abs(cosine[a]));
  const pairs = named
    .slice(0, 12)
    .map((i) => `${names[i]} and ${names[index[i]]} ${digits(cosine[i])}`);
  console.log(`Nearest pairs of tokens in use: ${pairs.join(', ')}.\n`);
}

/** Mean cosine of two different features of a group: (|sum u|^2 - n) / (n (n - 1)) of their unit vectors. */
function meanCosine({ dims, data }, { squaredNorm }, members) {
  const sum = new Float64Array(dims);
  for (const i of members) {
    const length = Math.sqrt(squaredNorm[i]);
    for (let d = 0; d < dims; d++) sum[d] += data[i * dims + d] / length;
  }
  const n = members.length;
  return (sum.reduce((total, x) => total + x * x, 0) - n) / (n * (n - 1));
}

async function attention(layers, gather) {
  const [{ whole, heads }] = layers;
  const rank = heads[0].product.outputs[0];
  const all = await gaussianProduct(whole.dims, whole.dims);
  const one = await gaussianProduct(whole.dims, rank.to - rank.from);
  console.log('## MiniLM: attention, W_O W_V\n');
  console.log(`Products of Gaussian factors: ${all} all heads, ${one} one.\n`);
  const rows = [];
  for (const { layer, whole: recipe, heads: parts } of layers) {
    const measured = await measure(await gather(recipe));
    const each = [];
    for (const head of parts) each.push(efficiency(await measure(await gather(head))));
    each.sort((a, b) => a - b);
    rows.push([
      layer,
      measured.rank,
      digits(summarise(measured.capacity).total, 1),
      digits(efficiency(measured)),
      digits(effectiveRank(measured.singularValues), 1),
      digits(participationRatio(measured.singularValues), 1),
      digits(each.reduce((sum, value) => sum + value, 0) / each.length),
      `${digits(each[0])} to ${digits(each.at(-1))}`,
    ]);
  }
  printTable(
    [
      'layer',
      'rank',
      'sum C',
      'sum C / rank',
      'effective rank',
      'participation ratio',
      'sum C / rank of one head, mean',
      'least to most',
    ],
    rows,
  );
}

/** Sum C / rank of a dims x dims product of Gaussian factors with `inner` inner dimensions. */
async function gaussianProduct(dims, inner) {
  const factors = new Float64Array(inner * 2 * dims);
  fillNormal(generator(SEED), factors);
  const data = new Float64Array(dims * dims);
  for (let i = 0; i < dims; i++) {
    for (let d = 0; d < dims; d++) {
      let sum = 0;
      for (let k = 0; k < inner; k++)
        sum += factors[i * inner + k] * factors[(dims + d) * inner + k];
      data[i * dims + d] = sum;
    }
  }
  return digits(efficiency(await measure(embedding(dims, dims, data))));
}
