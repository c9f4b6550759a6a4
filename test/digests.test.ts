import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { program } from './program.ts';

// Pins the results of small runs of every command, to detect unintended changes. Every run uses a kernel whose results are
// the same on all machines and versions of Node. After an intended change, copy the new digests from the failure message.
//
// Digests leave out what can change without a change of results: the version, paths, and prose (every string that
// contains a space).

const small = '--features 5 --dims 2 --importance 0.8^i --seeds 2 --threads 1';
const toy = `${small} --steps 40 --batch 24`;
const relu = `train --model compression --activation relu ${toy} --density 0.2`;
const quadratic = `train --activation quadratic ${toy} --density 0.1`;
const vector = `train --model vector-computation ${toy} --density 0.3`;

/** Arguments of each run, by name. The digest covers the output with --json and the file of --out. */
const runs: Record<string, string> = {
  // Training on the exact loss.
  exact: 'train --features 6 --dims 3 --importance 0.9^i --density 0.1 --seeds 3 --threads 1',
  'exact, adam': `train ${small} --density 0.1 --optimizer adam --steps 40`,
  'exact, free output weights': `train ${small} --density 0.1 --output-weights free --loss sampled --optimizer adam --steps 40 --batch 24 --kernel typescript`,

  // Activations, on samples.
  'sampled quadratic': `${quadratic} --loss sampled --optimizer adam --kernel wasm-simd`,
  relu: `${relu} --kernel wasm-simd --out relu.safetensors`,
  'relu, typescript': `${relu} --kernel typescript --out relu-typescript.safetensors`,
  ...Object.fromEntries(
    ['linear', 'gelu', 'abs', 'silu', 'tanh', 'softplus'].flatMap((activation) => [
      [
        activation,
        `train --model compression --activation ${activation} ${toy} --density 0.3 --kernel wasm-simd`,
      ],
      [
        `${activation}, typescript`,
        `train --activation ${activation} ${toy} --density 0.3 --kernel typescript --optimizer adam --loss sampled`,
      ],
    ]),
  ),

  // Models.
  untied: `${relu} --untied --no-bias --kernel wasm-simd`,
  'hidden activation': `${relu} --hidden-activation relu --kernel wasm-simd`,
  'free output weights': `train --activation relu --output-weights free ${toy} --density 0.2 --loss sampled --kernel wasm-simd`,
  'vector computation': `${vector} --kernel wasm-simd --out vector.safetensors`,
  'vector computation, typescript': `${vector} --target relu --importance-as target-coefficient --kernel typescript`,

  // Optimisers.
  sgd: `${relu} --optimizer sgd --lr 0.05 --momentum 0.8 --clip 0.5 --kernel wasm-simd`,
  adamw: `${relu} --optimizer adamw --weight-decay 0.1 --schedule constant --warm-up 5 --kernel wasm-simd`,
  'lbfgs on one sample': `${relu} --optimizer lbfgs --batch 128 --steps 20 --kernel wasm-simd`,
  'lbfgs on strata': `${relu} --optimizer lbfgs --sampling strata --batch 128 --steps 20 --kernel wasm-simd`,
  'early stop': `${relu} --steps 400 --early-stop 40:0.05 --init small --kernel wasm-simd`,
  history: `${relu} --history 4 --kernel wasm-simd --out history.safetensors`,

  // Inputs.
  'student-t': `${relu} --shape student-t --degrees-of-freedom 6 --kernel wasm-simd`,
  laplace: `${relu} --shape laplace --kernel wasm-simd`,
  gaussian: `${relu} --shape gaussian --kernel typescript`,
  rademacher: `${quadratic} --shape rademacher --loss sampled --optimizer adam --kernel wasm-simd`,
  dense: `${relu} --features 12 --dims 4 --density 1 --kernel wasm-simd`,
  compact: `${relu} --features 64 --dims 8 --density 0.06 --init kaiming --kernel wasm-simd`,
  gram: `${relu} --features 40 --dims 10 --density 0.03 --batch 1000 --kernel wasm-simd`,
  'gram, untied': `${relu} --features 40 --dims 10 --density 0.03 --batch 1000 --untied --kernel wasm-simd`,
  sparse: `${relu} --features 300 --dims 10 --density 0.004 --init orthogonal --kernel wasm-simd`,
  together: `${relu} --features 6 --correlation together:2 --kernel wasm-simd`,
  'one of': `${relu} --features 6 --correlation one-of:3 --kernel wasm-simd`,
  copula: `${relu} --correlation copula:0.4 --kernel wasm-simd`,
  'densities one by one': `${relu} --density 0.5,0.4,0.3,0.2,0.1 --kernel typescript`,
  'rows of data': `train --model compression --activation relu --inputs rows.npy --dims 2 --seeds 2 --steps 30 --batch 16 --threads 1 --kernel wasm-simd --importance 0.8^i --optimizer adam`,
  'all rows of data': `train --model compression --activation relu --inputs rows.npy --dims 2 --seeds 2 --steps 15 --threads 1 --kernel wasm-simd --importance 1`,
  instances: `${relu} --instances 3 --density 0.05..0.5 --kernel wasm-simd --out instances.safetensors`,
  'instances on two threads': `${relu} --instances 3 --density 0.05..0.5 --threads 2 --kernel wasm-simd --out two-threads.safetensors`,

  // Prediction.
  allocate:
    'allocate --importance 4,2,1,0.5 --kurtosis 5 --dims 2 --embedding embedding.npy --out embedding.npy',
  'allocate by density':
    'allocate --importance 1,0.8,0.6,0.4 --density 0.05 --shape laplace --dims 2',
  phase: 'phase --features 5 --dims 2 --density 1:0.01:5 --importance 0.1:10:5',
  'phase, trained':
    'phase --features 4 --dims 2 --density 1:0.01:3 --importance 0.1:10:3 --trained --seeds 2',
  'phase, trained on samples':
    'phase --features 3 --dims 1 --density 1:0.1:2 --importance 0.1:10:2 --trained --loss sampled --seeds 1',
  'grid of a model':
    'phase --model compression --features 3 --dims 1 --x importance=0.1:10:3 --y density=0.5:0.05:2 --batch 64 --steps 20 --seeds 2 --geometry --refine 1 --threads 1 --kernel wasm-simd',
  'grid of a model on two threads':
    'phase --model vector-computation --features 3 --x dims=1:3:3 --y density=0.5:0.05:2 --batch 64 --steps 20 --seeds 2 --threads 2 --kernel wasm-simd',

  // Measurement.
  measure:
    'measure matrix.npy --features rows --threads 1 --neighbours --baseline gaussian,unit,spectrum,norms,shuffled,sparse',
  'measure in float32': 'measure matrix.npy --features rows --threads 2 --precision float32',
  'measure, centred': 'measure matrix.npy --features rows --threads 1 --centre --normalise',
  geometry: 'geometry pentagons.npy --features rows --threads 1',
  'geometry of noise': 'geometry matrix.npy --features rows --threads 1 --signs free',
  audit:
    'audit matrix.npy --features rows --stats stats.csv --importance importance --kurtosis kurtosis --resamples 50 --threads 1',
};

