import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesSource, encodeNpy, openTensors } from '@polysem/io';
import { beforeAll, describe, expect, it } from 'vitest';
import { polysem, polysemJson, scratch } from './polysem.ts';

let folder: string;
/** Vectors of features 0, 2, 3 and 5 of `bad.npy`; 1 and 4 hold NaN and infinity. */
const GOOD = [1, 0, 0, 1, 1, 0.1, 0.6, -0.8];
const BAD = [1, 0, NaN, 1, 0, 1, 1, 0.1, 2, -Infinity, 0.6, -0.8];

interface Measured {
  readonly features: number;
  readonly efficiency: number;
  readonly coherentPair: readonly [number, number];
  readonly zeroFeatures: number;
  readonly interference: { readonly total: number | string };
  readonly outOfRange?: string;
  readonly skipped?: { readonly count: number; readonly features: readonly number[] };
  readonly perFeature: {
    readonly feature?: readonly number[];
    readonly capacity: readonly number[];
    readonly squaredNorm: readonly (number | string)[];
    readonly neighbour: readonly number[];
    readonly label?: readonly string[];
  };
}

const MEASURE = ['--features', 'rows'];

beforeAll(() => {
  folder = scratch();
  const write = (name: string, shape: number[], data: readonly number[]): void =>
    writeFileSync(join(folder, name), encodeNpy({ shape, data: Float64Array.from(data) }));
  write('good.npy', [4, 2], GOOD);
  write('bad.npy', [6, 2], BAD);
  write(
    'huge.npy',
    [4, 2],
    GOOD.map((x) => x * 1e300),
  );
  write(
    'tiny.npy',
    [4, 2],
    GOOD.map((x) => x * 1e-300),
  );
  write('uneven.npy', [2, 2], [1e300, 0, 0, 1]);
  writeFileSync(join(folder, 'names.txt'), 'zero\none\ntwo\nthree\nfour\nfive\n');
});

describe('measure --skip-bad', () => {
  it('is offered by the error about the first bad number', () => {
    const { code, stderr } = polysem(['measure', 'bad.npy', ...MEASURE], folder);
    expect(code).not.toBe(0);
    expect(stderr.trim()).toBe(
      'polysem: bad.npy: tensor "bad": NaN at [1, 0], in feature 1; every value must be finite; add --skip-bad to leave such features out',
    );
  });

  it('measures the others, with the numbers and names of features in the file', () => {
    const good = polysemJson<Measured>(['measure', 'good.npy', ...MEASURE], folder);
    const found = polysemJson<Measured>(
      [
        'measure',
        'bad.npy',
        ...MEASURE,
        '--skip-bad',
        '--labels',
        'names.txt',
        '--per-feature',
        'f.csv',
      ],
      folder,
    );
    const original = [0, 2, 3, 5];
    expect(found).toMatchObject({
      features: 4,
      efficiency: good.efficiency,
      coherentPair: good.coherentPair.map((i) => original[i]),
      skipped: { count: 2, features: [1, 4] },
    });
    expect(found.perFeature).toMatchObject({
      feature: original,
      capacity: good.perFeature.capacity,
      neighbour: good.perFeature.neighbour.map((i) => original[i]),
      label: ['zero', 'two', 'three', 'five'],
    });
    const rows = readFileSync(join(folder, 'f.csv'), 'utf8').trim().split('\n').slice(1);
    expect(rows.map((row) => row.split(',').slice(0, 2))).toEqual([
      ['0', 'zero'],
      ['2', 'two'],
      ['3', 'three'],
      ['5', 'five'],
    ]);
  });

  it('counts and names what is left out in text and on the page', () => {
    const { code, stdout } = polysem(
      ['measure', 'bad.npy', ...MEASURE, '--skip-bad', '--report', 'r.html'],
      folder,
    );
    expect(code).toBe(0);
    expect(stdout).toContain('left out, as they hold NaN or infinity: 2 features: 1, 4\n');
    const page = readFileSync(join(folder, 'r.html'), 'utf8');
    expect(page).toContain('<p>Left out, as they hold NaN or infinity: 2 features: 1, 4.</p>');
  });

  it('changes nothing for a matrix without bad numbers', () => {
    const plain = polysemJson<Measured>(['measure', 'good.npy', ...MEASURE], folder);
    expect(polysemJson(['measure', 'good.npy', ...MEASURE, '--skip-bad'], folder)).toEqual(plain);
    expect(plain.skipped).toBeUndefined();
    expect(plain.outOfRange).toBeUndefined();
  });
});

interface Geometry {
  readonly blocks: readonly { readonly features: readonly number[] }[];
  readonly full: readonly number[];
  readonly ignored: readonly number[];
  readonly eigenspaces: readonly { readonly features: readonly number[] }[];
  readonly shapes: readonly { readonly features: readonly number[] }[];
  readonly capacity: readonly number[];
  readonly skipped?: { readonly count: number; readonly features: readonly number[] };
  readonly feature?: readonly number[];
}

