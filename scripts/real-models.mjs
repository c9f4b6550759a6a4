// Measures the weights of real models; prints the tables and draws the figures of docs/real-models.md.
//
//   node scripts/fetch-minilm.mjs && node scripts/real-models.mjs minilm
//   node scripts/fetch-stockfish.mjs && node scripts/real-models.mjs stockfish

import process from 'node:process';
import { minilm } from './real-models/minilm.mjs';
import { stockfish } from './real-models/stockfish.mjs';

const parts = { minilm, stockfish };
const part = parts[process.argv[2]];
if (part === undefined) {
  console.error('real-models: expected one argument, minilm or stockfish');
  process.exitCode = 2;
} else await part();
