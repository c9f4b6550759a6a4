import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, encodeSafetensors } from '@polysem/io';
import { encodeParquet } from '@polysem/io/tables';
import { beforeAll, describe, expect, it } from 'vitest';
import { labelText, shellWord } from '../../reports/src/text/label-text.ts';
import { shortNames } from '../../reports/src/measurement/short-names.ts';
import { polysemMany, scratch } from './polysem.ts';

/** A name that would clear a terminal and start a new line. */
const ODD = 'w\u001B[2J\nforged';

let folder: string;

beforeAll(() => {
  folder = scratch();
  const data = Float64Array.from({ length: 40 }, (_, i) => Math.sin(1 + i * i));
  const sae = [
    { name: 'W_enc', shape: [4, 10], data },
    { name: 'W_dec', shape: [10, 4], data },
    { name: 'b_enc', shape: [10], data: data.slice(0, 10) },
    { name: 'b_dec', shape: [4], data: data.slice(0, 4) },
  ];
  const files = {
    'odd.safetensors': encodeSafetensors([{ name: ODD, shape: [10, 4], data }]),
    'sae.safetensors': encodeSafetensors(sae),
    'gpt.safetensors': encodeSafetensors([{ name: 'wte.weight', shape: [10, 4], data }]),
    'w.npy': encodeNpy({ shape: [10, 4], data }),
    'one.npy': encodeNpy({ shape: [2, 1], data: Float64Array.of(1, 0) }),
    'huge.npy': encodeNpy({ shape: [10, 4], data: data.map((x) => x * 1e200) }),
    'tiny.npy': encodeNpy({ shape: [10, 4], data: data.map((x) => x * 1e-200) }),
    'zero.npy': encodeNpy({ shape: [3, 2], data: new Float64Array(6) }),
    'names.parquet': encodeParquet([
      { name: 'label', values: Array.from({ length: 10 }, (_, i) => `name ${i}`) },
      { name: 'v', values: Float64Array.from({ length: 10 }, (_, i) => 1 + i) },
      { name: 'k', values: new Float64Array(10).fill(6) },
    ]),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
});

describe('names of matrices, tensors and features', () => {
  it('are shortened by their common parts while they stay distinct', () => {
    const long = [0, 1, 10].map((k) => `model.encoder.layers.${k}.mlp.weight`);
    expect(shortNames(long)).toEqual(['layers.0', 'layers.1', 'layers.10']);
    expect(shortNames(['h.0.fc.weight', 'h.0.proj.weight'])).toEqual(['0.fc', '0.proj']);
    expect(shortNames(['mlp-in of layer 0 (a.0)', 'mlp-in of layer 1 (a.1)'])).toEqual([
      'mlp-in of layer 0',
      'mlp-in of layer 1',
    ]);
    expect(shortNames(['x', 'y'])).toEqual(['x', 'y']);
    expect(shortNames(['a.b', 'a.b.c'])).toEqual(['a.b', 'a.b.c']);
    expect(shortNames(['only.one'])).toEqual(['only.one']);
  });

  it('are quoted as words of a shell', () => {
    expect(shellWord('h.0.mlp/w:1')).toBe('h.0.mlp/w:1');
    expect(shellWord("it's")).toBe(String.raw`'it'\''s'`);
    expect(shellWord(`a'\n`)).toBe(String.raw`$'a\'\U0000000a'`);
  });

  it('cannot move the cursor of a terminal', async () => {
    const runs = await polysemMany(
      [
        ['measure', 'odd.safetensors', '--list'],
        ['measure', 'odd.safetensors', '--features', 'rows'],
        ['measure', 'odd.safetensors', '--tensor', 'x'],
        ['measure', 'odd.safetensors'],
        ['audit', 'odd.safetensors', '--features', 'rows', '--stats', 'names.parquet'].concat([
          '--importance',
          'v',
          '--kurtosis',
          'k',
          '--resamples',
          '0',
        ]),
      ],
      folder,
    );
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 2, 2, 0]);
    for (const { stdout, stderr } of runs) {
      expect(`${stdout}${stderr}`).not.toContain('\u001B');
      expect(stderr.trimEnd()).not.toContain('\n');
    }
    expect(runs[0].stdout).toContain(`\n${labelText(ODD)}  F64`);
    expect(runs[1].stdout.split('\n')[0]).toContain(`${labelText(ODD)}: 10 features`);
  });

  it('can come from a Parquet file', async () => {
    const words = ['measure', 'w.npy', '--features', 'rows', '--labels'];
    const [own, named, none] = await polysemMany(
      [
        [...words, 'names.parquet', '--json'],
        [...words, 'names.parquet:label', '--json'],
        [...words, 'names.parquet:nope'],
      ],
      folder,
    );
    const { perFeature } = JSON.parse(own.stdout) as { perFeature: { label: string[] } };
    expect(perFeature.label[3]).toBe('name 3');
    expect(named.stdout).toBe(own.stdout);
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(/^polysem: .*names\.parquet.*"nope".*\n$/);
  });
});

