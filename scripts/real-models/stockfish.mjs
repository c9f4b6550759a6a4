// Tables and figures of the first layer of Stockfish.

import { embedding } from '@polysem/core/embedding';
import { stockfishPath } from '../fetch-stockfish.mjs';
import { featureMeaning, KINGS, PIECES } from '../nnue.mjs';
import { drawBoards, drawCapacities, drawEfficiency } from './pictures.mjs';
import {
  digits,
  measureWithBaselines,
  open,
  printGroups,
  printMatrices,
  printTable,
  squares,
} from './tables.mjs';

const WEIGHTS = 'first layer of Stockfish';

export async function stockfish() {
  const { gather, close } = await open(stockfishPath);
  const all = await gather({ tensor: 'weights', axis: 'rows' });
  const psqt = await gather({ tensor: 'psqt', axis: 'rows' });
  await close();
  const meanings = Array.from({ length: all.features }, (_, i) => ({ i, ...featureMeaning(i) }));
  const met = meanings.filter(({ possible }) => possible);
  const w = pick(
    all,
    met.map(({ i }) => i),
  );
  const whole = await measureWithBaselines('features of legal positions', w);
  const { together, added, share } = apart(w, met);
  const matrices = [
    await measureWithBaselines('all features', all),
    whole,
    await measureWithBaselines(
      `piece on a square, mean over kings (${share} of squared length)`,
      together,
    ),
    await measureWithBaselines('deviation from that mean', added),
  ];
  console.log('## Stockfish: the whole layer\n');
  printMatrices(matrices);
  console.log('## Stockfish: the features of one square of our king, measured separately\n');
  const kings = [];
  for (const king of ['e1', 'g1', 'e4']) {
    const members = met.flatMap((meaning, at) => (meaning.king === king ? [at] : []));
    // oxlint-disable-next-line no-await-in-loop -- one after another, because each takes all threads
    kings.push(await measureWithBaselines(`king ${king}`, pick(w, members)));
  }
  printMatrices(kings);
  const boards = printParts(met, whole.measured, psqt);
  await drawEfficiency(
    'stockfish-efficiency.svg',
    WEIGHTS,
    'Stockfish: efficiency compared with baselines',
    [whole, ...kings],
  );
  await drawCapacities(
    'stockfish-capacity.svg',
    WEIGHTS,
    'Stockfish: capacities of features compared with the baseline',
    whole,
  );
  await drawBoards(
    'stockfish-squares.svg',
    WEIGHTS,
    'Stockfish: mean capacity of a piece on a square, over all squares of our king',
    boards,
    6,
  );
}

const total = (numbers, group) => group.reduce((sum, at) => sum + numbers[at], 0);
const shown = (value) => (Number.isNaN(value) ? '' : digits(1000 * value, 1));

/** Selects features. */
function pick({ dims, data }, members) {
  const rows = new Float32Array(members.length * dims);
  members.forEach((from, at) => rows.set(data.subarray(from * dims, (from + 1) * dims), at * dims));
  return embedding(dims, members.length, rows);
}

/** Splits features into their mean over all squares of our king and the deviation of each square from that mean. */
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
  return {
    together: embedding(w.dims, groups.size, means),
    added: embedding(w.dims, w.features, rest),
    share: digits(1 - squares(rest) / squares(w.data), 2),
  };
}

/** Prints tables by piece, by square of our king and by square; returns the data of the boards. */
function printParts(met, measured, psqt) {
  const members = (wanted) => met.flatMap((meaning, at) => (wanted(meaning) ? [at] : []));
  const both = ['our', 'their'].flatMap((side) =>
    [...PIECES, 'king'].map((piece) => ({ side, piece, name: `${side} ${piece}` })),
  );
  console.log('## Stockfish: by piece\n');
  printGroups(
    both.map(({ name, side, piece }) => ({
      name,
      members: members((m) => m.side === side && m.piece === piece),
    })),
    measured,
    {
      heads: ['piece value, mean'],
      of: (group) => {
        const rows = group.map((at) =>
          psqt.data.subarray(met[at].i * psqt.dims, (met[at].i + 1) * psqt.dims),
        );
        const all = rows.reduce((sum, row) => sum + row.reduce((part, x) => part + x, 0), 0);
        return [digits(all / rows.length / psqt.dims, 0)];
      },
    },
  );
  console.log('## Stockfish: by square of our king, sum C and root mean square length\n');
  const files = ['e', 'f', 'g', 'h'];
  const rows = [];
  for (let rank = KINGS / files.length; rank >= 1; rank--) {
    const groups = files.map((file) => members((m) => m.king === `${file}${rank}`));
    rows.push([
      rank,
      ...groups.map((group) => digits(total(measured.capacity, group), 1)),
      ...groups.map((group) =>
        digits(Math.sqrt(total(measured.squaredNorm, group) / group.length), 0),
      ),
    ]);
  }
  printTable(['rank', ...files, ...files.map((file) => `length, ${file}`)], rows);
  console.log('## Stockfish: by square, mean capacity in thousandths\n');
  return both.map(({ name, side, piece }) => {
    const values = Array.from({ length: 64 }, (_, i) => {
      const square = `${'abcdefgh'[i % 8]}${1 + (i >> 3)}`;
      const group = members((m) => m.side === side && m.piece === piece && m.square === square);
      return group.reduce((sum, at) => sum + measured.capacity[at], 0) / group.length;
    });
    printTable(
      [name, ...'abcdefgh'],
      Array.from({ length: 8 }, (_, r) => [
        8 - r,
        ...values.slice((7 - r) * 8, (8 - r) * 8).map(shown),
      ]),
    );
    return { name, values };
  });
}
