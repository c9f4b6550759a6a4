import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy } from '@polysem/io';
import { allocateQuadratic } from '@polysem/core/theory';
import { describe, expect, it } from 'vitest';
import { polysem, polysemCutBy, polysemJson, scratch } from './polysem.ts';

interface Allocated {
  capacity: number[];
  squaredNorm: number[];
  price: number;
  loss: number;
  phase: string[];
  degenerate: boolean;
}

interface Measured {
  features: number;
  dims: number;
  rank: number;
  capacity: { total: number };
  efficiency: number;
  perFeature: { capacity: number[]; leverage: number[]; squaredNorm: number[] };
}

describe('polysem allocate', () => {
  it('prints the documented JSON, with the numbers of the library', () => {
    const result = polysemJson<Allocated>([
      'allocate',
      '--importance',
      '4,2,1,0.5',
      '--kurtosis',
      '18',
      '--dims',
      '2',
    ]);
    const expected = allocateQuadratic({ importance: [4, 2, 1, 0.5], kurtosis: 18, dims: 2 });
    expect(result).toMatchObject({
      capacity: [...expected.capacity],
      squaredNorm: [...expected.squaredNorm],
      price: expected.price,
      loss: expected.loss,
      phase: expected.phase,
      degenerate: false,
    });
  });

  it('prints long results in pieces, the same JSON as --out writes', () => {
    const folder = scratch();
    const features = 60_000;
    const data = Float64Array.from({ length: features }, (_, i) => 1 + i / 7);
    writeFileSync(join(folder, 'v.npy'), encodeNpy({ shape: [features], data }));
    const longest = `let most = 0;
      const write = process.stdout.write.bind(process.stdout);
      process.stdout.write = (text, ...rest) => ((most = Math.max(most, text.length)), write(text, ...rest));
      process.on('exit', () => process.stderr.write('longest ' + most));`;
    const words = ['allocate', '--importance', 'v.npy', '--kurtosis', '3', '--dims', '9'];
    const run = polysemCutBy(longest, [...words, '--json', '--out', 'out.json'], folder);
    expect(run.code).toBe(0);
    expect(run.stdout).toBe(readFileSync(join(folder, 'out.json'), 'utf8'));
    expect(run.stdout).toBe(`${JSON.stringify(JSON.parse(run.stdout))}\n`);
    expect(run.stdout.length).toBeGreaterThan(1e6);
    expect(Number(/longest (\d+)/.exec(run.stderr)?.[1])).toBeLessThan(2e5);
  });

  it('accepts one kurtosis per feature, or density and distribution of the inputs', () => {
    const each = polysemJson<Allocated>([
      'allocate',
      '--importance',
      '2.897,0.761,1.11',
      '--kurtosis',
      '7.921,11.828,2.73',
      '--dims',
      '2',
    ]);
    expect(each.capacity[2]).toBeCloseTo(0.292838, 5);
    const byDensity = polysemJson<Allocated>([
      'allocate',
      '--importance',
      '4,2,1',
      '--density',
      '0.1',
      '--dims',
      '1',
    ]);
    const byKurtosis = polysemJson<Allocated>([
      'allocate',
      '--importance',
      '4,2,1',
      '--kurtosis',
      '18',
      '--dims',
      '1',
    ]);
    byKurtosis.capacity.forEach((c, i) => expect(byDensity.capacity[i]).toBeCloseTo(c, 12));
    const laplace = polysemJson<Allocated>([
      'allocate',
      '--importance',
      '4,2,1',
      '--density',
      '0.5',
      '--shape',
      'laplace',
      '--dims',
      '1',
    ]);
    const twelve = polysemJson<Allocated>([
      'allocate',
      '--importance',
      '4,2,1',
      '--kurtosis',
      '12',
      '--dims',
      '1',
    ]);
    twelve.capacity.forEach((c, i) => expect(laplace.capacity[i]).toBeCloseTo(c, 12));
  });

  it('reports that the critical point is degenerate, and chooses the even allocation', () => {
    const result = polysemJson<Allocated>([
      'allocate',
      '--importance',
      '1,1,1,1',
      '--density',
      '0.6',
      '--dims',
      '2',
    ]);
    expect([result.degenerate, result.capacity]).toEqual([true, [0.5, 0.5, 0.5, 0.5]]);
  });

  it('writes a D x N matrix that attains the optimum, and figures', () => {
    const folder = scratch();
    const words = ['allocate', '--importance', '4,2,1,0.5', '--kurtosis', '18', '--dims', '2'];
    const result = polysemJson<Allocated>(
      [...words, '--embedding', 'w.npy', '--bars', 'bars.svg', '--curves', 'curves.svg'],
      folder,
    );
    const measured = polysemJson<Measured>(['measure', 'w.npy', '--features', 'columns'], folder);
    expect([measured.features, measured.dims]).toEqual([4, 2]);
    measured.perFeature.capacity.forEach((c, i) =>
      expect(Math.abs(c - result.capacity[i])).toBeLessThan(1e-8),
    );
    measured.perFeature.squaredNorm.forEach((n, i) =>
      expect(Math.abs(n - result.squaredNorm[i])).toBeLessThan(1e-8),
    );
    for (const name of ['bars.svg', 'curves.svg'])
      expect(readFileSync(join(folder, name), 'utf8')).toMatch(/^(<\?xml[^>]*>\s*)?<svg/);
  });

  it('reads importances from a file, and prints a table', () => {
    const folder = scratch();
    polysemJson(
      ['allocate', '--importance', '3', '--kurtosis', '18', '--dims', '1', '--embedding', 'w.npy'],
      folder,
    );
    const refused = polysem(
      ['allocate', '--importance', 'w.npy', '--kurtosis', '18', '--dims', '1'],
      folder,
    );
    expect([refused.code, refused.stderr]).toEqual([
      2,
      'polysem: --importance: w.npy has shape 1 x 1; give a one-dimensional array\n',
    ]);
    const run = polysem(['allocate', '--importance', '4,1', '--kurtosis', '18', '--dims', '1']);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('global optimum');
    expect(run.stdout).toMatch(/0 +4 +18 +0\.\d{6}/);
  });
});

