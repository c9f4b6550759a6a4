import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from '@polysem/io';
import { parallelPairs } from '../../runs/src/measure/parallel-pairs.ts';
import { polysem, polysemJson, scratch } from './polysem.ts';

/** Writes features as rows of a file, and their names. */
function weights(rows: readonly (readonly number[])[], names: readonly string[]): string {
  const folder = scratch();
  const data = Float64Array.from(rows.flat());
  writeFileSync(
    join(folder, 'w.npy'),
    encodeNpy({ shape: [rows.length, data.length / rows.length], data }),
  );
  writeFileSync(join(folder, 'names.csv'), ['name', ...names].join('\n'));
  return folder;
}

const MEASURE = ['measure', 'w.npy', '--features', 'rows', '--labels', 'names.csv:name'];

describe('parallelPairs', () => {
  it('lists each pair once, by decreasing |cosine|', () => {
    const index = Int32Array.of(1, 0, 1, 4, 3, -1);
    const cosine = Float64Array.of(0.5, 0.5, 0.2, -0.9, -0.9, 0);
    const nearest = { index, cosine, coherence: 0.9, pair: [3, 4] as const };
    expect(parallelPairs(nearest, 9)).toEqual([
      { features: [3, 4], cosine: -0.9 },
      { features: [0, 1], cosine: 0.5 },
      { features: [1, 2], cosine: 0.2 },
    ]);
    expect(parallelPairs(nearest, 1)).toHaveLength(1);
    expect(parallelPairs(nearest, 9, (i) => i !== 3)).toHaveLength(2);
  });
});

describe('measure --report', () => {
  it('names blocks and parallel pairs', () => {
    const height = Math.sqrt(3) / 2;
    const folder = weights(
      [
        [1, 0, 0, 0],
        [-0.5, height, 0, 0],
        [-0.5, -height, 0, 0],
        [0, 0, 1, 0],
        [0, 0, -1, 0],
        [0, 0, 0, 1],
      ],
      ['red', 'green', 'blue', 'hot', 'cold', 'alone'],
    );
    const run = polysem([...MEASURE, '--report', 'r.html'], folder);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('most parallel   hot and cold -1,');
    const page = readFileSync(join(folder, 'r.html'), 'utf8');
    expect(page).toContain('Blocks: RMS cosine between groups 0,');
    expect(page).toContain('>triangle</td>');
    expect(page).toContain('>red, green, blue</td>');
    expect(page).toContain('>antipodal pair</td>');
    expect(page).toContain('>hot, cold</td>');
    expect(page).toContain('1 other features have their own dimension');
    expect(page).toContain('Most parallel pairs');
  });

  it('reports that there are no blocks', () => {
    const rows = Array.from({ length: 12 }, (_, i) =>
      Array.from({ length: 3 }, (__, d) => Math.sin(1 + i * 7.3 + d * d * 2.9 + i * d)),
    );
    const folder = weights(
      rows,
      rows.map((_, i) => `f${i}`),
    );
    expect(polysem([...MEASURE, '--report', 'r.html'], folder).code).toBe(0);
    const page = readFileSync(join(folder, 'r.html'), 'utf8');
    expect(page).toContain('No block structure at this noise level');
    expect(page).not.toContain('Blocks: ');
    expect(page).not.toContain('Blocks (');
  });
});

interface Held {
  readonly efficiency: number;
  readonly references: readonly {
    readonly name: string;
    readonly figures: { readonly efficiency: number | null };
  }[];
}

describe('--baseline spectrum', () => {
  it('keeps a flat spectrum, which gives efficiency 1, and skips zero vectors', () => {
    const names = ['a', 'b', 'c'];
    const flat = weights(
      [
        [1, 0],
        [-0.5, Math.sqrt(3) / 2],
        [-0.5, -Math.sqrt(3) / 2],
      ],
      names,
    );
    const held = polysemJson<Held>([...MEASURE, '--baseline', 'spectrum'], flat);
    expect(held.references[0].name).toBe('own spectrum');
    // 16384 samples of C with mean 2/3 and standard deviation below 1/2: tolerance of five standard errors.
    expect(Math.abs((held.references[0].figures.efficiency ?? NaN) - 1)).toBeLessThan(0.03);
    const zeros = weights(
      names.map(() => [0, 0]),
      names,
    );
    const none = polysemJson<Held>(
      [...MEASURE, '--baseline', 'spectrum', '--report', 'r.html'],
      zeros,
    );
    expect(none.references[0].figures.efficiency).toBe(null);
  });
});