/** First 16 digits of the SHA-256 of the results of each run. */
const digests: Record<string, string> = {
  abs: '77f04d865a4d8e95',
  'abs, typescript': 'c3f41e8168c8860b',
  adamw: '65605147af3ad982',
  'all rows of data': '3816a4fdc14a91ad',
  allocate: 'bcd78699c81b7730',
  'allocate by density': 'db1d2503c8991dc2',
  audit: '8267121705554952',
  compact: 'c98aa8fd2f3f0c9b',
  copula: '0570512e2d9cd2cd',
  dense: '65eeca04e0a33791',
  'densities one by one': 'f8e6501cccbdd044',
  'early stop': '601e3aff5882724b',
  exact: 'd184e17eba59c04d',
  'exact, adam': '23a1a9960e61b0d3',
  'exact, free output weights': 'd9ede168635cc871',
  'free output weights': '1bed2d6ed3e5281c',
  gaussian: '05643bf3298506da',
  gelu: '5a730b2ebd1b2774',
  'gelu, typescript': 'cc13155c9e5cf35c',
  geometry: 'd5fa2f659954e683',
  'geometry of noise': '0c4b786b6a4f17a3',
  gram: '0cbc4114f762d81c',
  'gram, untied': '5eaee49afd9d6d0e',
  'grid of a model': '2505628dbb9ea108',
  'grid of a model on two threads': '33e16eba9da23fed',
  'hidden activation': 'd74e1f4918a6453b',
  history: '03dee98064ad8985',
  instances: '61293470b8243217',
  'instances on two threads': '61293470b8243217',
  laplace: '77949476890f1165',
  'lbfgs on one sample': 'bf0d5fa3c42ba9f4',
  'lbfgs on strata': 'ff93ef75be5a7362',
  linear: '4620de7ac7adbae4',
  'linear, typescript': '0396f7c4c3812cf6',
  measure: '1969ef3a226bd8aa',
  'measure in float32': '74d934f69fc028fe',
  'measure, centred': '9046015e9719a33c',
  'one of': 'f7b681c6e007b0a3',
  phase: '4849f5b2b879de0a',
  'phase, trained': '8ffccee59b95394a',
  'phase, trained on samples': 'f71883d6e1ab71cc',
  rademacher: '02b0ab4e2568051d',
  relu: '0689d5ce1985c73a',
  'relu, typescript': 'e9ed51431fc02e1d',
  'rows of data': '8c33bf736bbdf1c6',
  'sampled quadratic': 'f82b146e26177c0f',
  sgd: 'db4f093a698e962d',
  silu: '52e731ee1a7ea0ae',
  'silu, typescript': '2138cc997eaebe03',
  softplus: '68ed3d3ba63050bc',
  'softplus, typescript': 'f61dfae083c74372',
  sparse: 'b35c9530c2ed0e86',
  'student-t': '5a629c95d7002d03',
  tanh: '0d70ded1a7e80da8',
  'tanh, typescript': '131531868925f00c',
  together: '4d1a7202c2f69d5e',
  untied: '89e495f6404e5555',
  'vector computation': 'b95f007b53185c04',
  'vector computation, typescript': 'ade1a5b7b88511d0',
};

