import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { polysem, polysemInTurn, polysemJson, polysemMany, scratch } from './polysem.ts';

interface Grid {
  spec: { x: { values: number[] }; unitVariance: boolean; training: object };
  kernel: string;
  phases: string[];
  areas: Record<string, number>;
  capacity: number[];
  optima: number[];
  geometry?: string[];
  steps?: { from: number; to: number }[];
  predicted: number[] | null;
}

describe('polysem phase --model', () => {
  it('finds and draws the antipodal plateau of the compression model', () => {
    const folder = scratch();
    const words =
      'phase --model compression --dims 3 --x importance=0.5:2:3 --y density=0.02:0.005:2 --seeds 3';
    const { capacity, geometry } = polysemJson<Grid>(
      [...words.split(' '), '--geometry', '--out', 'c.svg'],
      folder,
    );
    // Three pairs in three dimensions, or the octahedron that they form together.
    for (const label of geometry ?? []) expect(label).toMatch(/^(3 x antipodal pair|octahedron)$/);
    expect(geometry).toHaveLength(6);
    // Sparse inputs with nearly equal importances give three antipodal pairs.
    for (const c of capacity) expect(Math.abs(c - 0.5)).toBeLessThan(0.03);
    expect(readFileSync(join(folder, 'c.svg'), 'utf8')).toContain('<svg');
    expect(readdirSync(folder)).toEqual(['c.svg']);
  });

  it('agrees with the theory of the quadratic model', () => {
    const words =
      'phase --model computation --activation quadratic --x importance=0.1:10:7 --y kurtosis=6:60:3';
    const { capacity, predicted } = polysemJson<Grid>(words.split(' '));
    capacity.forEach((c, cell) => expect(c).toBeCloseTo(predicted?.[cell] ?? NaN, 3));
  });

  it('locates a jump more finely than the grid, and draws it', () => {
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

  it('describes the result in words and by cell', () => {
    const folder = scratch();
    const words =
      'phase --model vector-computation --activation gelu --features 3 --dims 2 --x importance=0.1:10:2 --y density=0.1:0.05:2 --seeds 1 --batch 200 --steps 30 --kernel wasm-simd --threads 1'.split(
        ' ',
      );
    const { spec, kernel, phases, areas, capacity } = polysemJson<Grid>(words, folder);
    expect(kernel).toBe('wasm-simd');
    expect(spec.training).toMatchObject({ rows: 200, iterations: 30, restarts: 1 });
    // The same inputs as `train`: variance 1 for computation.
    expect(spec.unitVariance).toBe(true);
    phases.forEach((phase, cell) => {
      if (phase === 'ignored') expect(capacity[cell]).toBeLessThan(0.1);
      if (phase === 'full') expect(capacity[cell]).toBeGreaterThan(0.9);
    });
    expect(Object.values(areas).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    const { stdout } = polysem([...words, '--out', 'v.svg'], folder);
    expect(stdout).toContain('importance: weight of the squared error');
    expect(stdout).toContain('2 values of importance x 2 of density');
  });

  it('rejects flags that have no effect or contradict each other, with one line', async () => {
    const refused: [string, string][] = [
      ['--features 3 --dims 1 --activation gelu', '--activation: requires --model'],
      ['--features 3 --dims 1 --no-bias', '--no-bias: requires --model'],
      ['--features 3 --dims 1 --x dims=1:2:2', '--x: requires --model'],
      ['--features 3 --dims 1 --seeds 2', '--seeds: requires --trained'],
      ['--features 3 --dims 1 --threads 2', '--threads: requires --trained or --model'],
      ['--features 3 --dims 1 --trained --threads 0', '--threads: '],
      ['--features 3 --dims 1 --loss exact', '--loss: requires --trained'],
      ['--features 3 --dims 1 --refine 2', '--refine: requires --model'],
      ['--model compression --trained', '--trained: cannot be combined with --model'],
      ['--model compression --loss sampled', '--loss: cannot be combined with --model'],
      [
        '--model compression --x dims=1:2:2 --importance 1:2:3',
        '--importance: a range, but importance is on no axis',
      ],
      [
        '--model compression --x dims=1:2:2 --y density=0.1:0.2:2 --dims 2',
        '--dims: also given by --x',
      ],
      ['--model compression --y density=0.1:0.2:2 --density 0.1', '--density: also given by --y'],
      [
        '--model compression --x kurtosis=6:9:2 --density 0.1 --y dims=1:2:2',
        '--density: determined by the kurtosis',
      ],
      [
        '--model compression --x dims=1:2:2 --y density=0.1:0.2:2 --refine 2',
        '--refine: dims of --x takes whole numbers only',
      ],
      ['--model compression --x kurtosis', '--x: expected a range such as kurtosis=3:100'],
      ['--model compression --importance 3', 'such as importance=0.01:100:32, got "importance=3"'],
      ['--model compression --x kurtosis=1:9:2 --y dims=1:2:2', 'uniform-positive has kurtosis'],
    ];
    const commands = refused.map(([words]) => ['phase', ...words.split(' '), '--json']);
    const runs = await polysemMany(commands, scratch());
    runs.forEach(({ code, stdout, stderr }, k) => {
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^polysem: [^\n]+\n$/);
      expect(stderr).toContain(refused[k][1]);
    });
  });

  it.each([
    ['--refine', '0'],
    ['--x', 'importance=0:1:3'],
    ['--x', 'colour=1:2:3'],
    ['--y', 'importance=1:2:3'],
    ['--x', 'dims=1:2:4'],
    ['--target', 'abs'],
    ['--activation', 'sine'],
  ])('refuses %s %s in one line', async (flag, value) => {
    const run = await polysemInTurn(
      [
        'phase',
        '--model',
        'compression',
        '--x',
        'importance=1:2:2',
        '--y',
        'density=0.1:0.2:2',
      ].concat([flag, value, '--json']),
      scratch(),
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
