import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generator } from '@polysem/numerics/random';
import { sampleFeatures, sha256OfNumbers } from '@polysem/core/features';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { beforeAll, describe, expect, it } from 'vitest';
import { polysem, polysemInTurn, polysemJson, scratch } from './polysem.ts';

let folder: string;
const rows = 400;
const matrix = new Float64Array(rows * 4);
sampleFeatures(generator(3), { shape: 'uniform', density: 0.4, unitVariance: true }, 4, matrix);

beforeAll(() => {
  folder = scratch();
  const lines = Array.from({ length: rows }, (_, r) => matrix.slice(4 * r, 4 * r + 4).join(','));
  const npy = (shape: number[], ...data: number[]) =>
    encodeNpy({ shape, data: Float64Array.from(data) });
  const files: Record<string, Uint8Array | string> = {
    'data.npy': encodeNpy({ shape: [rows, 4], data: matrix }),
    'data.csv': `a,b,c,d\n${lines.join('\n')}\n`,
    'data.safetensors': encodeSafetensors([{ name: 'x', shape: [rows, 4], data: matrix }]),
    'two.safetensors': encodeSafetensors([
      { name: 'x', shape: [rows, 4], data: matrix },
      { name: 'y', shape: [rows, 4], data: matrix },
    ]),
    'nan.npy': npy([2, 2], 1, NaN, 3, 4),
    'huge.npy': npy([2, 2], 1e300, 1, 1, 1),
    'line.npy': npy([4], 1, 2, 3, 4),
    'empty.npy': npy([0, 4]),
    'one.npy': npy([1, 4], 1, 2, 3, 4),
    'loadings.npy': npy([4], 0.9, 0.9, 0, -0.5),
    'copula.npy': npy([2, 2], 1, 0.5, 0.5, 1),
    'oblong.npy': npy([1, 2], 1, 0.5),
    'words.csv': '1,2\n3,x\n',
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
});

interface Trained {
  readonly loss: number;
  readonly optimum: number | null;
  readonly kernel: string | null;
  readonly spec: {
    readonly model: { readonly importanceRole?: string };
    readonly inputs: unknown;
    readonly loss: string;
  };
}
const DATA = ['train', '--importance', '1', '--dims', '2'];
const DENSE = ['train', '--features', '4', '--importance', '1', '--dims', '2', '--density', '0.2'];
const RELU = ['--model', 'compression', '--activation', 'relu'];

describe('polysem train --inputs', () => {
  it('reads the same numbers from any format, and names the file in the result', () => {
    const results = ['data.npy', 'data.csv', 'data.safetensors'].map((file) =>
      polysemJson<Trained>([...DATA, '--inputs', file, '--held-out', '0.2'], folder),
    );
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    const [{ spec, kernel, optimum }] = results;
    const sha256 = sha256OfNumbers(matrix);
    expect(spec.inputs).toEqual({ kind: 'data', rows, features: 4, sha256, heldOut: 0.2 });
    expect([spec.loss, kernel, optimum]).toEqual(['exact', null, null]);
  });

  it('trains every architecture on all rows and on batches, with the same bytes for any number of threads', () => {
    for (const extra of [[], ['--optimizer', 'adam', '--steps', '60', '--history', '3']]) {
      const files = ['1', '2'].map((threads) => {
        const out = `w${threads}.safetensors`;
        const words = [...DATA, ...RELU, ...extra, '--inputs', 'data.npy', '--threads', threads];
        const run = polysem([...words, '--out', out], folder);
        expect([run.code, run.stderr]).toEqual([0, expect.any(String)]);
        return readFileSync(join(folder, out));
      });
      expect(files[1]).toEqual(files[0]);
      expect(files[0].toString('latin1')).toContain(sha256OfNumbers(matrix));
    }
  });
});

describe('polysem train', () => {
  it.each<[string[], string, string | undefined]>([
    [[], 'quadratic computation, fixed output weights, bias; importance: coefficient', undefined],
    [RELU, 'ReLU compression, linear hidden layer, tied, bias; importance: weight', 'loss-weight'],
    [
      [...RELU, '--importance-as', 'target-coefficient'],
      'tied, bias; importance: coefficient of the target',
      'target-coefficient',
    ],
  ])('says how importance enters, %j', (flags, words, role) => {
    const few = [...DENSE, ...flags, '--steps', '5', '--seeds', '1'];
    expect(polysem(few, folder).stdout).toContain(words);
    const { spec } = polysemJson<Trained>(few, folder);
    expect(spec.model.importanceRole).toBe(role);
  });

  it('says what to change if numbers are too large, without suggesting a learning rate for L-BFGS', () => {
    const run = polysem([...DATA, '--inputs', 'huge.npy', '--held-out', '0'], folder);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(
      /^polysem: training diverged .*; inputs and importances nearer to 1/,
    );
  });
});

describe('polysem train --correlation', () => {
  it.each([
    ['together:2', { kind: 'together', groups: 2 }],
    [
      'one-of:[[0,3],[1,2]]',
      {
        kind: 'one-of',
        groups: [
          [0, 3],
          [1, 2],
        ],
      },
    ],
    ['copula:0.5', { kind: 'copula', loadings: 0.5 }],
    ['copula:loadings.npy', { kind: 'copula', loadings: [0.9, 0.9, 0, -0.5] }],
  ])('%s', (text, correlation) => {
    const { spec, optimum } = polysemJson<Trained>([...DENSE, '--correlation', text], folder);
    expect(spec.inputs).toMatchObject({ kind: 'correlated', correlation });
    expect(optimum).toBeNull();
    const few = ['--steps', '20', '--batch', '512', '--seeds', '1'];
    const relu = polysemJson<Trained>([...DENSE, ...RELU, ...few, '--correlation', text], folder);
    expect(relu.loss).toBeGreaterThan(0);
  });

  it('applies to phase diagrams of any architecture', () => {
    const words = ['phase', '--model', 'computation', '--activation', 'quadratic', '--features'];
    const axes = ['4', '--dims', '2', '--x', 'importance=0.5:2:2', '--y', 'density=0.4:0.2:2'];
    const correlated = [...words, ...axes, '--seeds', '2', '--correlation', 'one-of:2'];
    const found = polysemJson<{ spec: { correlation: unknown }; predicted: unknown }>(
      correlated,
      folder,
    );
    expect(found.spec.correlation).toEqual({ kind: 'one-of', groups: 2 });
    expect(found.predicted).toBeNull();
  });
});

describe('bad inputs end in one clear line and exit code 2', () => {
  const file = (name: string, ...more: string[]) => [...DATA, '--inputs', name, ...more];
  const joint = (text: string) => [...DENSE, '--correlation', text];
  it.each<[string[], string]>([
    [file('none.npy'), 'none.npy'],
    [file('nan.npy'), '--inputs: nan.npy has NaN in row 0, feature 1; every number must be finite'],
    [file('line.npy'), '--inputs: line.npy has shape 4; data must be a matrix'],
    [file('empty.npy'), '--inputs: empty.npy has shape 0 x 4'],
    [file('words.csv'), 'words.csv: line 2'],
    [file('two.safetensors'), '--inputs: two.safetensors holds 2 matrices'],
    [file('data.npy', '--density', '0.1'), '--density: cannot be combined with --inputs'],
    [file('data.npy', '--shape', 'uniform'), '--shape: cannot be combined'],
    [file('data.npy', '--correlation', 'one-of:2'), '--correlation: cannot be combined'],
    [file('data.npy', '--features', '5'), '--features: 5, but data.npy has 4 columns'],
    [file('data.npy', '--importance', '1,2'), '--importance: 2 values for 4 features of the data'],
    [file('data.npy', '--held-out', '1'), '--held-out: must lie in [0, 1), got 1'],
    [file('one.npy'), '--held-out: 0.1 of 1 rows leaves none to train on'],
    [
      file('data.npy', '--loss', 'sampled', '--optimizer', 'lbfgs'),
      '--loss: L-BFGS needs the exact loss, over all rows',
    ],
    [[...DENSE, '--held-out', '0.1'], '--held-out: requires --inputs'],
    [[...DENSE, '--sampling', 'strata'], '--sampling: strata require L-BFGS'],
    [joint('pairs'), '--correlation: expected together:2'],
    [joint('pairs:2'), '--correlation: expected one of together, one-of, copula, got "pairs"'],
    [joint('together:x'), '--correlation: expected a number, got "x"'],
    [joint('together:[[0,1]'), '--correlation: expected lists of features'],
    [joint('together:[[0,9]]'), '--correlation: group 0 names feature 9'],
    [joint('together:3'), '--correlation: a size must be a positive integer that divides'],
    [joint('copula:2'), '--correlation: feature 0 has 2; a loading'],
    [joint('copula:copula.npy'), '--correlation: must be 4 lists of 4 numbers'],
    [joint('copula:oblong.npy'), '--correlation: oblong.npy has shape 1 x 2'],
    [joint('copula:none.npy'), 'none.npy'],
    [
      [...DENSE.slice(0, -1), '0.4', '--correlation', 'one-of:4'],
      '--density: the densities of 4 features',
    ],
    [
      ['phase', '--features', '4', '--dims', '2', '--json', '--correlation', 'one-of:2'],
      '--correlation: the theory covers independent features',
    ],
  ])('%j', async (words, message) => {
    const { code, stdout, stderr } = await polysemInTurn(words, folder);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });
});