/** Runs all commands in one process, because starting Node for each would take most of the time. */
const runner = `
process.stdout.setMaxListeners(0);
const chunks = [];
process.stdout.write = (chunk) => (chunks.push(String(chunk)), true);
const printed = {};
for (const [name, words] of Object.entries(JSON.parse(process.argv[2]))) {
  process.argv = [process.argv[0], 'polysem', ...words];
  chunks.length = 0;
  await import(process.env.POLYSEM_PROGRAM + '?' + encodeURIComponent(name));
  if (process.exitCode !== 0) throw new Error('failed: ' + name);
  printed[name] = chunks.join('');
}
(await import('node:fs')).writeFileSync('printed.json', JSON.stringify(printed));
`;

/** Makes a .npy file of float32 numbers. */
function npy(rows: number, columns: number, value: (row: number, column: number) => number) {
  const values = Float32Array.from({ length: rows * columns }, (_, i) =>
    value(Math.floor(i / columns), i % columns),
  );
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'),
    Buffer.from(`${header.padEnd(117)}\n`, 'latin1'),
    Buffer.from(values.buffer),
  ]);
}

/** Pseudorandom numbers in [-1, 1) from exact arithmetic. */
function numbers(): () => number {
  let state = 12345;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 1073741824 - 1;
  };
}

function writeSamplingTables(folder: string): void {
  const next = numbers();
  writeFileSync(
    join(folder, 'matrix.npy'),
    npy(40, 6, () => next()),
  );
  writeFileSync(
    join(folder, 'rows.npy'),
    npy(120, 5, () => Math.max(0, next() - 0.5)),
  );
  const pentagon = [
    [1, 0],
    [0.309017, 0.951057],
    [-0.809017, 0.587785],
    [-0.809017, -0.587785],
    [0.309017, -0.951057],
  ];
  writeFileSync(
    join(folder, 'pentagons.npy'),
    npy(10, 4, (row, column) =>
      row < 5 === column < 2 ? pentagon[row % 5][column % 2] + 0.001 * next() : 0,
    ),
  );
  const rows = Array.from({ length: 40 }, () => `${2 + next()},${4 + next()}`);
  writeFileSync(join(folder, 'stats.csv'), `importance,kurtosis\n${rows.join('\n')}\n`);
}

/** Removes the parts of a value that can change (see the top of this file). */
function lasting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lasting);
  if (typeof value === 'string') {
    if (value.startsWith('{')) return lasting(JSON.parse(value));
    return value.includes(' ') ? '' : value;
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !['version', 'polysem', 'file', 'path'].includes(key))
      .map(([key, entry]) => [key, lasting(entry)]),
  );
}

/** Parts of a file to hash: the whole file, or for .safetensors the stable part of the header and the tensors. */
function partsOf(path: string): (string | Uint8Array)[] {
  const bytes = readFileSync(path);
  if (!path.endsWith('.safetensors')) return [bytes];
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const header: unknown = JSON.parse(bytes.toString('utf8', 8, end));
  return [JSON.stringify(lasting(header)), bytes.subarray(end)];
}

it('reproduces the pinned results', () => {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-digests-'));
  try {
    writeSamplingTables(folder);
    writeFileSync(join(folder, 'run.mjs'), runner);
    const words = Object.entries(runs).map(([name, line]) => {
      const given = line.split(' ');
      // allocate writes its matrix with --embedding; --out here only names the file to hash.
      const taken = given[0] === 'allocate' && given.includes('--out') ? given.slice(0, -2) : given;
      return [name, [...taken, '--json']];
    });
    const { status, stderr } = spawnSync(
      process.execPath,
      ['run.mjs', JSON.stringify(Object.fromEntries(words))],
      {
        cwd: folder,
        encoding: 'utf8',
        env: {
          ...process.env,
          POLYSEM_PROGRAM: pathToFileURL(program).href,
        },
      },
    );
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const printed = JSON.parse(readFileSync(join(folder, 'printed.json'), 'utf8')) as Record<
      string,
      string
    >;
    const now = Object.fromEntries(
      Object.entries(runs).map(([name, line]) => {
        const hash = createHash('sha256');
        hash.update(JSON.stringify(lasting(JSON.parse(printed[name]))));
        const out = /--out (\S+)/.exec(line)?.[1];
        if (out !== undefined) for (const part of partsOf(join(folder, out))) hash.update(part);
        return [name, hash.digest('hex').slice(0, 16)];
      }),
    );
    expect(now).toEqual(digests);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