interface Trained {
  loss: number;
  optimum: number;
  gap: number;
  capacity: number[];
  squaredNorm: number[];
  seed: number;
  losses: number[];
}

describe('polysem train', () => {
  const words = [
    'train',
    '--model',
    'computation',
    '--activation',
    'quadratic',
    '--features',
    '6',
    '--dims',
    '3',
    '--importance',
    '2,1,1,1,0.6,0.3',
    '--density',
    '0.1',
  ];

  it('prints the documented JSON: the best of R restarts and its gap to the certified optimum', () => {
    const result = polysemJson<Trained>([...words, '--seeds', '5', '--seed', '7']);
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining([
        'loss',
        'optimum',
        'gap',
        'capacity',
        'squaredNorm',
        'seed',
        'losses',
      ]),
    );
    expect([result.seed, result.losses.length]).toEqual([7, 5]);
    expect(result.loss).toBe(Math.min(...result.losses));
    expect(Math.abs(result.gap)).toBeLessThan(1e-9);
    const { capacity } = allocateQuadratic({
      importance: [2, 1, 1, 1, 0.6, 0.3],
      kurtosis: 18,
      dims: 3,
    });
    result.capacity.forEach((c, i) => expect(Math.abs(c - capacity[i])).toBeLessThan(1e-4));
  });

  it('writes weights that measure can read, with the same bytes for the same seed', () => {
    const folder = scratch();
    const result = polysemJson<Trained>(
      [...words, '--out', 'a.safetensors', '--bars', 'bars.svg'],
      folder,
    );
    polysemJson([...words, '--out', 'b.safetensors'], folder);
    expect(readFileSync(join(folder, 'a.safetensors'))).toEqual(
      readFileSync(join(folder, 'b.safetensors')),
    );
    const measured = polysemJson<Measured>(['measure', 'a.safetensors'], folder);
    expect([measured.features, measured.dims, measured.rank]).toEqual([6, 3, 3]);
    measured.perFeature.capacity.forEach((c, i) =>
      expect(Math.abs(c - result.capacity[i])).toBeLessThan(1e-12),
    );
  });

  it('trains compression models, and reports that they have no certified optimum', () => {
    const folder = scratch();
    const relu = [
      'train',
      '--model',
      'compression',
      '--activation',
      'relu',
      '--features',
      '4',
      '--dims',
      '2',
      '--importance',
      '1',
      '--density',
      '0.1',
      '--steps',
      '200',
      '--batch',
      '128',
      '--seeds',
      '2',
    ];
    const result = polysemJson<Trained>([...relu, '--untied', '--out', 'c.safetensors'], folder);
    expect([result.optimum, result.gap, result.losses.length]).toEqual([null, null, 2]);
    const measured = polysemJson<Measured>(['measure', 'c.safetensors', '--tensor', 'U'], folder);
    expect([measured.features, measured.dims]).toEqual([4, 2]);
  });

  it('accepts one importance for all features', () => {
    const equal = [
      'train',
      '--features',
      '5',
      '--dims',
      '2',
      '--importance',
      '2',
      '--density',
      '0.1',
    ];
    const result = polysemJson<Trained>(equal);
    result.capacity.forEach((c) => expect(c).toBeCloseTo(0.4, 5));
  });

  it('trains on sampled inputs with any optimiser', () => {
    const adam = polysemJson<Trained>([
      ...words,
      '--loss',
      'sampled',
      '--steps',
      '400',
      '--batch',
      '512',
      '--lr',
      '0.03',
      '--seeds',
      '2',
    ]);
    expect(adam.gap).toBeGreaterThan(0);
    expect(adam.gap).toBeLessThan(0.5);
    const sample = polysemJson<Trained>([
      ...words,
      '--loss',
      'sampled',
      '--optimizer',
      'lbfgs',
      '--seeds',
      '1',
    ]);
    expect(sample.gap).toBeGreaterThan(0);
    expect(sample.gap).toBeLessThan(0.1);
  });

  it('gives null where there is no theory, and fails with one line if training diverges', () => {
    const positive = polysemJson<Trained>([...words, '--shape', 'uniform-positive']);
    expect([positive.optimum, positive.gap]).toEqual([null, null]);
    const run = polysem([
      ...words,
      '--loss',
      'sampled',
      '--optimizer',
      'sgd',
      '--lr',
      '1000',
      '--steps',
      '20',
      '--json',
    ]);
    expect([run.code, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toMatch(/^polysem: training diverged in every restart[^\n]*\n$/);
  });
});

describe('importances', () => {
  const common = ['--density', '0.1', '--dims', '2'];
  const sizes = ['--seeds', '1', '--steps', '5'];

  it.each([
    ['powers of a number', ['--importance', '0.9^i', '--features', '4'], [1, 0.9, 0.81, 0.729]],
    ['one number for all features', ['--importance', '2', '--features', '3'], [2, 2, 2]],
    ['one number per feature', ['--importance', '3,2,1'], [3, 2, 1]],
    ['the numbers of a file', ['--importance', 'v.npy'], [4, 3, 2.5]],
  ])('are understood alike by allocate and train: %s', (_, words, expected) => {
    const folder = scratch();
    const v = encodeNpy({ shape: [3], data: Float64Array.of(4, 3, 2.5) });
    writeFileSync(join(folder, 'v.npy'), v);
    const allocated = polysemJson<{ configuration: { importance: number[] } }>(
      ['allocate', ...words, ...common],
      folder,
    ).configuration.importance;
    const trained = polysemJson<{ spec: { model: { importance: number[] } } }>(
      ['train', ...words, ...common, ...sizes],
      folder,
    ).spec.model.importance;
    expect(allocated).toEqual(trained);
    allocated.forEach((each, i) => expect(each).toBeCloseTo(expected[i], 12));
  });

  it.each(['allocate', 'train'])('of %s are refused if their number is unknown', (command) => {
    const run = polysem([command, '--importance', '0.9^i', ...common]);
    expect([run.code, run.stderr]).toEqual([
      2,
      'polysem: --importance: 0.9^i does not determine the number of features; give --features too\n',
    ]);
  });
});
