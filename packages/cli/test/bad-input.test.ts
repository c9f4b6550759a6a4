import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { beforeAll, describe, expect, it } from 'vitest';
import { polysem, polysemInTurn, scratch } from './polysem.ts';

let folder: string;

/** A safetensors file with the given header. */
function safetensors(header: string, dataBytes: number, announced = header.length): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(announced), true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
}

beforeAll(() => {
  folder = scratch();
  const files: Record<string, Uint8Array> = {
    'good.npy': encodeNpy({ shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) }),
    'nan.npy': encodeNpy({ shape: [2, 2], data: Float64Array.of(1, NaN, 3, 4) }),
    'inf.npy': encodeNpy({ shape: [2, 2], data: Float64Array.of(1, 2, Infinity, 4) }),
    'empty.npy': encodeNpy({ shape: [0, 5], data: new Float64Array(0) }),
    'nan-line.npy': encodeNpy({ shape: [3], data: Float64Array.of(1, NaN, 1) }),
    'line.npy': encodeNpy({ shape: [4], data: Float64Array.of(1, 2, 3, 4) }),
    'nothing.npy': new Uint8Array(0),
    'long-header.safetensors': safetensors('{}', 0, 1 << 30),
    'negative.safetensors': safetensors(
      '{"W":{"dtype":"F32","shape":[-2,2],"data_offsets":[0,16]}}',
      16,
    ),
    'overflow.safetensors': safetensors(
      '{"W":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,16]}}',
      16,
    ),
    'overlap.safetensors': safetensors(
      '{"A":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"B":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]}}',
      24,
    ),
    'dtype.safetensors': safetensors(
      '{"W":{"dtype":"F31","shape":[2,2],"data_offsets":[0,16]}}',
      16,
    ),
    'json.safetensors': safetensors('{"W":', 16),
  };
  const whole = encodeSafetensors([
    { name: 'W', shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) },
  ]);
  files['cut.safetensors'] = whole.subarray(0, whole.length - 5);
  files['cut.npy'] = files['good.npy'].subarray(0, 140);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
});

const ALLOCATE = ['allocate', '--importance', '4,2,1', '--kurtosis', '18', '--dims', '2'];
const TRAIN = ['train', '--importance', '4,2,1', '--density', '0.1', '--dims', '2'];
const PHASE = ['phase', '--features', '3', '--dims', '1', '--json'];

/** A command with some flags replaced, or removed if null. */
function change(
  words: readonly string[],
  changes: Readonly<Record<string, string | null>>,
): string[] {
  const result = words.slice();
  for (const [flag, value] of Object.entries(changes)) {
    const at = result.indexOf(flag);
    if (at >= 0) result.splice(at, 2);
    if (value !== null) result.push(flag, value);
  }
  return result;
}

