import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { polysem, polysemJson, scratch } from './polysem.ts';

interface GeometryJson {
  verdict: string;
  blocks: {
    features: number[];
    dims: number;
    capacity: number;
    shape: string;
    confidence: number;
  }[];
  components: number[][];
  eigenspaces: { features: number[] }[];
  efficient: boolean;
  distance: number;
  ignored: number[];
  full: number[];
  capacity: number[];
  dynamics: { rows: { step: number }[] } | null;
  neurons: Record<'before' | 'after', { featuresPerNeuron: number; neuronsPerFeature: number }>;
}

/** A pentagon in two dimensions, an unequal antipodal pair in the third, a single feature in the fourth. */
function writeExample(folder: string): void {
  const pentagon = [0, 1, 2, 3, 4].map((k) => {
    const angle = (2 * Math.PI * k) / 5;
    return [Math.cos(angle), Math.sin(angle), 0, 0];
  });
  const rows = [...pentagon, [0, 0, Math.sqrt(0.1), 0], [0, 0, -Math.sqrt(0.9), 0], [0, 0, 0, 2]];
  const turn = Math.SQRT1_2;
  const mixed = rows.map(([a, b, c, d]) => [turn * (a + c), b, turn * (c - a), d]);
  writeFileSync(join(folder, 'w.csv'), mixed.map((row) => row.join(',')).join('\n'));
}

/** The header of a safetensors file. */
function headerOf(path: string): object {
  const bytes = readFileSync(path);
  return JSON.parse(bytes.toString('utf8', 8, 8 + bytes.readUInt32LE(0))) as object;
}

describe('polysem geometry', () => {
  it('names blocks, finds the efficient form and draws figures', () => {
    const folder = scratch();
    writeExample(folder);
    const words = ['geometry', 'w.csv', '--features', 'rows', '--figures', 'pictures'];
    const found = polysemJson<GeometryJson>([...words, '--efficient', 'near.safetensors'], folder);
    expect(found.verdict).toBe('blocks');
    expect(found.blocks.map(({ shape, features, dims }) => [shape, features.length, dims])).toEqual(
      [
        ['pentagon', 5, 2],
        ['unequal antipodal pair', 2, 1],
        ['single', 1, 1],
      ],
    );
    for (const { capacity, dims } of found.blocks) expect(capacity).toBeCloseTo(dims, 9);
    expect(found.components).toEqual([[0, 1, 2, 3, 4], [5, 6], [7]]);
    expect(found.full).toEqual([7]);
    [0.4, 0.4, 0.4, 0.4, 0.4, 0.1, 0.9, 1].forEach((c, i) =>
      expect(found.capacity[i]).toBeCloseTo(c, 9),
    );
    expect(found.efficient).toBe(true);
    expect(found.distance).toBeLessThan(1e-7);
    // Rotated by 45 degrees, so that the first and third neuron mix pentagon and pair.
    expect(found.neurons.after.featuresPerNeuron).toBeLessThan(
      found.neurons.before.featuresPerNeuron,
    );
    expect(readdirSync(join(folder, 'pictures')).toSorted()).toEqual([
      'gram.svg',
      'shapes.svg',
      'spectrum.svg',
    ]);
    expect(readFileSync(join(folder, 'pictures/shapes.svg'), 'utf8')).toContain('pentagon');
    expect(Object.keys(headerOf(join(folder, 'near.safetensors'))).toSorted()).toEqual([
      'B',
      'P',
      'Q',
      'W',
      '__metadata__',
    ]);
    const again = polysemJson<GeometryJson>(['geometry', 'near.safetensors'], folder);
    expect(again.efficient).toBe(true);
    expect(polysem(['geometry', 'near.safetensors'], folder).stdout).toContain('W = Q B P');
  });

  it('tracks blocks through a recorded history', () => {
    const folder = scratch();
    const train =
      'train --model compression --activation relu --features 5 --dims 2 --importance 1 --density 0.05 --steps 1500 --seeds 1 --history 6 --out toy.safetensors';
    expect(polysem(train.split(' '), folder).code).toBe(0);
    const found = polysemJson<GeometryJson>(
      ['geometry', 'toy.safetensors', '--figures', '.'],
      folder,
    );
    expect(found.dynamics?.rows.map(({ step }) => step)).toEqual([0, 300, 600, 900, 1200, 1500]);
    expect(readdirSync(folder)).toContain('dynamics.svg');
    expect(readdirSync(folder)).toContain('arrows.svg');
  });

  it('reports that there is no block structure', () => {
    const folder = scratch();
    const rows = Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: 6 }, (_2, d) => Math.sin(1 + 7.13 * i * i + 3.7 * d * (i + 1))).join(
        ',',
      ),
    );
    writeFileSync(join(folder, 'w.csv'), rows.join('\n'));
    const { stdout, code } = polysem(['geometry', 'w.csv', '--features', 'rows'], folder);
    expect(code).toBe(0);
    expect(stdout).toContain('no block structure at this noise level');
    expect(stdout).toContain('of random directions');
  });

  it('averages over nonzero neurons and features, at any scale, and prints no empty table', () => {
    const folder = scratch();
    // The same vector five times: after alignment one neuron has it, and the average excludes the others.
    writeFileSync(join(folder, 'same.csv'), '1,1,1\n'.repeat(5));
    writeFileSync(join(folder, 'alone.csv'), '0,0,0\n0,0,0\n1,0,0\n0,1,0\n0,0,1\n');
    writeFileSync(join(folder, 'huge.csv'), '1e200,0\n-1e200,0\n0,1e200\n0,-1e200\n');
    const geometryOf = (file: string) =>
      polysemJson<GeometryJson>(['geometry', file, '--features', 'rows'], folder);
    const { neurons } = geometryOf('same.csv');
    expect(neurons.before).toMatchObject({ featuresPerNeuron: 5, neuronsPerFeature: 3 });
    expect(neurons.after.featuresPerNeuron).toBeCloseTo(5, 9);
    const huge = geometryOf('huge.csv');
    expect(huge.blocks.map(({ shape }) => shape)).toEqual(['antipodal pair', 'antipodal pair']);
    expect(huge.neurons.after.featuresPerNeuron).toBeCloseTo(2, 9);
    const { stdout } = polysem(['geometry', 'alone.csv', '--features', 'rows'], folder);
    expect(stdout).not.toContain('tightness');
    expect(stdout).toContain('1 eigenspace of S; mean localisation of features 1 ');
    expect(stdout).toMatch(/aligned with blocks +1 +1 +1/);
  });

  it.each([
    [['--noise', '1'], '--noise'],
    [['--noise', 'x'], '--noise'],
    [['--signs', 'some'], '--signs'],
    [['--significance', '2'], 'polysem: --significance: must lie in (0, 1)'],
    [['--threshold', '-1'], '--threshold'],
    [['--figures', ''], '--figures: empty path'],
    [['--figures', 'w.csv/in'], '--figures'],
    [['--tensor', 'V'], 'w.csv'],
    [['--figures', 'w.csv'], '--figures'],
  ])('refuses %j in one line', (words, named) => {
    const folder = scratch();
    writeExample(folder);
    const run = polysem(['geometry', 'w.csv', '--features', 'rows', ...words], folder);
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
    expect(run.stderr).toContain(named);
  });
});
