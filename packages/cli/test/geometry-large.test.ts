import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { describe, expect, it } from 'vitest';
import { polysem, scratch } from './polysem.ts';

interface GeometryJson {
  features: number;
  dims: number;
  rank: number;
  verdict: string;
  blocks: { features: number[]; dims: number; capacity: number; shape: string }[];
  efficient: boolean;
  distance: number;
  distanceIs: string;
  evidence: { compared: number | null };
  capacity: number[];
  neurons: { before: { featuresPerNeuron: number }; after: unknown };
  configuration: { tensor: string; features: string };
}

/**
 * A tight frame of all but the last two dimensions, whose rows are cosines of different frequencies, then an unequal
 * antipodal pair and a single feature in the last two dimensions. float32, feature-major.
 */
function blocks(features: number, dims: number): Float32Array {
  const w = new Float32Array(features * dims);
  const many = features - 3;
  const length = Math.sqrt((dims - 2) / many);
  for (let i = 0; i < many; i++) {
    for (let d = 0; d < dims - 2; d++) {
      w[i * dims + d] = Math.sqrt(2 / many) * Math.cos((Math.PI * (i + 0.5) * (d + 1)) / many);
    }
  }
  w[many * dims + dims - 2] = length;
  w[(many + 1) * dims + dims - 2] = -3 * length;
  w[(many + 2) * dims + dims - 1] = length;
  return w;
}

/** The same matrix with features as columns. */
function turned(w: Float32Array, features: number, dims: number): Float32Array {
  return w.map((_, at) => w[(at % features) * dims + Math.floor(at / features)]);
}

describe('polysem geometry of a large matrix', () => {
  it('reads in chunks from the chosen tensor and axis, and reports the cost', () => {
    const folder = scratch();
    const [features, dims] = [40_000, 110];
    const data = turned(blocks(features, dims), features, dims);
    writeFileSync(
      join(folder, 'w.safetensors'),
      encodeSafetensors([
        { name: 'other', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
        { name: 'stack', shape: [1, dims, features], data },
      ]),
    );
    const words = 'geometry w.safetensors --tensor stack --index 0 --features columns --threads 2';
    const { code, stdout, stderr } = polysem([...words.split(' '), '--json'], folder);
    expect(stderr).toMatch(
      /^stack: 40000 features in 110 dimensions, 18 MB in float32; read in chunks in about 10 passes, up to [\d.e+]+ multiply-adds\n/,
    );
    expect(code).toBe(0);
    const found = JSON.parse(stdout) as GeometryJson;
    expect([found.features, found.dims, found.rank]).toEqual([features, dims, dims]);
    expect(found.configuration).toMatchObject({ tensor: 'stack', features: 'columns' });
    expect(found.verdict).toBe('blocks');
    expect(found.blocks.map((block) => [block.features.length, block.dims, block.shape])).toEqual([
      [features - 3, dims - 2, 'unordered'],
      [2, 1, 'unequal antipodal pair'],
      [1, 1, 'single'],
    ]);
    // Capacities of float32 data have an error of about 1e-5.
    found.blocks.forEach((block) => {
      expect(Math.abs(block.capacity / block.dims - 1)).toBeLessThan(1e-5);
    });
    expect(found.capacity.length).toBe(features);
    expect(found.efficient).toBe(true);
    expect(found.distanceIs).toBe('to the nearest on these blocks');
    expect(found.evidence.compared).toBeLessThan(2000);
    expect(found.neurons.after).toBeNull();
  });

  it('describes the result in text and draws the figures that fit', () => {
    const folder = scratch();
    // Small enough to read whole, but too many dimensions to search for the nearest efficient matrix.
    const [features, dims] = [620, 700];
    const w = new Float32Array(features * dims);
    const small = blocks(features, 22);
    for (let i = 0; i < features; i++) w.set(small.subarray(i * 22, (i + 1) * 22), i * dims);
    writeFileSync(join(folder, 'w.npy'), encodeNpy({ shape: [features, dims], data: w }));
    const words = ['geometry', 'w.npy', '--features', 'rows', '--figures', 'pictures'];
    const { code, stdout } = polysem(words, folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^unordered +617 in 20 /m);
    expect(stdout).toMatch(/^unequal antipodal pair +2 in 1 /m);
    expect(stdout).toContain('2 shared blocks, 1 fully represented feature, 0 ignored');
    expect(stdout).toContain('efficient: W = Q B P');
    expect(stdout).not.toContain('features was compared with');
    expect(readdirSync(join(folder, 'pictures')).toSorted()).toEqual([
      'shapes.svg',
      'spectrum.svg',
    ]);
    expect(readFileSync(join(folder, 'pictures/shapes.svg'), 'utf8')).toContain(
      'unequal antipodal pair',
    );
  });

  it('refuses options for small matrices before reading', () => {
    const folder = scratch();
    writeFileSync(
      join(folder, 'w.npy'),
      encodeNpy({ shape: [620, 700], data: new Float32Array(620 * 700) }),
    );
    const words = ['geometry', 'w.npy', '--features', 'rows'];
    const refused = polysem([...words, '--efficient', 'near.safetensors'], folder);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toBe(
      'polysem: --efficient: finding the nearest efficient matrix of 620 features takes too long; choose a smaller matrix\n',
    );
    expect(polysem([...words, '--threads', '0'], folder)).toMatchObject({ code: 2, stdout: '' });
    expect(readdirSync(folder)).toEqual(['w.npy']);
  });
});
