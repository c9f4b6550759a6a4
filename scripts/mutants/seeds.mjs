// Valid files that are damaged: small ones that the reference writers made (the fixtures of @polysem/io), and files that
// polysem writes itself. A seed is a list of files, { name, bytes }; the first is the one that is opened. A table with
// columns that are refused lists those that are read, { name, bytes, columns }.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { encodeCsv, encodeParquet } from '@polysem/io/tables';
import { recipes } from '@polysem/runs/sweep';

const FIXTURES = new URL('../../packages/io/test/fixtures/', import.meta.url);

/** A seed of fixtures; the first is opened. */
function fixtures(...names) {
  return names.map((name) => ({
    name,
    bytes: new Uint8Array(readFileSync(new URL(name, FIXTURES))),
  }));
}

function text(name, content) {
  return [{ name, bytes: new TextEncoder().encode(content) }];
}

const each = (names) => names.split(' ').map((name) => fixtures(name));

function numbers(count) {
  return Float32Array.from({ length: count }, (_, i) => (((i * 37) % 101) - 50) / 8);
}

const NPY =
  'f8.npy f4.npy f2.npy f4-fortran-3d.npy f8-fortran.npy f8-big-endian.npy i2-big-endian.npy i8.npy i4.npy u1.npy scalar.npy structured.npy empty.npy version-2.npy version-3.npy';

/** A model in two files, with its index. */
function sharded() {
  const a = { name: 'a.weight', shape: [3, 2], data: numbers(6) };
  const b = { name: 'b.weight', shape: [2, 2], data: numbers(4) };
  const c = { name: 'c', shape: [5], data: numbers(5) };
  const files = { 'a.weight': '1.safetensors', 'b.weight': '1.safetensors', c: '2.safetensors' };
  const index = { metadata: { total_size: 60 }, weight_map: files };
  return [
    ...text('model.safetensors.index.json', JSON.stringify(index, null, 2)),
    { name: '1.safetensors', bytes: encodeSafetensors([a, b]) },
    { name: '2.safetensors', bytes: encodeSafetensors([c]) },
  ];
}

/** Columns of a table with numbers, missing numbers and texts that need quotes. */
const COLUMNS = [
  { name: 'token', values: ['the', 'a, b', 'say "x"', '', '=1+1', 'é', 'NA'] },
  { name: 'norm', values: Float64Array.of(0.5, 1e-7, -3, NaN, 123456.789, 0, 2) },
  { name: 'count', values: Float32Array.of(1, 20, 300, 4000, 5, 6, 7) },
];

const MATRICES = [
  '0.5,-1.25,3\n3.14159,-0,1e-3\n7,8,9\n',
  'x,y,z\n0.5,-1.25,3\n3.25,0,1e-3\n-7.5,8,9\n',
  ',0,1,2\n0,0.5,-1.25,3\n1,3.25,0,1e-3\n2,-7.5,8,9\n',
  'name;x;y\nthe;0,5;-1,25\ncat;3,25;0,125\n"a; b";-7,5;8,5\n',
  '# made by numpy\n1.0 2.0 3.0\n4.0 5.0 6.5\n',
  '1\t2.5\n3\t4.5\n-5\t1e10\n',
];

/** The columns of the fixtures with all types whose numbers a double can hold. */
const READABLE = 'token,frequency,single,half,int8,uint32,int64,bool,some missing,no text,constant';

const LABELS = [
  text('vocab.txt', '[PAD]\nhello\n##lo\n world\n'),
  text('vocab.json', JSON.stringify({ '<unk>': 0, Ġthe: 1, Ġcat: 2, a: 3 })),
  text('labels.json', JSON.stringify(['one', 'two', 'three'])),
  text(
    'tokenizer.json',
    JSON.stringify({
      added_tokens: [{ id: 3, content: '<s>', special: true }],
      decoder: { type: 'ByteLevel' },
      model: { type: 'BPE', vocab: { a: 0, Ġb: 1, c: 2 }, merges: [] },
    }),
  ),
  text('labels.csv', 'index,label\n0,the\n1,"a, b"\n2,cat\n'),
];

/** A dictionary beside its configuration; the weights are opened. */
function dictionary(configuration) {
  const tensors = [
    { name: 'W_enc', shape: [4, 6], data: numbers(24) },
    { name: 'W_dec', shape: [6, 4], data: numbers(24) },
    { name: 'b_enc', shape: [6], data: numbers(6) },
    { name: 'b_dec', shape: [4], data: numbers(4) },
  ];
  return [{ name: 'sae.safetensors', bytes: encodeSafetensors(tensors) }, ...configuration];
}

const SAE = {
  architecture: 'jumprelu',
  d_in: 4,
  d_sae: 6,
  dtype: 'float32',
  hook_name: 'blocks.5.hook_resid_pre',
  normalize_activations: 'none',
  apply_b_dec_to_input: true,
  metadata: { model_name: 'gpt2', layers: [5], scale: 1.5e-3, note: null },
};