describe('measure', () => {
  it('uses the singular for one, and reports zero vectors', async () => {
    const words = ['--features', 'rows', '--report', 'r.html'];
    const [one, zero] = await polysemMany(
      [
        ['measure', 'one.npy', ...words],
        ['measure', 'zero.npy', ...words],
      ],
      folder,
    );
    expect(one.stdout.split('\n')[0]).toBe(
      'one.npy, one: 2 features in 1 dimension, rank 1, 1 zero vector',
    );
    expect(zero.code).toBe(0);
    const page = readFileSync(join(folder, 'r.html'), 'utf8');
    expect(page).toContain('Eigenvalues of S = W W^T, largest first: all are zero.');
    expect(page).not.toContain('largest capacities');
  });

  it('reports the same figures at scales where squares overflow or underflow', async () => {
    const reports = ['w', 'huge', 'tiny'].map((name) => [
      'measure',
      `${name}.npy`,
      '--features',
      'rows',
      '--report',
      `${name}.html`,
    ]);
    const runs = await polysemMany(reports, folder);
    expect(runs.map(({ code, stderr }) => [code, stderr.split('\n').length])).toEqual(
      runs.map(() => [0, 2]),
    );
    const line = (run: { stdout: string }) =>
      run.stdout.split('\n').find((text) => text.startsWith('capacity'));
    expect(line(runs[1])).toBe(line(runs[0]));
    expect(line(runs[2])).toBe(line(runs[0]));
    for (const name of ['huge', 'tiny']) {
      const page = readFileSync(join(folder, `${name}.html`), 'utf8');
      expect(page).toContain('eigenvalue of S over the largest');
      expect(page).not.toContain('NaN');
    }
  });

  it('draws leverages with baselines and stores the baselines in the results', async () => {
    const [run] = await polysemMany(
      [
        [
          'measure',
          'w.npy',
          '--features',
          'rows',
          '--report',
          'r.html',
          '--baseline',
          'gaussian,norms',
        ],
      ],
      folder,
    );
    expect(run.code).toBe(0);
    const page = readFileSync(join(folder, 'r.html'), 'utf8');
    for (const name of [
      'capacity, random Gaussian',
      'leverage, random Gaussian',
      'leverage, own norms',
    ])
      expect(page).toContain(`>${name}</`);
    const [, json] = /href="data:application\/json;base64,([^"]+)"/.exec(page) ?? [];
    const results = JSON.parse(Buffer.from(json, 'base64').toString()) as {
      matrices: { references: { name: string; figures: object }[] }[];
    };
    expect(results.matrices[0].references.map(({ name }) => name)).toEqual([
      'random Gaussian',
      'own norms',
    ]);
  });

  it('refuses --no-fold for layouts without folding', async () => {
    const runs = await polysemMany(
      [
        ['measure', 'sae.safetensors', '--preset', 'sae-decoder', '--no-fold'],
        ['measure', 'gpt.safetensors', '--preset', 'token-embedding', '--no-fold'],
        ['measure', 'w.npy', '--features', 'rows', '--no-fold'],
        ['measure', 'gpt.safetensors', '--preset', 'token-embedding', '--index', '0'],
      ],
      folder,
    );
    expect(runs.map(({ code }) => code)).toEqual([0, 2, 2, 2]);
    expect(runs[1].stderr).toBe(
      'polysem: --no-fold: token-embedding has nothing to fold; remove the flag\n',
    );
    expect(runs[2].stderr).toContain('--no-fold: requires --preset');
    expect(runs[3].stderr).toContain('it has no known indices');
  });
});

describe('audit', () => {
  it('reports which matrix it uses, and that sizes must be those of folded vectors', async () => {
    const words = ['audit', 'sae.safetensors', '--preset', 'sae-decoder', '--resamples', '0'];
    const stats = ['--stats', 'names.parquet', '--importance', 'v', '--kurtosis', 'k'];
    const [folded, stored, json, threads] = await polysemMany(
      [
        [...words, ...stats],
        [...words, ...stats, '--no-fold'],
        [...words, ...stats, '--json'],
        [...words, ...stats, '--threads', '0'],
      ],
      folder,
    );
    expect(folded.stdout).toContain('  folded: each vector divided by its own norm;');
    expect(folded.stdout).toContain('with norms folded, which makes their lengths a convention');
    expect(folded.stdout).toContain('\n  folding: ');
    expect(stored.stdout).toContain('These vectors were taken as stored');
    expect(stored.stdout).not.toContain('\n  folding: ');
    const { configuration } = JSON.parse(json.stdout) as { configuration: object };
    expect(configuration).toMatchObject({ preset: 'sae-decoder', fold: { power: -1 } });
    expect([threads.code, threads.stderr]).toEqual([
      2,
      'polysem: --threads: expected an integer of at least 1, got "0"\n',
    ]);
  });
});