describe('geometry --skip-bad', () => {
  /** Two orthogonal antipodal pairs, a single feature and a zero vector, in 3 dimensions. */
  const vectors = [
    [1, 0, 0],
    [0, 1, 0],
    [-1, 0, 0],
    [0, -1, 0],
    [0, 0, 1],
    [0, 0, 0],
  ];
  /** Index of each of them in `bad-shapes.npy`; 0 and 3 hold NaN and infinity. */
  const original = [1, 2, 4, 5, 6, 7];

  beforeAll(() => {
    const write = (name: string, rows: readonly number[][]): void =>
      writeFileSync(
        join(folder, name),
        encodeNpy({ shape: [rows.length, 3], data: Float64Array.from(rows.flat()) }),
      );
    write('shapes.npy', vectors);
    const [a, b, ...others] = vectors;
    write('bad-shapes.npy', [[NaN, 0, 0], a, b, [0, 0, Infinity], ...others]);
  });

  it('is offered by the error about the first bad number', () => {
    const { code, stderr } = polysem(['geometry', 'bad-shapes.npy', ...MEASURE], folder);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/NaN at \[0, 0\]; add --skip-bad to leave such features out\n$/);
  });

  it('finds the geometry of the others, with the numbers of features in the file', () => {
    const good = polysemJson<Geometry>(['geometry', 'shapes.npy', ...MEASURE], folder);
    const found = polysemJson<Geometry>(
      ['geometry', 'bad-shapes.npy', ...MEASURE, '--skip-bad', '--figures', 'drawn'],
      folder,
    );
    const inFile = (features: readonly number[]): number[] => features.map((i) => original[i]);
    const renumbered = (blocks: readonly { readonly features: readonly number[] }[]) =>
      blocks.map(({ features }) => inFile(features));
    expect(good.blocks).toHaveLength(3);
    expect(found.skipped).toEqual({ count: 2, features: [0, 3] });
    expect(found.feature).toEqual(original);
    expect(found.capacity).toEqual(good.capacity);
    for (const part of ['blocks', 'eigenspaces', 'shapes'] as const)
      expect(found[part].map(({ features }) => features)).toEqual(renumbered(good[part]));
    expect([found.full, found.ignored]).toEqual([inFile(good.full), inFile(good.ignored)]);
    const svg = (name: string): string => readFileSync(join(folder, 'drawn', name), 'utf8');
    expect(svg('arrows.svg')).toContain('feature 6: capacity 1');
    expect(svg('arrows.svg')).not.toContain('feature 3:');
    expect(svg('gram.svg')).toContain('>7<');
    expect(svg('gram.svg')).not.toContain('>3<');
  });

  it('names them in text, and in the file of the nearest efficient matrix', async () => {
    const { code, stdout } = polysem(
      ['geometry', 'bad-shapes.npy', ...MEASURE, '--skip-bad', '--efficient', 'e.safetensors'],
      folder,
    );
    expect(code).toBe(0);
    expect(stdout).toContain('left out, as they hold NaN or infinity: 2 features: 0, 3\n');
    expect(stdout).toMatch(/antipodal pair .* 1 4\n.*antipodal pair .* 2 5\n/);
    const { metadata } = await openTensors(
      bytesSource('e.safetensors', readFileSync(join(folder, 'e.safetensors'))),
    );
    expect(metadata.original).toBe('[1,2,4,5,6,7]');
  });
});