const SAE_YAML = `# of a training
architecture: topk
sae: {d_in: 4, d_sae: 6, "k": 3}
layers: [5, 6]
note: 'it''s "new"'
folded: >
  two
  lines
`;

const SWEEPS = [
  {
    name: 'small',
    compute: 'allocate',
    parameters: { importance: 1 },
    axes: [
      { parameter: 'kurtosis', log: { from: 4, to: 40, count: 5 } },
      {
        zip: [
          { parameter: 'dims', values: [1, 2, 3] },
          { parameter: 'features', values: [4, 4, 4] },
        ],
      },
    ],
    seeds: 2,
    measurements: ['loss', 'capacity'],
  },
  {
    name: 'trained',
    compute: 'train',
    parameters: {
      features: 5,
      dims: 2,
      importance: '0.9^i',
      task: 'compression',
      activation: 'relu',
      steps: 20,
    },
    axes: [
      {
        parameter: 'density',
        random: { distribution: 'log-uniform', from: 0.01, to: 1, count: 7, seed: 3 },
      },
    ],
    seeds: { from: 2, count: 3 },
  },
];

/** The JSON that the command line prints. */
function printed(...words) {
  const bin = fileURLToPath(new URL('../../packages/polysem/bin/polysem.js', import.meta.url));
  const { stdout } = spawnSync(process.execPath, [bin, ...words, '--json'], { encoding: 'utf8' });
  return text(`${words[0]}.json`, stdout);
}

const GRID = '--features 3 --dims 2 --steps 3 --batch 8 --seeds 1 --threads 1'.split(' ');
const SMALL = '--features 3 --dims 2 --importance 1 --seeds 1 --threads 1 --steps 3'.split(' ');

/** Makes the seeds of each parser. */
export const SEEDS = {
  npy: () => [
    ...each(NPY),
    [{ name: 'w.npy', bytes: encodeNpy({ shape: [4, 3], data: numbers(12) }) }],
  ],
  npz: () => each('stored.npz deflated.npz zip64.npz'),
  safetensors: () => [
    ...each('mixed.safetensors integers.safetensors float8.safetensors'),
    [
      {
        name: 'w.safetensors',
        bytes: encodeSafetensors([{ name: 'w', shape: [4, 3], data: numbers(12) }], { made: 'x' }),
      },
    ],
  ],
  shards: () => [sharded()],
  gguf: () => each('little-endian.gguf big-endian.gguf low-bits.gguf'),
  torch: () => each('torch-tensor.pt torch.pt torch-protocol-5.pt torch-module.pt'),
  onnx: () => [
    ...each('plain.onnx quantised.onnx'),
    fixtures('external.onnx', 'external.onnx.data'),
  ],
  parquet: () => [
    ...each('checksums.parquet coded-zstd.parquet coded-gzip.parquet coded-brotli.parquet'),
    ...each('coded-lz4.parquet long-zstd.parquet split.parquet'),
    ...each('plain-v2.parquet snappy.parquet snappy-v2.parquet').map(([file]) => [
      { ...file, columns: READABLE.split(',') },
    ]),
    [{ name: 'table.parquet', bytes: encodeParquet(COLUMNS) }],
  ],
  mat: () => each('plain.mat compressed.mat big-endian.mat'),
  'csv-matrix': () => MATRICES.map((content, i) => text(`m${i}.csv`, content)[0]).map((f) => [f]),
  'csv-table': () => [
    [{ name: 'table.csv', bytes: encodeCsv(COLUMNS) }],
    text('plain.csv', 'name,x,y\nthe,0.5,1\ncat,-1e-3,\n"a, ""b""",7,8\n'),
    text('tabs.tsv', 'name\tx\ty\nthe\t0.5\t1\ncat\t-1e-3\tnan\n'),
    text('notes.csv', '# seed: 1\n# kind: test\nx;y\n1;2\n3;4\n'),
  ],
  labels: () => LABELS,
  configuration: () => [
    dictionary(text('cfg.json', JSON.stringify(SAE, null, 2))),
    dictionary(text('config.yaml', SAE_YAML)),
  ],
  sweep: () => [
    ...recipes.map((recipe) => text(`${recipe.name}.yaml`, recipe.text)),
    ...SWEEPS.map((sweep) => text(`${sweep.name}.json`, JSON.stringify(sweep, null, 2))),
  ],
  result: () => [
    printed(
      'train',
      ...SMALL,
      '--density',
      '0.1',
      '--loss',
      'sampled',
      '--batch',
      '8',
      '--history',
      '2',
    ),
    printed(
      'phase',
      '--features',
      '3',
      '--dims',
      '2',
      '--density',
      '1:0.1:2',
      '--importance',
      '0.5:2:3',
    ),
    printed(
      'phase',
      '--model',
      'compression',
      '--x',
      'importance=0.1:10:2',
      '--y',
      'density=0.5:0.05:2',
      ...GRID,
    ),
    printed(
      'measure',
      fileURLToPath(new URL('f8.npy', FIXTURES)),
      '--features',
      'rows',
      '--threads',
      '1',
    ),
  ],
};
