import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gaussianBaseline, welchBound } from '@polysem/core/capacity';
import { generator, normal } from '@polysem/numerics/random';
import { version } from '@polysem/core';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { describe, expect, it } from 'vitest';
import { polysem, polysemInTurn, polysemJson, scratch } from './polysem.ts';

function gaussian(rows: number, columns: number, seed: number) {
  const g = generator(seed);
  return {
    shape: [rows, columns],
    data: Float64Array.from({ length: rows * columns }, () => normal(g)),
  };
}

interface Measured {
  features: number;
  dims: number;
  rank: number;
  capacity: Record<'total' | 'mean' | 'median' | 'min' | 'max', number>;
  leverage: Record<'total' | 'mean' | 'median' | 'min' | 'max', number>;
  efficiency: number;
  effectiveRank: number;
  participationRatio: number;
  coherence: number | null;
  welchBound: number;
  zeroFeatures: number;
  gaussianBaseline: { total: number };
  perFeature?: { capacity: number[]; leverage: number[]; squaredNorm: number[] };
}

describe('polysem measure', () => {
  it('prints the documented JSON', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'w.npy'), encodeNpy(gaussian(20, 4, 1)));
    const m = polysemJson<Measured>(['measure', 'w.npy', '--features', 'rows'], folder);
    expect([m.features, m.dims, m.rank]).toEqual([20, 4, 4]);
    expect(m.capacity.total).toBeCloseTo(20 * m.capacity.mean, 12);
    expect(m.efficiency).toBeCloseTo(m.capacity.total / 4, 12);
    expect(m.leverage.total).toBeCloseTo(4, 10);
    expect(m.welchBound).toBe(welchBound(20, 4));
    expect(m.coherence).toBeGreaterThan(m.welchBound);
    expect(m.gaussianBaseline.total).toBe(gaussianBaseline(4, 20).total);
    expect(m.perFeature?.capacity.length).toBe(20);
    expect(m.effectiveRank).toBeLessThanOrEqual(4);
    expect(m.participationRatio).toBeLessThanOrEqual(4);
    // On the other axis there are more dimensions than features, so each feature has its own.
    const across = polysemJson<Measured>(['measure', 'w.npy', '--features', 'columns'], folder);
    expect([across.features, across.dims, across.rank]).toEqual([4, 20, 4]);
  });

  it('does not guess the axis if it matters, and names both sizes', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'w.npy'), encodeNpy(gaussian(20, 4, 1)));
    const run = polysem(['measure', 'w.npy', '--json'], folder);
    expect(run.code).toBe(2);
    expect(run.stderr).toBe(
      'polysem: w.npy: "w" is 20 x 4; give --features rows (20 features in 4 dimensions) or --features columns (4 features in 20 dimensions)\n',
    );
    writeFileSync(
      join(folder, 's.npy'),
      encodeNpy({ shape: [2, 2], data: Float64Array.of(2, 1, 1, 3) }),
    );
    expect(polysem(['measure', 's.npy'], folder).code).toBe(0);
  });

  it('lists the matrices of a file with several, and asks for one', () => {
    const folder = scratch();
    const tensors = ['embed', 'unembed'].map((name, i) => ({ name, ...gaussian(6 + i, 3, i) }));
    writeFileSync(
      join(folder, 'm.safetensors'),
      encodeSafetensors([...tensors, { name: 'bias', shape: [3], data: new Float64Array(3) }]),
    );
    const run = polysem(['measure', 'm.safetensors'], folder);
    expect(run.code).toBe(2);
    expect(run.stderr).toBe(
      'polysem: m.safetensors: holds 2 matrices; choose one with --tensor: embed (6 x 3), unembed (7 x 3)\n',
    );
    const chosen = polysemJson<Measured>(
      ['measure', 'm.safetensors', '--tensor', 'unembed', '--features', 'rows'],
      folder,
    );
    expect(chosen.features).toBe(7);
    expect(
      polysem(['measure', 'm.safetensors', '--tensor', 'bias', '--features', 'rows'], folder).code,
    ).toBe(2);
    expect(polysem(['measure', 'm.safetensors', '--tensor', 'nope'], folder).stderr).toContain(
      'has no tensor "nope"; it holds bias (3), embed (6 x 3)',
    );
  });

  it('writes all features to CSV and to a file of JSON, and omits long lists from the printed JSON', () => {
    const folder = scratch();
    const w = gaussian(4097, 2, 3);
    w.data.fill(0, 0, 2);
    writeFileSync(join(folder, 'w.npy'), encodeNpy(w));
    const m = polysemJson<Measured>(
      [
        'measure',
        'w.npy',
        '--features',
        'rows',
        '--no-coherence',
        '--per-feature',
        'each.csv',
        '--out',
        'all.json',
      ],
      folder,
    );
    expect([m.perFeature, m.coherence, m.zeroFeatures]).toEqual([undefined, null, 1]);
    const lines = readFileSync(join(folder, 'each.csv'), 'utf8').trimEnd().split('\n');
    expect(JSON.parse(readFileSync(join(folder, 'each.csv.json'), 'utf8'))).toMatchObject({
      polysem: version,
      seed: 0,
      configuration: { file: 'w.npy' },
    });
    expect(lines[0]).toBe('feature,capacity,leverage,squaredNorm,interference,participation');
    expect(lines[1]).toBe('0,0,0,0,0,0');
    expect(lines.length).toBe(4098);
    const total = lines.slice(1).reduce((sum, line) => sum + Number(line.split(',')[1]), 0);
    expect(total).toBeCloseTo(m.capacity.total, 9);
    const { perFeature, ...rest } = JSON.parse(
      readFileSync(join(folder, 'all.json'), 'utf8'),
    ) as Measured;
    expect(rest).toEqual(m);
    expect(perFeature?.capacity).toEqual(lines.slice(1).map((line) => Number(line.split(',')[1])));
  });

  it('draws capacities beside chance, and nothing where all vectors are zero', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'w.npy'), encodeNpy(gaussian(40, 8, 4)));
    writeFileSync(
      join(folder, 'zero.npy'),
      encodeNpy({ shape: [3, 2], data: new Float64Array(6) }),
    );
    const words = ['--features', 'rows', '--figure'];
    await polysemInTurn(['measure', 'w.npy', ...words, 'w.svg'], folder);
    const svg = readFileSync(join(folder, 'w.svg'), 'utf8');
    for (const text of ['Capacity of the features', 'capacity, random Gaussian'])
      expect(svg).toContain(text);
    const { code, stderr } = await polysemInTurn(
      ['measure', 'zero.npy', ...words, 'z.svg'],
      folder,
    );
    expect([code, stderr]).toEqual([0, 'z.svg is not drawn: every vector is zero\n']);
  });

  it('draws the Gram matrix, and arrows in two dimensions', () => {
    const folder = scratch();
    writeFileSync(join(folder, 'w.npy'), encodeNpy(gaussian(5, 2, 4)));
    expect(
      polysem(
        ['measure', 'w.npy', '--features', 'rows', '--gram', 'g.svg', '--arrows', 'a.svg'],
        folder,
      ).code,
    ).toBe(0);
    expect(readFileSync(join(folder, 'g.svg'), 'utf8')).toContain('Gram matrix');
    const run = polysem(['measure', 'w.npy', '--features', 'columns', '--arrows', 'b.svg'], folder);
    expect([run.code, run.stderr]).toEqual([2, 'polysem: --arrows: needs 2 dimensions, got 5\n']);
  });

  it('draws centred and normalised vectors if those were measured', () => {
    const folder = scratch();
    const file = (name: string, ...data: number[]): void =>
      writeFileSync(
        join(folder, name),
        encodeNpy({ shape: [data.length / 2, 2], data: Float64Array.from(data) }),
      );
    // Without its mean, (2, 0), the first matrix equals the second exactly.
    file('apart.npy', 1, 0, 3, 0, 2, 1, 2, -1);
    file('cross.npy', -1, 0, 1, 0, 0, 1, 0, -1);
    const drawn = (name: string, ...flags: string[]): string[] => {
      const pictures = ['--gram', `${name}-g.svg`, '--arrows', `${name}-a.svg`];
      expect(
        polysem(['measure', name, '--features', 'rows', ...pictures, ...flags], folder).code,
      ).toBe(0);
      return ['g', 'a'].map((kind) =>
        readFileSync(join(folder, `${name}-${kind}.svg`), 'utf8').replace(
          /<metadata>.*?<\/metadata>/s,
          '',
        ),
      );
    };
    expect(drawn('apart.npy', '--centre')).toEqual(drawn('cross.npy'));
  });
});
