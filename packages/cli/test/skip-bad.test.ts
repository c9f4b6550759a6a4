import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy } from '@polysem/io';
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
    expect(readFileSync(join(folder, 'r.html'), 'utf8')).not.toContain('NaN at');
  });

  it('changes nothing for a matrix without bad numbers', () => {
    const plain = polysemJson<Measured>(['measure', 'good.npy', ...MEASURE], folder);
    expect(polysemJson(['measure', 'good.npy', ...MEASURE, '--skip-bad'], folder)).toEqual(plain);
    expect(plain.skipped).toBeUndefined();
    expect(plain.outOfRange).toBeUndefined();
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
