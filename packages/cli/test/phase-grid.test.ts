import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { polysem, polysemJson, scratch } from './polysem.ts';

interface Grid {
  spec: { x: { values: number[] } };
  capacity: number[];
  optima: number[];
  geometry?: string[];
  steps?: { from: number; to: number }[];
  predicted: number[] | null;
}

describe('polysem phase --model', () => {
  it('finds the antipodal plateau of the compression model, and draws it', () => {
    const folder = scratch();
    const words =
      'phase --model compression --dims 3 --x importance=0.5:2:3 --y density=0.02:0.005:2 --seeds 3';
    const { capacity, geometry } = polysemJson<Grid>(
      [...words.split(' '), '--geometry', '--out', 'c.svg'],
      folder,
    );
    // Three pairs in three dimensions, each named, or the octahedron that they make together.
    for (const label of geometry ?? []) expect(label).toMatch(/^(3 x antipodal pair|octahedron)$/);
    expect(geometry).toHaveLength(6);
    // Sparse and of nearly equal importance: three antipodal pairs.
    for (const c of capacity) expect(Math.abs(c - 0.5)).toBeLessThan(0.03);
    expect(readFileSync(join(folder, 'c.svg'), 'utf8')).toContain('<svg');
    expect(readdirSync(folder)).toEqual(['c.svg']);
  });

  it('agrees with the theory where there is one', () => {
    const words =
      'phase --model computation --activation quadratic --x importance=0.1:10:7 --y kurtosis=6:60:3';
    const { capacity, predicted } = polysemJson<Grid>(words.split(' '));
    capacity.forEach((c, cell) => expect(c).toBeCloseTo(predicted?.[cell] ?? NaN, 3));
  });

  it('finds a jump more finely than the grid, and draws it', () => {
    const folder = scratch();
    const words =
      'phase --model computation --activation quadratic --x importance=0.2:3:4 --y density=0.9:0.7:2 --seeds 3 --refine 6 --out jump.svg';
    const { steps } = polysemJson<Grid>(words.split(' '), folder);
    expect(steps).toHaveLength(2);
    for (const { from, to } of steps ?? []) {
      expect(from).toBeLessThan(1);
      expect(to).toBeGreaterThan(1);
      expect(Math.log(to / from)).toBeCloseTo(Math.log(15) / 3 / 64, 9);
    }
    expect(readFileSync(join(folder, 'jump.svg'), 'utf8')).toContain('C jumps');
  });

  it.each([
    ['--refine', '0'],
    ['--x', 'importance=0:1:3'],
    ['--x', 'colour=1:2:3'],
    ['--y', 'importance=1:2:3'],
    ['--x', 'dims=1:2:4'],
    ['--target', 'abs'],
    ['--activation', 'sine'],
  ])('refuses %s %s in one line', (flag, value) => {
    const run = polysem(
      [
        'phase',
        '--model',
        'compression',
        '--x',
        'importance=1:2:2',
        '--y',
        'density=0.1:0.2:2',
      ].concat([flag, value, '--json']),
    );
    expect(run.code).toBe(2);
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('polysem train', () => {
  it('trains absolute values, and compression with a hidden activation', () => {
    for (const model of [
      'vector-computation --target abs',
      'compression --hidden-activation relu',
    ]) {
      const words = `train --model ${model} --activation relu --features 3 --dims 3 --importance 1 --density 0.3 --steps 300 --seeds 1`;
      const { loss } = polysemJson<{ loss: number }>(words.split(' '));
      expect(loss).toBeLessThan(2);
    }
  });
});