describe('audit --skip-bad', () => {
  /** The kurtosis of feature 4 is damaged like its vector. */
  const stats = (of: readonly number[]): string =>
    `feature,name,v,k\n${of.map((i, row) => `${row},f${i},${6 - i},${i === 4 ? 'nan' : 3 + i}`).join('\n')}\n`;
  const audit = (name: string, table: string): string[] => {
    writeFileSync(join(folder, `${name}.csv`), table);
    const words = ['--importance', 'v', '--kurtosis', 'k', '--label', 'name', '--resamples', '20'];
    return ['audit', `${name}.npy`, ...MEASURE, '--stats', `${name}.csv`, ...words];
  };

  it('is offered by the error about the first bad number', () => {
    const { stderr } = polysem(audit('bad', stats([0, 1, 2, 3, 4, 5])), folder);
    expect(stderr).toContain('every value must be finite; add --skip-bad to leave such');
  });

  it('audits the others, with the rows, numbers and names of features in the file', () => {
    interface Audited {
      readonly goodness: object;
      readonly skipped?: object;
      readonly outliers: { readonly list: readonly { readonly feature: number }[] };
      readonly perFeature: { readonly feature?: readonly number[]; readonly labels: string[] };
    }
    const good = polysemJson<Audited>(audit('good', stats([0, 2, 3, 5])), folder);
    const bad = [...audit('bad', stats([0, 1, 2, 3, 4, 5])), '--skip-bad'];
    const found = polysemJson<Audited>([...bad, '--per-feature', 'a.csv'], folder);
    expect(found.goodness).toEqual(good.goodness);
    expect(found.skipped).toEqual({ count: 2, features: [1, 4] });
    expect(found.perFeature).toMatchObject({
      feature: [0, 2, 3, 5],
      labels: ['f0', 'f2', 'f3', 'f5'],
    });
    expect(found.outliers.list.map(({ feature }) => feature)).toEqual(
      good.outliers.list.map(({ feature }) => [0, 2, 3, 5][feature]),
    );
    const rows = readFileSync(join(folder, 'a.csv'), 'utf8').trim().split('\n').slice(1);
    expect(rows.map((row) => row.split(',').slice(0, 2).join())).toEqual([
      '0,f0',
      '2,f2',
      '3,f3',
      '5,f5',
    ]);
    const { stdout } = polysem(bad, folder);
    expect(stdout).toContain('left out, as they hold NaN or infinity: 2 features: 1, 4\n');
    expect(good.outliers.list.length).toBeGreaterThan(0);
    expect(stdout).toContain(
      `${found.outliers.list[0].feature} f${found.outliers.list[0].feature} `,
    );
  });

  it('uses the columns of the other features in activations', () => {
    const rows = Array.from({ length: 40 }, (_, s) =>
      Array.from({ length: 6 }, (__, i) => ((s * (i + 2)) % 7 < 3 ? ((s * 5 + i) % 11) + 1 : 0)),
    );
    const write = (name: string, of: readonly number[]): void =>
      writeFileSync(
        join(folder, name),
        encodeNpy({
          shape: [rows.length, of.length],
          data: Float64Array.from(rows.flatMap((row) => of.map((i) => row[i]))),
        }),
      );
    write('all-z.npy', [0, 1, 2, 3, 4, 5]);
    write('good-z.npy', [0, 2, 3, 5]);
    const run = (name: string, z: string, ...more: string[]) =>
      polysemJson<{ perFeature: { importance: number[]; kurtosis: number[] } }>(
        ['audit', name, ...MEASURE, '--activations', z, '--resamples', '20', ...more],
        folder,
      ).perFeature;
    const { importance, kurtosis } = run('good.npy', 'good-z.npy');
    expect(run('bad.npy', 'all-z.npy', '--skip-bad')).toMatchObject({ importance, kurtosis });
  });
});

describe('measure of entries whose squares leave the range of float64', () => {
  it('says so instead of giving null or infinity', () => {
    const good = polysemJson<Measured>(['measure', 'good.npy', ...MEASURE], folder);
    const huge = polysemJson<Measured>(['measure', 'huge.npy', ...MEASURE], folder);
    expect(huge.efficiency).toBeCloseTo(good.efficiency, 12);
    expect(huge.outOfRange).toMatch(
      /^out of range: squares of entries or their sums exceed 1\.8e308/,
    );
    expect(huge.interference.total).toBe('out of range');
    expect(huge.perFeature.squaredNorm).toEqual(GOOD.slice(0, 4).map(() => 'out of range'));
    const { stdout } = polysem(
      ['measure', 'huge.npy', ...MEASURE, '--per-feature', 'huge.csv'],
      folder,
    );
    expect(readFileSync(join(folder, 'huge.csv'), 'utf8')).not.toMatch(/inf/);
    const notes = readFileSync(join(folder, 'huge.csv.json'), 'utf8');
    expect(JSON.parse(notes)).toMatchObject({ outOfRange: huge.outOfRange });
    expect(stdout).toMatch(/out of range: squares .*; divide the matrix by its largest entry/);
    expect(stdout).not.toMatch(/Infinity|NaN|null/);
  });

  it('does not count short vectors as zero, or says that it does', () => {
    const tiny = polysemJson<Measured>(['measure', 'tiny.npy', ...MEASURE], folder);
    expect(tiny.zeroFeatures).toBe(0);
    expect(tiny.outOfRange).toMatch(/^out of range: squares of entries are below 5e-324/);
    const uneven = polysemJson<Measured>(['measure', 'uneven.npy', ...MEASURE], folder);
    expect(uneven.outOfRange).toContain('1e154 times shorter than the longest count as zero');
  });

  it('says so in geometry', () => {
    const json = polysem(['geometry', 'huge.npy', ...MEASURE, '--json'], folder).stdout;
    const { spectrum, blocks } = JSON.parse(json) as {
      spectrum: { eigenvalues: unknown[]; eigenspaces: { eigenvalue: unknown }[] };
      blocks: { gamma: unknown }[];
    };
    expect(spectrum.eigenvalues).toEqual(['out of range', 'out of range']);
    expect(spectrum.eigenspaces.map(({ eigenvalue }) => eigenvalue)).not.toContain(null);
    expect(blocks.map(({ gamma }) => gamma)).not.toContain(null);
    const { stdout } = polysem(['geometry', 'huge.npy', ...MEASURE], folder);
    expect(stdout).toContain('out of range: squares of entries exceed 1.8e308');
    expect(stdout).not.toMatch(/∞|Infinity/);
  });
});
