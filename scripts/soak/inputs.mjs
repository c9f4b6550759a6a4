// Files that random calls are given: sound ones, damaged ones, and some that are no weights.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { encodeCsv, encodeParquet } from '@polysem/io/tables';

const numbers = (count) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i + 1)));
const matrix = (rows, columns) => ({ shape: [rows, columns], data: numbers(rows * columns) });

const COLUMNS = [
  {
    name: 'label',
    values: Array.from({ length: 30 }, (_, i) => ['=1+1', '#x', 'a "b"'][i] ?? `f${i}`),
  },
  { name: 'importance', values: Float64Array.from({ length: 30 }, (_, i) => 1 / (i + 1)) },
  { name: 'kurtosis', values: Float64Array.from({ length: 30 }, (_, i) => 4 + i) },
];

const SPEC = `name: spec
compute: allocate
parameters: { importance: [4, 2, 1, 0.5], kurtosis: 9 }
axes:
  - { parameter: dims, values: [1, 2, 3] }
`;

const dictionary = encodeSafetensors([
  { name: 'W_enc', ...matrix(6, 30) },
  { name: 'W_dec', ...matrix(30, 6) },
  { name: 'b_enc', shape: [30], data: numbers(30) },
  { name: 'b_dec', shape: [6], data: numbers(6) },
]);

/** Contents by name. */
const FILES = {
  'w.npy': encodeNpy(matrix(30, 6)),
  'square.npy': encodeNpy(matrix(5, 5)),
  'nan.npy': encodeNpy({ shape: [4, 2], data: Float32Array.of(1, NaN, 2, 3, 4, Infinity, 6, 7) }),
  'empty.npy': encodeNpy({ shape: [0, 3], data: new Float32Array() }),
  'cut.npy': encodeNpy(matrix(30, 6)).subarray(0, 300),
  'sae.safetensors': dictionary,
  'cut.safetensors': dictionary.subarray(0, 700),
  'stats.csv': encodeCsv(COLUMNS),
  'stats.parquet': encodeParquet(COLUMNS),
  'rows.npy': encodeNpy({ shape: [200, 4], data: numbers(800).map((x) => Math.max(0, x)) }),
  'spec.yaml': SPEC,
  'bad.yaml': 'compute: trian\n',
  'nothing.bin': '',
  'text.txt': 'the\ncat\n',
};

/** Names that calls may give for an input. */
export const INPUTS = [
  ...Object.keys(FILES),
  'missing.npy',
  '.',
  '/dev/null',
  'http://127.0.0.1:9/w.npy',
  '',
];

/** Empties the folder and writes the inputs. */
export function writeInputs(folder) {
  for (const name of readdirSync(folder))
    rmSync(join(folder, name), { recursive: true, force: true });
  mkdirSync(join(folder, 'results'));
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
}
