// Draws the output of `node bench/run.mjs stream --json`: node bench/stream/figure.mjs RESULT.json FIGURE.svg

import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { version } from '@polysem/core';
import { scalingFigure } from '@polysem/figures';

const [from, to] = process.argv.slice(2);
const { date, machine, stream } = JSON.parse(readFileSync(from, 'utf8'));
const kinds = grouped(stream.rows);

function kindOf({ dims, dtype }) {
  return `${dims} dimensions, ${dtype}`;
}

/** Groups rows by dimensions and type. */
function grouped(rows) {
  const groups = new Map();
  for (const row of rows) groups.set(kindOf(row), [...(groups.get(kindOf(row)) ?? []), row]);
  return groups;
}

const series = Array.from(kinds, ([name, rows]) => ({
  name,
  points: rows.map(({ features, polysem }) => [features, polysem.median]),
})).filter(({ points }) => points.length > 1);
const svg = scalingFigure(
  { x: { label: 'features N' }, y: { label: 'time', unit: 's' }, series },
  {
    title: 'Time to measure a matrix in a file',
    provenance: { polysem: version, seed: null, configuration: { date, machine } },
  },
);
writeFileSync(to, svg);
