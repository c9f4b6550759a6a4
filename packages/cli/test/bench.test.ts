import { describe, expect, it } from 'vitest';
import { polysem, polysemInTurn, polysemJson, scratch } from './polysem.ts';

interface Bench {
  machine: { cpu: string; cores: number; memoryGiB: number; node: string };
  version: string;
  kernel: string;
  seed: number;
  workloads: { name: string; features: number; dims: number; instances: number; batch: number }[];
  rows: {
    work: string;
    threads: number;
    stepsPerSecond: number;
    leastStepsPerSecond: number;
    mostStepsPerSecond: number;
    microsecondsPerInstanceStep: number;
    blocks: number;
  }[];
}

interface Explained {
  work: string;
  batch: number;
  density: number;
  method: string;
  costs: { method: string; nanoseconds: number }[];
}

const QUICK = ['bench', 'training', '--quick', '--work'];

describe('polysem bench training', () => {
  it('times the named workloads', () => {
    const line = [...QUICK, '2-1x1000,5-2x10', '--threads', '1'];
    const { machine, version, kernel, seed, workloads, rows } = polysemJson<Bench>(line);
    expect(machine.node).toBe(process.versions.node);
    expect(machine.cores).toBeGreaterThan(0);
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
    expect(kernel).toMatch(/^(wasm-fma|wasm-simd|typescript)$/);
    expect(seed).toBe(0);
    expect(workloads).toMatchObject([
      { name: '5-2x10', features: 5, dims: 2, instances: 10, batch: 1024 },
      { name: '2-1x1000', features: 2, dims: 1, instances: 1000, batch: 1024 },
    ]);
    expect(rows.map(({ work, threads }) => [work, threads])).toEqual([
      ['5-2x10', 1],
      ['2-1x1000', 1],
    ]);
    for (const row of rows) {
      expect(row.leastStepsPerSecond).toBeGreaterThan(0);
      expect(row.stepsPerSecond).toBeGreaterThanOrEqual(row.leastStepsPerSecond);
      expect(row.stepsPerSecond).toBeLessThanOrEqual(row.mostStepsPerSecond);
      expect(row.blocks).toBeGreaterThanOrEqual(3);
      const instances = row.work === '5-2x10' ? 10 : 1000;
      expect(row.microsecondsPerInstanceStep * row.stepsPerSecond * instances).toBeCloseTo(1e6, 3);
    }
  });

  it('prints a table with one thread and the given number, and a reference to comparisons', () => {
    const line = [...QUICK, '5-2x10', '--threads', '2', '--kernel', 'typescript'];
    const { stdout, code } = polysem(line);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[1]).toMatch(/^polysem \d.*, kernel typescript$/);
    const rows = lines.filter((text) => text.startsWith('5-2x10 '));
    expect(rows.map((row) => row.split(/ +/)[1])).toEqual(['1', '2']);
    expect(lines.at(-1)).toContain('node bench/run.mjs training');
    expect(polysem(['bench', '--help']).stdout).toContain('node bench/run.mjs training');
  });

  it('explains without timing how the method of a step is chosen', () => {
    const line = ['bench', 'training', '--explain', '--work', '80-20,5-2x10,200-20x20@0.05'];
    const flags = ['--densities', '1,0.01', '--batch', '512'];
    const { rows } = polysemJson<{ rows: Explained[] }>([...line, ...flags]);
    expect(rows.map(({ work, density, method }) => [work, density, method])).toEqual([
      ['80-20', 1, 'dense'],
      ['80-20', 0.01, 'gram'],
      ['5-2', 1, 'dense'],
      ['5-2', 0.01, 'compact'],
      ['200-20', 0.05, 'sparse'],
    ]);
    for (const { batch, method, costs } of rows) {
      expect(batch).toBe(512);
      const chosen = costs.find((cost) => cost.method === method);
      expect(chosen?.nanoseconds).toBe(Math.min(...costs.map(({ nanoseconds }) => nanoseconds)));
    }
    const { stdout } = polysem([...line, ...flags]);
    expect(stdout).toMatch(/\n80-20 +512 +1 +dense .* % dense products, /);
    expect(stdout).toMatch(/\n5-2 +512 +0\.01 +compact +- /);
    const usual = polysemJson<{ rows: Explained[] }>(['bench', 'training', '--explain']).rows;
    expect(new Set(usual.map(({ batch }) => batch))).toEqual(new Set([1024]));
    expect(usual.length).toBeGreaterThan(20);
  });

  it.each([
    [[], "missing required argument 'what'"],
    [['allocate'], 'bench: expected one of training, got "allocate"'],
    [['training', '--work', '5-2x10,7-7x7'], '--work: must be among 5-2x10, 20-5x7'],
    [['training', '--work', ''], '--work: must be among'],
    [['training', '--threads', '0'], '--threads: expected an integer of at least 1'],
    [['training', '--threads', 'all'], '--threads: expected a number, got "all"'],
    [['training', '--kernel', 'gpu'], '--kernel: expected one of auto, wasm-fma'],
    [['training', '--quik'], 'unknown option'],
    [['training', '--densities', '1'], '--densities: requires --explain'],
    [['training', '--batch', '64'], '--batch: requires --explain'],
    [['training', '--explain', '--quick'], '--quick: --explain times nothing'],
    [['training', '--explain', '--work', '80'], '--work: expected sizes as N-D, such as 80-20'],
    [['training', '--explain', '--densities', '1,2'], '--densities: must lie in (0, 1], got 2'],
    [['training', '--explain', '--work', '80-81'], '--work: expected at most 80, got "81"'],
    [['training', '--explain', '--work', '80-20@2'], '--work: must lie in (0, 1], got 2'],
    [['training', '--explain', '--batch', '0'], '--batch: expected an integer of at least 1'],
  ])('refuses %j in one line', async (line, message) => {
    const run = await polysemInTurn(['bench', ...line], scratch());
    expect(run.stderr).toMatch(/^polysem: [^\n]+\n$/);
    expect(run.stderr).toContain(message);
    expect([run.code, run.stdout]).toEqual([2, '']);
  });
});