describe('bad input ends in one clear line and exit code 2', () => {
  it.each<[string[], string]>([
    [change(ALLOCATE, { '--importance': null }), '--importance: is missing'],
    [change(ALLOCATE, { '--dims': null }), '--dims: is missing'],
    [change(ALLOCATE, { '--kurtosis': null }), '--density: is missing'],
    [change(ALLOCATE, { '--density': '0.1' }), 'give one of them'],
    [change(ALLOCATE, { '--importance': '0,0' }), '--importance: all are 0'],
    [change(ALLOCATE, { '--importance': '4,-2,1' }), '--importance: feature 1 has -2'],
    [change(ALLOCATE, { '--importance': '4,,1' }), '--importance: expected a number, got ""'],
    [change(ALLOCATE, { '--importance': 'a' }), '--importance: expected a number, got "a"'],
    [change(ALLOCATE, { '--importance': 'no.npy' }), 'no.npy'],
    [change(ALLOCATE, { '--kurtosis': '0.9' }), '--kurtosis: feature 0 has 0.9'],
    [change(ALLOCATE, { '--kurtosis': '18,18' }), '--kurtosis: 2 values for 3 features'],
    [
      change(ALLOCATE, { '--dims': '4' }),
      '--dims: must be at most 3, the number of features, got 4',
    ],
    [change(ALLOCATE, { '--dims': '0' }), '--dims: expected an integer of at least 1'],
    [change(ALLOCATE, { '--dims': '1.5' }), '--dims: expected an integer'],
    [change(ALLOCATE, { '--kurtosis': null, '--density': '0' }), '--density: must lie in (0, 1]'],
    [change(ALLOCATE, { '--kurtosis': null, '--density': '2' }), '--density: must lie in (0, 1]'],
    [
      change(ALLOCATE, { '--kurtosis': null, '--density': '0.1', '--shape': 'round' }),
      '--shape: expected one of',
    ],
    [
      change(ALLOCATE, { '--kurtosis': null, '--density': '0.1', '--shape': 'uniform-positive' }),
      'inputs with mean 0',
    ],
    [
      change(ALLOCATE, {
        '--kurtosis': null,
        '--density': '0.1',
        '--shape': 'student-t',
        '--degrees-of-freedom': '4',
      }),
      '--degrees-of-freedom',
    ],
    [
      change(ALLOCATE, { '--kurtosis': null, '--density': '0.1', '--degrees-of-freedom': '9' }),
      '--degrees-of-freedom: belongs to student-t',
    ],
    [change(ALLOCATE, { '--importance': '1e200,1' }), '--importance: feature 0 has 1e+200; scale'],
    [change(ALLOCATE, { '--kurtosis': null, '--density': '1e-300' }), '--kurtosis: feature 0 has'],
    [change(ALLOCATE, { '--bars': '' }), '--bars: empty path'],
    [change(PHASE, { '--density': '1:0.1:1e9' }), '--density: expected at most 10000'],
    [change(PHASE, { '--features': '1e9' }), '--features: expected at most 100000'],
    [
      change(TRAIN, { '--importance': '1', '--features': '1e9' }),
      '--features: expected at most 100000',
    ],
    [change(TRAIN, { '--seed': '18446744073709551615' }), '--seed: expected at most'],
    [change(TRAIN, { '--importance': null }), '--importance: is missing'],
    [change(TRAIN, { '--importance': 'nan-line.npy' }), '--importance: feature 1 has NaN'],
    [change(TRAIN, { '--density': 'nan-line.npy' }), '--density: must lie in (0, 1]'],
    [change(TRAIN, { '--seeds': '1e9' }), '--seeds: must be at most 1000000'],
    [
      change(TRAIN, { '--loss': 'sampled', '--steps': '20', '--history': '1e9' }),
      '--history: must be at most 21',
    ],
    [change(TRAIN, { '--loss': 'sampled', '--batch': '1e10' }), '--batch: must be at most'],
    [change(TRAIN, { '--batch': '7' }), '--batch: the exact loss draws no inputs'],
    [change(TRAIN, { '--lr': '0.1' }), '--lr: L-BFGS has none'],
    [
      change(ALLOCATE, { '--bars': 'same.svg', '--curves': './same.svg' }),
      '--curves: ./same.svg is also the output of --bars',
    ],
    [
      change(TRAIN, {
        '--model': 'compression',
        '--activation': 'relu',
        '--importance': '1e25,1,1',
      }),
      '--importance: the largest is 1e+25',
    ],
    [change(TRAIN, { '--density': null }), '--density: is missing'],
    [change(TRAIN, { '--dims': '9' }), '--dims: must be an integer from 1 to 3'],
    [change(TRAIN, { '--features': '4' }), '--importance: 3 values for --features 4'],
    [change(TRAIN, { '--model': 'magic' }), '--model: expected one of computation'],
    [
      change(TRAIN, { '--activation': 'sine' }),
      '--activation: expected one of abs, elu, gelu, linear',
    ],
    [change(TRAIN, { '--activation': 'relu', '--loss': 'exact' }), '--loss: only the quadratic'],
    [[...TRAIN, '--untied'], '--untied: requires the task compression'],
    [
      change(TRAIN, { '--model': 'compression', '--output-weights': 'free' }),
      '--output-weights: requires',
    ],
    [change(TRAIN, { '--loss': 'none' }), '--loss: expected one of exact, sampled'],
    [change(TRAIN, { '--seeds': '0' }), '--seeds: expected an integer of at least 1'],
    [change(TRAIN, { '--seed': '-1' }), '--seed: expected an integer of at least 0'],
    [change(TRAIN, { '--loss': 'sampled', '--lr': '0' }), '--lr: must be positive'],
    [change(TRAIN, { '--out': 'no/such/folder/w.safetensors' }), '--out: no folder no/such/folder'],
    [change(ALLOCATE, { '--embedding': 'no/w.npy' }), '--embedding: no folder no'],
    [change(PHASE, { '--out': 'good.npy/p.svg' }), '--out: no folder good.npy'],
    [
      ['measure', 'good.npy', '--features', 'rows', '--per-feature', 'no/x.csv'],
      '--per-feature: no folder no',
    ],
    [['reproduce', 'figure2', '--out', 'good.npy'], '--out: good.npy is a file'],
    [
      ['reproduce', 'figure2', '--out', 'good.npy/in'],
      'is a file, so good.npy/in cannot be inside it',
    ],
    [['reproduce', 'figure2', '--out', ''], '--out: empty path'],
    [['reproduce', 'figure2', '--cells', '8'], '--cells: only for figure4, figure7, all'],
    [['reproduce', 'figure2', '--seeds', '8'], '--seeds: only for geometry, all'],
    [['reproduce', 'figure7', '--full'], '--full: figure7 alone is always computed in full'],
    [change(PHASE, { '--density': '1:0' }), '--density: expected from:to:count'],
    [change(PHASE, { '--density': '2:0.1:4' }), '--density: must lie in (0, 1]'],
    [change(PHASE, { '--importance': '0:1:4' }), '--importance: must be positive'],
    [change(PHASE, { '--importance': '1:2:0' }), '--importance: expected an integer of at least 1'],
    [change(PHASE, { '--dims': '7' }), '--dims: must be an integer from 1 to 3'],
    [change(PHASE, { '--features': null }), '--features: is missing'],
    [
      change(PHASE, { '--shape': 'uniform-positive' }),
      '--shape: the theory needs inputs with mean 0',
    ],
    [['phase', '--features', '3', '--dims', '1'], '--out: is missing'],
    [
      ['reproduce', 'figure99'],
      'reproduce: expected one of equations, figure2, figure4, figure7, geometry, kurtosis, all',
    ],
    [['measure'], "missing required argument 'file'"],
    [['measure', 'none.npy'], 'none.npy'],
    [['measure', '.'], '.'],
    [
      ['measure', 'good.npy', '--features', 'diagonal'],
      '--features: expected one of rows, columns',
    ],
    [['measure', 'nothing.npy'], 'nothing.npy'],
    [['measure', 'cut.npy'], 'cut.npy'],
    [['measure', 'cut.safetensors'], 'cut.safetensors'],
    [['measure', 'nan.npy', '--features', 'rows'], 'nan.npy'],
    [['measure', 'inf.npy', '--features', 'rows'], 'inf.npy'],
    [['measure', 'empty.npy', '--features', 'rows'], 'empty.npy'],
    [['measure', 'line.npy', '--features', 'rows'], 'line.npy'],
    [['measure', 'long-header.safetensors'], 'long-header.safetensors'],
    [['measure', 'negative.safetensors'], 'negative.safetensors'],
    [['measure', 'overflow.safetensors'], 'overflow.safetensors'],
    [['measure', 'overlap.safetensors'], 'overlap.safetensors'],
    [['measure', 'dtype.safetensors'], 'dtype.safetensors'],
    [['measure', 'json.safetensors'], 'json.safetensors'],
    [['allocate', '--nonsense'], "unknown option '--nonsense'"],
    [['conquer'], "unknown command 'conquer'"],
  ])('polysem %j', async (words, message) => {
    const run = await polysemInTurn(words, folder);
    expect(run.stderr).toMatch(/^polysem: [^\n]+\n$/);
    expect(run.stderr).toContain(message);
    expect([run.code, run.stdout]).toEqual([2, '']);
  });

  it('gives the same result in a separate process', () => {
    for (const [words, message] of [
      [change(ALLOCATE, { '--dims': '0' }), '--dims: '],
      [['measure', 'nan.npy', '--features', 'rows'], 'nan.npy'],
      [['conquer'], "unknown command 'conquer'"],
    ] as const) {
      const run = polysem(words, folder);
      expect(run.stderr).toMatch(/^polysem: [^\n]+\n$/);
      expect(run.stderr).toContain(message);
      expect([run.code, run.stdout]).toEqual([2, '']);
    }
  });

  it('leaves no journal behind', () => {
    const empty = scratch();
    polysem(change(TRAIN, { '--dims': '9' }), empty);
    polysem(
      [...TRAIN, '--loss', 'sampled', '--optimizer', 'sgd', '--lr', '1000', '--steps', '20'],
      empty,
    );
    polysem(change(PHASE, { '--dims': '7' }), empty);
    expect(readdirSync(empty)).toEqual([]);
  });

  it('does not include help and version', () => {
    expect(polysem(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(polysem(['--help']).code).toBe(0);
    expect(polysem(['phase', '--help']).stdout).toContain('--trained');
    expect(polysem([]).code).toBe(2);
  });
});
